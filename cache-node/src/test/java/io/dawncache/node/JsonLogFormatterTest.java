package io.dawncache.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.time.Instant;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import org.junit.jupiter.api.Test;

class JsonLogFormatterTest {
  private static String format(LogRecord logged) {
    logged.setInstant(Instant.parse("2026-01-01T00:00:00.123Z"));
    logged.setLoggerName("io.dawncache.server.CacheServer");
    return new JsonLogFormatter().format(logged);
  }

  @Test
  void aLineIsOneJsonObject() {
    LogRecord logged = new LogRecord(Level.WARNING, "members: \"{0}\"\n<gone>");
    logged.setParameters(new Object[] {"http://a:1"});

    assertEquals(
        "{\"time\":\"2026-01-01T00:00:00.123Z\",\"level\":\"WARN\","
            + "\"logger\":\"io.dawncache.server.CacheServer\","
            + "\"message\":\"members: \\\"http://a:1\\\"\\n<gone>\"}\n",
        format(logged));
  }

  @Test
  void theStackOfAnErrorStaysWithinTheLine() {
    LogRecord logged = new LogRecord(Level.SEVERE, "failed");
    logged.setThrown(new IllegalStateException("the origin is down"));

    String line = format(logged);
    assertEquals(line.length() - 1, line.indexOf('\n'));
    JsonObject object = JsonParser.parseString(line).getAsJsonObject();
    assertEquals("ERROR", object.get("level").getAsString());
    String error = object.get("error").getAsString();
    assertTrue(error.startsWith("java.lang.IllegalStateException: the origin is down\n"), error);
    assertTrue(error.contains("theStackOfAnErrorStaysWithinTheLine"), error);
    assertFalse(object.has("thread"));
  }
}
