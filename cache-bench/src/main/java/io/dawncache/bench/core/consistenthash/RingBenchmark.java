package io.dawncache.bench.core.consistenthash;

import io.dawncache.bench.workload.ZipfKeys;
import io.dawncache.core.consistenthash.HashFunction;
import io.dawncache.core.consistenthash.Ring;
import io.dawncache.core.consistenthash.Scheme;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Looks up the owner of 10,000 keys by Zipf's law on a ring of CRC-32 and on one of the native
 * scheme, with 50 virtual nodes for each of 8, 512 or 1,000 nodes; and makes the native one.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 2, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 3, time = 400, timeUnit = TimeUnit.MILLISECONDS)
@State(Scope.Benchmark)
public class RingBenchmark {
  private static final int REPLICAS = 50;

  @Param({"8", "512", "1000"})
  int nodes;

  List<String> members;
  Ring ring;
  Ring nativeRing;
  TreeMap<Long, String> tree;

  @Setup
  public void draw() {
    members =
        IntStream.range(0, nodes)
            .mapToObj(i -> "http://10.0." + i / 100 + "." + i % 100 + ":8001")
            .toList();
    ring = Ring.of(Scheme.DAWNCACHE, REPLICAS, members);
    nativeRing = makeNative();
    tree = new TreeMap<>();
    for (String member : members) {
      for (int replica = 0; replica < REPLICAS; replica++) {
        tree.put(HashFunction.CRC32.hash(member + replica), member);
      }
    }
  }

  @Benchmark
  public @Nullable String owner(ZipfKeys keys) {
    return ring.owner(keys.next());
  }

  @Benchmark
  public @Nullable String nativeOwner(ZipfKeys keys) {
    return nativeRing.owner(keys.next());
  }

  @Benchmark
  public String nativeFirstOfOwners(ZipfKeys keys) {
    return nativeRing.owners(keys.next()).next();
  }

  @Benchmark
  public Ring makeNative() {
    return Ring.of(Scheme.NATIVE, REPLICAS, members);
  }

  /** What a miss looks up: the first of all owners in their order. */
  @Benchmark
  public String firstOfOwners(ZipfKeys keys) {
    return ring.owners(keys.next()).next();
  }

  @Benchmark
  public String baselineTreeMap(ZipfKeys keys) {
    Map.Entry<Long, String> found = tree.ceilingEntry(HashFunction.CRC32.hash(keys.next()));
    return found == null ? tree.firstEntry().getValue() : found.getValue();
  }
}
