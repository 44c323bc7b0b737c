package io.dawncache.bench.core;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.dawncache.bench.workload.ZipfKeys;
import io.dawncache.core.ByteView;
import io.dawncache.core.CacheNode;
import io.dawncache.core.CachePolicy;
import io.dawncache.core.Group;
import io.dawncache.core.GroupConfig;
import io.dawncache.core.KeyCodec;
import io.dawncache.core.Loaded;
import io.dawncache.core.TypedGroup;
import io.dawncache.core.ValueCodec;
import java.time.Duration;
import java.util.Collections;
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
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;

/**
 * One thread gets keys that are all in memory: 10,000 of them with values of 100 bytes, asked for
 * by Zipf's law, in a budget of 64 MiB that never fills.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 2, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 3, time = 400, timeUnit = TimeUnit.MILLISECONDS)
@Threads(1)
public class GroupHitBenchmark {
  static final int VALUE_BYTES = 100;
  private static final long MAX_BYTES = 64 << 20;
  private static final Duration TTL = Duration.ofHours(1);

  @Benchmark
  public ByteView lru(LruGroup filled, ZipfKeys keys) {
    return filled.group.get(keys.next());
  }

  @Benchmark
  public ByteView tinyLfu(TinyLfuGroup filled, ZipfKeys keys) {
    return filled.group.get(keys.next());
  }

  @Benchmark
  public @Nullable ByteView baselineCaffeine(FilledCaffeine filled, ZipfKeys keys) {
    return filled.cache.getIfPresent(keys.next());
  }

  @Benchmark
  public Score typedNear(TypedNearGroup filled, ZipfKeys keys) {
    return filled.scores.get(keys.next());
  }

  @Benchmark
  public @Nullable Score baselineCaffeineOfObjects(CaffeineOfObjects filled, ZipfKeys keys) {
    return filled.cache.getIfPresent(keys.next());
  }

  @Benchmark
  public @Nullable ByteView baselineLockedLinkedHashMap(FilledMap filled, ZipfKeys keys) {
    return filled.map.get(keys.next());
  }

  /** A group of the given policy on a node that stands alone. */
  abstract static class FilledGroup {
    private final CacheNode node = CacheNode.create();
    final Group group;

    FilledGroup(CachePolicy policy) {
      GroupConfig config = GroupConfig.builder().maxBytes(MAX_BYTES).policy(policy).build();
      group = node.addGroup("bench", config, key -> Loaded.of(value()));
      for (String key : ZipfKeys.all()) {
        group.get(key);
      }
    }

    @TearDown
    public void close() {
      node.close();
    }
  }

  /** A group that evicts in strict least-recently-used order. */
  @State(Scope.Benchmark)
  public static class LruGroup extends FilledGroup {
    public LruGroup() {
      super(CachePolicy.LRU);
    }
  }

  /** A group with the default policy. */
  @State(Scope.Benchmark)
  public static class TinyLfuGroup extends FilledGroup {
    public TinyLfuGroup() {
      super(CachePolicy.TINY_LFU);
    }
  }

  /** An object that is decoded from its bytes. */
  public record Score(ByteView bytes) {}

  /** A typed group with a near cache that holds all its objects, with a TTL. */
  @State(Scope.Benchmark)
  public static class TypedNearGroup {
    private final CacheNode node = CacheNode.create();
    final TypedGroup<String, Score> scores =
        node.addGroup(
                "bench",
                GroupConfig.builder().maxBytes(MAX_BYTES).ttl(TTL).build(),
                KeyCodec.of(String.class),
                ValueCodec.of(
                    score -> score.bytes().toByteArray(),
                    bytes -> new Score(ByteView.copyOf(bytes))),
                key -> new Score(value()))
            .withNearCache(ZipfKeys.COUNT);

    public TypedNearGroup() {
      for (String key : ZipfKeys.all()) {
        scores.get(key);
      }
    }

    @TearDown
    public void close() {
      node.close();
    }
  }

  /** Caffeine as an application has it: objects, a bound, a TTL and statistics. */
  @State(Scope.Benchmark)
  public static class CaffeineOfObjects {
    final Cache<String, Score> cache =
        Caffeine.newBuilder()
            .maximumSize(10L * ZipfKeys.COUNT)
            .expireAfterWrite(TTL)
            .recordStats()
            .build();

    public CaffeineOfObjects() {
      for (String key : ZipfKeys.all()) {
        cache.put(key, new Score(value()));
      }
    }
  }

  /** Caffeine with statistics, set up as in a group: bounded by weight, upkeep on the caller. */
  @State(Scope.Benchmark)
  public static class FilledCaffeine {
    final Cache<String, ByteView> cache =
        Caffeine.newBuilder()
            .maximumWeight(MAX_BYTES)
            .weigher((String key, ByteView value) -> key.length() + value.length())
            .executor(Runnable::run)
            .recordStats()
            .build();

    public FilledCaffeine() {
      for (String key : ZipfKeys.all()) {
        cache.put(key, value());
      }
    }
  }

  /** The JDK's own LRU: a {@link LinkedHashMap} in access order behind one lock. */
  @State(Scope.Benchmark)
  public static class FilledMap {
    final Map<String, ByteView> map =
        Collections.synchronizedMap(new LinkedHashMap<>(16, 0.75f, true));

    public FilledMap() {
      for (String key : ZipfKeys.all()) {
        map.put(key, value());
      }
    }
  }

  private static ByteView value() {
    return ByteView.copyOf(new byte[VALUE_BYTES]);
  }
}
