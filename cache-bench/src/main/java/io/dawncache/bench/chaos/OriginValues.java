package io.dawncache.bench.chaos;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The values of all keys at the origin, whichever they are. Safe for use by any thread. */
final class OriginValues {
  private static final int LENGTH = 200;

  private final Map<String, Integer> versions = new ConcurrentHashMap<>();

  /** Returns the value that a key has now. */
  String of(String key) {
    String text = key + " version " + versions.getOrDefault(key, 0) + " ";
    return text + ".".repeat(Math.max(0, LENGTH - text.length()));
  }

  /** Gives a key another value from now on. */
  void change(String key) {
    versions.merge(key, 1, Integer::sum);
  }
}
