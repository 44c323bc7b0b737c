package io.dawncache.node;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import io.dawncache.node.config.LogFormat;
import io.dawncache.server.AnsweredRequest;
import io.dawncache.server.Dialect;
import io.dawncache.server.wire.BadRequestException;
import io.dawncache.server.wire.Escape;
import io.dawncache.server.wire.KeyPath;
import java.net.InetSocketAddress;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The line of the access log for one request: its time, the client's address and port, the method,
 * the group, the key, the status, the bytes of the answer, the microseconds that it took, and the
 * id of the client's trace or {@code -}. Of a request outside the groups the path stands in place
 * of the key, and the group is {@code -}. Group and key are escaped as in a path, and a long one is
 * cut, so a line is bounded.
 */
final class AccessLine {
  static final int MOST_CHARS = 200;

  private static final int MOST_METHOD_CHARS = 20;
  private static final String NONE = "-";
  private static final Gson GSON = new GsonBuilder().disableHtmlEscaping().create();

  private AccessLine() {}

  /** Returns what makes a line, with its end, of a request. */
  static Function<AnsweredRequest, String> form(Dialect dialect, LogFormat format) {
    return request -> {
      Map<String, Object> fields = fields(dialect, request);
      String line =
          format == LogFormat.JSON
              ? GSON.toJson(fields)
              : fields.values().stream().map(Object::toString).collect(Collectors.joining(" "));
      return line + "\n";
    };
  }

  private static Map<String, Object> fields(Dialect dialect, AnsweredRequest request) {
    String path = KeyPath.pathOf(request.target());
    String group = NONE;
    String key = printable(path);
    try {
      if (KeyPath.isUnder(dialect, path)) {
        KeyPath asked = KeyPath.parse(dialect, path, false);
        group = Escape.path(asked.group());
        key = Escape.path(asked.key());
      }
    } catch (BadRequestException e) {
      // The path is shown as it is.
    }
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("time", request.time().truncatedTo(ChronoUnit.MILLIS).toString());
    fields.put("client", client(request));
    fields.put("method", cut(printable(request.method()), MOST_METHOD_CHARS));
    fields.put("group", cut(group, MOST_CHARS));
    fields.put("key", cut(key, MOST_CHARS));
    fields.put("status", request.status());
    fields.put("bytes", request.bytes());
    fields.put("micros", TimeUnit.NANOSECONDS.toMicros(request.took().toNanos()));
    fields.put("trace", request.trace() == null ? NONE : request.trace().traceId());
    return fields;
  }

  private static String client(AnsweredRequest request) {
    return request.client() instanceof InetSocketAddress address
        ? address.getAddress().getHostAddress() + ":" + address.getPort()
        : NONE;
  }

  /** Returns a text without blanks, control characters and bytes that are not ASCII. */
  private static String printable(String text) {
    StringBuilder printable = new StringBuilder();
    for (int i = 0; i < Math.min(text.length(), MOST_CHARS); i++) {
      char c = text.charAt(i);
      if (c > ' ' && c < 0x7f) {
        printable.append(c);
      } else {
        printable.append(String.format("%%%02X", (int) c));
      }
    }
    return printable.isEmpty() ? NONE : printable.toString();
  }

  private static String cut(String text, int mostChars) {
    return text.isEmpty() ? NONE : text.substring(0, Math.min(text.length(), mostChars));
  }
}
