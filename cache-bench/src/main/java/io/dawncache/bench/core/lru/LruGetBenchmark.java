package io.dawncache.bench.core.lru;

import io.dawncache.bench.workload.ZipfKeys;
import io.dawncache.core.lru.ConcurrentLru;
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

/** Gets 10,000 keys that are all present, by Zipf's law; each moves to the front. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 2, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 3, time = 400, timeUnit = TimeUnit.MILLISECONDS)
public class LruGetBenchmark {
  @Benchmark
  public @Nullable String get(FilledLru filled, ZipfKeys keys) {
    return filled.lru.get(keys.next());
  }

  @Benchmark
  public @Nullable String baselineLinkedHashMap(FilledMap filled, ZipfKeys keys) {
    return filled.map.get(keys.next());
  }

  /** An unbounded {@link ConcurrentLru} with all keys in it. */
  @State(Scope.Thread)
  public static class FilledLru {
    final ConcurrentLru<String, String> lru =
        new ConcurrentLru<>(0, (key, value) -> key.length() + value.length(), (key, value) -> {});

    public FilledLru() {
      for (String key : ZipfKeys.all()) {
        lru.put(key, key);
      }
    }
  }

  /** A {@link LinkedHashMap} in access order with all keys in it. */
  @State(Scope.Thread)
  public static class FilledMap {
    final Map<String, String> map = new LinkedHashMap<>(16, 0.75f, true);

    public FilledMap() {
      for (String key : ZipfKeys.all()) {
        map.put(key, key);
      }
    }
  }
}
