package io.dawncache.bench.hot;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

final class ClairvoyantTest {
  /** Keys 0 and 3 are node 1's. */
  private static final int[] OWNERS = {1, 0, 0, 1, 2, 0};

  private long nowNanos = 0;

  @Test
  void everyNodeHoldsTheFirstKeysOfOthersForEver() {
    Copies copies = new Clairvoyant(OWNERS, 3, 2, Clairvoyant.FOR_EVER, () -> nowNanos);

    nowNanos = Long.MAX_VALUE - 1;

    assertTrue(copies.answer(1, 1) && copies.answer(1, 2));
    assertFalse(copies.answer(1, 4));
    assertTrue(copies.answer(2, 0) && copies.answer(2, 1));
    assertFalse(copies.answer(2, 2));
    assertTrue(copies.answer(0, 0) && copies.answer(0, 3), "own keys take no room");
  }

  @Test
  void aCopyThatEndsIsThereFromItsFetchOnForItsTtl() {
    Copies copies = new Clairvoyant(OWNERS, 3, 2, 10, () -> nowNanos);
    assertFalse(copies.answer(1, 1));

    nowNanos = 5;
    copies.fetched(1, 1, 0);
    copies.fetched(1, 4, 2); // not among the best

    nowNanos = 14;
    assertTrue(copies.answer(1, 1));
    assertFalse(copies.answer(1, 4));
    nowNanos = 15;
    assertFalse(copies.answer(1, 1));
  }

  @Test
  void roomForMoreThanThereIsHoldsItAll() {
    Copies copies = new Clairvoyant(OWNERS, 3, 100, Clairvoyant.FOR_EVER, () -> nowNanos);

    assertTrue(copies.answer(0, 4));
  }
}
