package io.dawncache.bench.core.consistenthash;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dawncache.bench.workload.ZipfKeys;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class RingBenchmarkTest {
  @ParameterizedTest
  @ValueSource(ints = {8, 512, 1_000})
  void allWaysNameTheSameOwnerAndManyOwnersComeUp(int nodes) {
    RingBenchmark benchmark = new RingBenchmark();
    benchmark.nodes = nodes;
    benchmark.draw();
    assertEquals(nodes, benchmark.ring.members().size());
    ZipfKeys first = new ZipfKeys();
    ZipfKeys second = new ZipfKeys();
    ZipfKeys third = new ZipfKeys();
    Set<String> owners = new HashSet<>();
    for (int i = 0; i < ZipfKeys.COUNT; i++) {
      String owner = benchmark.owner(first);
      assertEquals(owner, benchmark.firstOfOwners(second));
      assertEquals(owner, benchmark.baselineTreeMap(third));
      owners.add(owner);
    }
    assertTrue(owners.size() > nodes / 2, owners.size() + " owners");
  }
}
