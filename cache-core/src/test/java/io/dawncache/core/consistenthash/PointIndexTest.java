package io.dawncache.core.consistenthash;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.Random;
import java.util.function.LongSupplier;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class PointIndexTest {
  private final Random random = new Random(630);

  @Test
  void noPointsHaveNoFirst() {
    assertEquals(0, PointIndex.of(new long[0]).firstAtOrAfter(0));
  }

  @Test
  void aSinglePointIsFoundFromItselfAndFromBefore() {
    for (long place : new long[] {Long.MIN_VALUE, -1, 0, 0xffffffffL, Long.MAX_VALUE}) {
      assertAsByBinarySearch(place);
    }
  }

  @Test
  void pointsAtBothEndsOfTheLongsAreFound() {
    assertAsByBinarySearch(Long.MIN_VALUE, Long.MAX_VALUE);
    assertAsByBinarySearch(Long.MIN_VALUE, -1, 0, 1, Long.MAX_VALUE);
    assertAsByBinarySearch(Long.MIN_VALUE, Long.MIN_VALUE + 1, Long.MAX_VALUE - 1, Long.MAX_VALUE);
  }

  @Test
  void placesOf32BitsAreFoundInTheirUnsignedOrder() {
    assertManyAsByBinarySearch(() -> random.nextInt() & 0xffffffffL);
    assertAsByBinarySearch(0, 0x7fffffffL, 0x80000000L, 0xffffffffL);
  }

  @Test
  void placesOf64BitsAreFoundInTheirSignedOrder() {
    assertManyAsByBinarySearch(random::nextLong);
  }

  @Test
  void crowdedPointsAreFound() {
    assertManyAsByBinarySearch(() -> random.nextInt(3_000));
    assertManyAsByBinarySearch(() -> (long) (Long.MAX_VALUE * Math.pow(random.nextDouble(), 40)));
    assertManyAsByBinarySearch(() -> random.nextBoolean() ? random.nextInt(50) : Long.MIN_VALUE);
  }

  private void assertManyAsByBinarySearch(LongSupplier place) {
    for (int points : new int[] {2, 3, 8, 100, 1_000}) {
      assertAsByBinarySearch(LongStream.generate(place).limit(points).toArray());
    }
  }

  /** Asks for every point, its neighbours, the ends, and places by chance near and far. */
  private void assertAsByBinarySearch(long... drawn) {
    long[] places = Arrays.stream(drawn).sorted().distinct().toArray();
    PointIndex index = PointIndex.of(places);
    LongStream.of(places)
        .flatMap(p -> LongStream.of(p - 1, p, p + 1))
        .forEach(p -> assertAt(index, places, p));
    LongStream.of(Long.MIN_VALUE, -1, 0, 1, Long.MAX_VALUE)
        .forEach(p -> assertAt(index, places, p));
    for (int i = 0; i < 200; i++) {
      assertAt(index, places, random.nextLong());
      assertAt(index, places, random.nextInt() & 0xffffffffL);
    }
  }

  private static void assertAt(PointIndex index, long[] places, long place) {
    int found = Arrays.binarySearch(places, place);
    assertEquals(found >= 0 ? found : -found - 1, index.firstAtOrAfter(place), () -> "at " + place);
  }
}
