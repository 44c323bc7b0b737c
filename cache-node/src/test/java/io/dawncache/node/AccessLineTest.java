package io.dawncache.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dawncache.core.TraceContext;
import io.dawncache.node.config.LogFormat;
import io.dawncache.server.AnsweredRequest;
import io.dawncache.server.Dialect;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Lines of the access log. */
class AccessLineTest {
  private static final Instant TIME = Instant.parse("2026-11-28T06:17:01.123456Z");

  private static AnsweredRequest request(
      @Nullable SocketAddress client, String method, String target) {
    return request(client, method, target, null);
  }

  private static AnsweredRequest request(
      @Nullable SocketAddress client, String method, String target, @Nullable TraceContext trace) {
    Duration took = Duration.ofNanos(87_999);
    return new AnsweredRequest(TIME, client, method, target, 200, 160, took, trace);
  }

  private static String line(LogFormat format, AnsweredRequest request) {
    return AccessLine.form(Dialect.DAWNCACHE, format).apply(request);
  }

  @Test
  void aLineHasTheRequestAndItsAnswer() {
    AnsweredRequest request =
        request(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 5555),
            "GET",
            "/_dawncache/scores/Tom%2f1%20%c3%bc");

    assertEquals(
        "2026-11-28T06:17:01.123Z 127.0.0.1:5555 GET scores Tom%2F1%20%C3%BC 200 160 87 -\n",
        line(LogFormat.TEXT, request));
    assertEquals(
        "{\"time\":\"2026-11-28T06:17:01.123Z\",\"client\":\"127.0.0.1:5555\",\"method\":\"GET\","
            + "\"group\":\"scores\",\"key\":\"Tom%2F1%20%C3%BC\",\"status\":200,\"bytes\":160,"
            + "\"micros\":87,\"trace\":\"-\"}\n",
        line(LogFormat.JSON, request));
  }

  @Test
  void aLineHasTheIdOfTheClientsTrace() {
    String id = "4bf92f3577b34da6a3ce929d0e0e4736";
    TraceContext trace = new TraceContext("00-" + id + "-00f067aa0ba902b7-01", "rojo=1");
    AnsweredRequest request = request(null, "GET", "/_dawncache/scores/Tom", trace);

    assertEquals(
        "2026-11-28T06:17:01.123Z - GET scores Tom 200 160 87 " + id + "\n",
        line(LogFormat.TEXT, request));
    assertTrue(line(LogFormat.JSON, request).endsWith(",\"trace\":\"" + id + "\"}\n"));
  }

  @ParameterizedTest
  @CsvSource(
      value = {
        "/stats?x=1 | - /stats",
        "/_dawncache/scores | - /_dawncache/scores",
        "/_dawncache/scores/ | scores -",
        "/_dawncache/scores/%zz | - /_dawncache/scores/%zz",
        "/_dawncache/ | - /_dawncache/",
        "* | - *",
      },
      delimiter = '|')
  void aRequestOfNoKeyShowsItsPath(String target, String shown) {
    assertEquals(
        "2026-11-28T06:17:01.123Z - GET " + shown + " 200 160 87 -\n",
        line(LogFormat.TEXT, request(null, "GET", target)));
  }

  @Test
  void whateverAClientSendsIsOneBoundedLine() {
    String key = "x".repeat(60_000);
    assertEquals(
        "2026-11-28T06:17:01.123Z - GETGETGETGETGETGETGE "
            + "g".repeat(AccessLine.MOST_CHARS)
            + " "
            + "x".repeat(AccessLine.MOST_CHARS)
            + " 200 160 87 -\n",
        line(
            LogFormat.TEXT,
            request(null, "GET".repeat(100), "/_dawncache/" + "g".repeat(300) + "/" + key)));
    assertEquals(
        "2026-11-28T06:17:01.123Z - G%0A - /%0D%7F%FC%20 200 160 87 -\n",
        line(LogFormat.TEXT, request(null, "G\n", "/\r\177\u00fc ")));
  }
}
