package io.dawncache.bench.core.lru;

import io.dawncache.core.lru.ConcurrentLru;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Puts an absent key into a map that is full with 10,000 entries, so that each put evicts one
 * entry: 32,768 keys of one length in turn.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 2, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 3, time = 400, timeUnit = TimeUnit.MILLISECONDS)
public class LruPutBenchmark {
  static final int ENTRIES = 10_000;
  static final int ENTRY_BYTES = 16; // a key of 8 bytes that is its own value

  @Benchmark
  public boolean putEvictingOne(FullLru full, Keys keys) {
    String key = keys.next();
    return full.lru.put(key, key);
  }

  @Benchmark
  public @Nullable String baselineLinkedHashMap(FullMap full, Keys keys) {
    String key = keys.next();
    return full.map.put(key, key);
  }

  /** More keys than there is room for, one after the other, again and again. */
  @State(Scope.Thread)
  public static class Keys {
    private static final int COUNT = 1 << 15; // a power of two, for the mask

    private final String[] keys = new String[COUNT];
    private int position;

    public Keys() {
      Arrays.setAll(keys, i -> "key" + (10_000 + i));
    }

    String next() {
      return keys[position++ & (COUNT - 1)];
    }
  }

  /** A {@link ConcurrentLru}, full with keys of its own. */
  @State(Scope.Thread)
  public static class FullLru {
    final ConcurrentLru<String, String> lru =
        new ConcurrentLru<>(
            (long) ENTRIES * ENTRY_BYTES,
            (key, value) -> key.length() + value.length(),
            (key, value) -> {});

    public FullLru() {
      for (int i = 0; i < ENTRIES; i++) {
        String key = "old" + (10_000 + i);
        lru.put(key, key);
      }
    }
  }

  /** A {@link LinkedHashMap} bounded by its number of entries, full with keys of its own. */
  @State(Scope.Thread)
  public static class FullMap {
    final Map<String, String> map = new BoundedMap();

    public FullMap() {
      for (int i = 0; i < ENTRIES; i++) {
        String key = "old" + (10_000 + i);
        map.put(key, key);
      }
    }
  }

  private static final class BoundedMap extends LinkedHashMap<String, String> {
    private static final long serialVersionUID = 1;

    BoundedMap() {
      super(16, 0.75f, true);
    }

    @Override
    protected boolean removeEldestEntry(Map.Entry<String, String> eldest) {
      return size() > ENTRIES;
    }
  }
}
