package io.dawncache.bench.workload;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class ZipfKeysTest {
  private static final int DRAWS = 1 << 16;

  @Test
  void twoDrawsAreTheSame() {
    assertEquals(draw(new ZipfKeys()), draw(new ZipfKeys()));
  }

  @Test
  void keysAreDifferentAndOfOneLength() {
    Set<String> keys = new HashSet<>(Arrays.asList(ZipfKeys.all()));
    assertEquals(ZipfKeys.COUNT, keys.size());
    assertEquals(Set.of(8), keys.stream().map(String::length).collect(Collectors.toSet()));
  }

  @Test
  void onlyKnownKeysAreDrawn() {
    assertTrue(Set.of(ZipfKeys.all()).containsAll(draw(new ZipfKeys())));
  }

  @Test
  void aKeyComesAsOftenAsItsRankSays() {
    var counts =
        draw(new ZipfKeys()).stream()
            .collect(Collectors.groupingBy(Function.identity(), Collectors.counting()));
    String[] byRank = ZipfKeys.all();
    double harmonic = 9.788; // 1 + 1/2 + ... + 1/10,000
    for (int rank : new int[] {1, 2, 5, 10}) {
      double expected = DRAWS / harmonic / rank;
      assertEquals(expected, counts.get(byRank[rank - 1]), 0.1 * expected, "rank " + rank);
    }
  }

  private static List<String> draw(ZipfKeys keys) {
    return Stream.generate(keys::next).limit(DRAWS).toList();
  }
}
