package io.dawncache.node.origin;

import io.dawncache.core.Loaded;
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
 * How long an answer holds, as its server says (RFC 9111 and 5861): {@code s-maxage}, else {@code
 * max-age}, else {@code Expires}, less the age that the answer has already; and for how long after
 * that it may be answered all the same. {@code no-store}, {@code no-cache}, {@code private} and
 * {@code Vary: *} mean that it answers this request alone.
 *
 * @param fresh how long it holds from now on; null if the server does not say
 * @param whileRevalidate how long after that it answers while it is asked for again
 * @param ifError how long after that it answers if the server fails; null if the server does not
 *     say
 */
record HttpFreshness(
    @Nullable Duration fresh, Duration whileRevalidate, @Nullable Duration ifError) {
  private static final HttpFreshness NOT_SAID = new HttpFreshness(null, Duration.ZERO, null);
  private static final HttpFreshness NOT_KEPT =
      new HttpFreshness(Duration.ZERO, Duration.ZERO, Duration.ZERO);

  /** A directive, with or without a value, which may be quoted. */
  private static final Pattern DIRECTIVE =
      Pattern.compile(
          "\\s*([!#$%&'*+.^_`|~0-9A-Za-z-]+)(?:=(\"(?:[^\"\\\\]|\\\\.)*+\"|[^,\\s]*))?\\s*(?:,|$)");

  private static final List<String> FOR_ONE_REQUEST = List.of("no-store", "no-cache", "private");
  private static final List<String> NEVER_STALE = List.of("must-revalidate", "proxy-revalidate");

  /** As long as a duration of a header needs to be (RFC 9111, section 1.2.2). */
  private static final long MAX_SECONDS = 1L << 31;

  /** Returns what {@code head} says. */
  static HttpFreshness of(MessageHeaders head) {
    Map<String, String> directives = directives(head);
    if (values(head, "Vary").contains("*") || hasAny(directives, FOR_ONE_REQUEST)) {
      return NOT_KEPT;
    }
    boolean mayBeStale = !hasAny(directives, NEVER_STALE);
    long stale = mayBeStale ? seconds(directives.getOrDefault("stale-while-revalidate", "0")) : 0;
    String error = mayBeStale ? directives.get("stale-if-error") : "0";
    String maxAge = directives.getOrDefault("s-maxage", directives.get("max-age"));
    Header expires = head.getFirstHeader("Expires");
    if (maxAge == null && expires == null) {
      return error == null
          ? NOT_SAID
          : new HttpFreshness(null, Duration.ZERO, until(seconds(error)));
    }
    Header age = head.getFirstHeader("Age");
    long fresh =
        (maxAge == null ? lifetime(head, expires) : seconds(maxAge))
            - (age == null ? 0 : seconds(age.getValue()));
    // All three count from the same moment; each begins where the one before ends.
    Duration ttl = until(fresh);
    Duration revalidated = until(fresh + stale).minus(ttl);
    Duration answered = error == null ? null : until(fresh + seconds(error));
    return new HttpFreshness(
        ttl,
        revalidated,
        answered == null ? null : positive(answered.minus(ttl).minus(revalidated)));
  }

  private static boolean hasAny(Map<String, String> directives, List<String> names) {
    return names.stream().anyMatch(directives::containsKey);
  }

  private static Duration until(long seconds) {
    return Duration.ofSeconds(Math.max(0, seconds));
  }

  private static Duration positive(Duration time) {
    return time.isNegative() ? Duration.ZERO : time;
  }

  /** Returns how long an answer holds that needs both this one and {@code other}. */
  HttpFreshness and(HttpFreshness other) {
    if (equals(NOT_SAID) || other.equals(NOT_SAID)) {
      return equals(NOT_SAID) ? other : this;
    }
    return new HttpFreshness(
        shorter(fresh, other.fresh),
        whileRevalidate.compareTo(other.whileRevalidate) < 0
            ? whileRevalidate
            : other.whileRevalidate,
        shorter(ifError, other.ifError));
  }

  private static @Nullable Duration shorter(@Nullable Duration a, @Nullable Duration b) {
    return a == null || (b != null && b.compareTo(a) < 0) ? b : a;
  }

  /**
   * Returns {@code loaded} with these times. While a value is asked for again it counts as valid,
   * so its TTL is longer by that time, and gets refresh it from the time on that it holds.
   */
  Loaded applyTo(Loaded loaded) {
    boolean isValue = loaded.value() != null || loaded.isUnchanged();
    Loaded timed = loaded;
    if (fresh != null) {
      timed = timed.withTtl(isValue ? fresh.plus(whileRevalidate) : fresh);
      timed = isValue && !whileRevalidate.isZero() ? timed.withRefreshAfter(fresh) : timed;
    }
    return isValue && ifError != null ? timed.withStaleIfError(ifError) : timed;
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
