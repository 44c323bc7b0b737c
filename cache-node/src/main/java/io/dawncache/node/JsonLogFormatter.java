package io.dawncache.node;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.logging.Formatter;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** Writes each line of the log as one JSON object, for programs that collect logs. */
final class JsonLogFormatter extends Formatter {
  private static final Gson GSON = new GsonBuilder().disableHtmlEscaping().create();

  JsonLogFormatter() {}

  /** Has all of the program's log written in this form from now on. */
  static void use() {
    for (Handler handler : Logger.getLogger("").getHandlers()) {
      handler.setFormatter(new JsonLogFormatter());
    }
  }

  @Override
  public String format(LogRecord logged) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("time", logged.getInstant().toString());
    fields.put("level", JdkLogLevels.of(logged.getLevel()).name());
    fields.put("logger", logged.getLoggerName());
    fields.put("message", formatMessage(logged));
    Throwable thrown = logged.getThrown();
    if (thrown != null) {
      StringWriter stack = new StringWriter();
      thrown.printStackTrace(new PrintWriter(stack, true));
      fields.put("error", stack.toString());
    }
    return GSON.toJson(fields) + "\n";
  }
}
