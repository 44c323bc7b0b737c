package io.dawncache.bench.chaos;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.ToIntFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The values of all keys at the origin, whichever they are. Safe for use by any thread. */
final class OriginValues {
  private static final int LENGTH = 200;
  private static final Pattern VERSION = Pattern.compile(" version (\\d{1,9}) ");

  private final Map<String, Integer> versions = new ConcurrentHashMap<>();
  private final ToIntFunction<String> lengths;

  /** Makes values of one length. */
  OriginValues() {
    this(key -> LENGTH);
  }

  /**
   * Makes values.
   *
   * @param lengths how many characters each key's has, at least
   */
  OriginValues(ToIntFunction<String> lengths) {
    this.lengths = lengths;
  }

  /** Returns the value that a key has now. */
  String of(String key) {
    return text(key, versions.getOrDefault(key, 0));
  }

  private String text(String key, int version) {
    String text = key + " version " + version + " ";
    return text + ".".repeat(Math.max(0, lengths.applyAsInt(key) - text.length()));
  }

  /** Returns whether a key has this value, or has had it. */
  boolean hasHad(String key, String value) {
    Matcher version = VERSION.matcher(value);
    if (!value.startsWith(key) || !version.find(key.length())) {
      return false;
    }
    int number = Integer.parseInt(version.group(1));
    return number <= versions.getOrDefault(key, 0) && value.equals(text(key, number));
  }

  /** Gives a key another value from now on. */
  void change(String key) {
    versions.merge(key, 1, Integer::sum);
  }
}
