package io.dawncache.node.origin;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hc.client5.http.utils.DateUtils;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.MessageHeaders;
import org.jspecify.annotations.Nullable;

/**
 * How long an answer holds, as its server says (RFC 9111): {@code s-maxage}, else {@code max-age},
 * else {@code Expires}, less the age that the answer has already. {@code no-store}, {@code
 * no-cache}, {@code private} and {@code Vary: *} mean that it answers this request alone.
 */
final class HttpFreshness {
  /** A directive, with or without a value, which may be quoted. */
  private static final Pattern DIRECTIVE =
      Pattern.compile(
          "\\s*([!#$%&'*+.^_`|~0-9A-Za-z-]+)(?:=(\"(?:[^\"\\\\]|\\\\.)*\"|[^,\\s]*))?\\s*(?:,|$)");

  private static final List<String> FOR_ONE_REQUEST = List.of("no-store", "no-cache", "private");

  /** As long as a duration of a header needs to be (RFC 9111, section 1.2.2). */
  private static final long MAX_SECONDS = 1L << 31;

  private HttpFreshness() {}

  /**
   * Returns how long an answer holds from now on; zero if it is not to be kept, null if its server
   * does not say.
   */
  static @Nullable Duration of(MessageHeaders head) {
    if (values(head, "Vary").contains("*")) {
      return Duration.ZERO;
    }
    Map<String, String> directives = directives(head);
    if (FOR_ONE_REQUEST.stream().anyMatch(directives::containsKey)) {
      return Duration.ZERO;
    }
    String maxAge = directives.getOrDefault("s-maxage", directives.get("max-age"));
    Header expires = head.getFirstHeader("Expires");
    if (maxAge == null && expires == null) {
      return null;
    }
    long lifetime = maxAge == null ? lifetime(head, expires) : seconds(maxAge);
    Header age = head.getFirstHeader("Age");
    long ageSeconds = age == null ? 0 : seconds(age.getValue());
    return Duration.ofSeconds(Math.max(0, lifetime - ageSeconds));
  }

  /** Counts by the server's own clock if it sends {@code Date}; a time that is none has passed. */
  private static long lifetime(MessageHeaders head, Header expires) {
    Instant end = DateUtils.parseStandardDate(expires.getValue());
    Instant begin = DateUtils.parseStandardDate(head, "Date");
    if (end == null) {
      return 0;
    }
    Duration lifetime = Duration.between(begin == null ? Instant.now() : begin, end);
    return Math.min(MAX_SECONDS, lifetime.toSeconds());
  }

  /** Returns the directives of Cache-Control by their names in lower case; the first of each. */
  private static Map<String, String> directives(MessageHeaders head) {
    Map<String, String> directives = new TreeMap<>();
    for (Header header : head.getHeaders("Cache-Control")) {
      Matcher directive = DIRECTIVE.matcher(header.getValue());
      while (directive.find()) {
        String value = directive.group(2) == null ? "" : directive.group(2).replace("\"", "");
        directives.putIfAbsent(directive.group(1).toLowerCase(Locale.ROOT), value);
      }
    }
    return directives;
  }

  private static List<String> values(MessageHeaders head, String name) {
    List<String> values = new ArrayList<>();
    for (Header header : head.getHeaders(name)) {
      for (String value : header.getValue().split(",", -1)) {
        values.add(value.trim());
      }
    }
    return values;
  }

  /** A number that is none counts as 0: the answer is stale at once. */
  private static long seconds(String text) {
    String digits = text.trim();
    if (!digits.matches("[0-9]+")) {
      return 0;
    }
    return digits.length() > 10 ? MAX_SECONDS : Math.min(MAX_SECONDS, Long.parseLong(digits));
  }
}
