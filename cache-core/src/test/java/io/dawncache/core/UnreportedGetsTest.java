package io.dawncache.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class UnreportedGetsTest {
  private final UnreportedGets gets = new UnreportedGets();

  @Test
  void whatWasAddedIsTakenOnce() {
    assertEquals(0, gets.take("Tom"));
    gets.add("Tom", 3);
    gets.add("Sam", 5);
    gets.add("Tom", 4);
    gets.add("Tom", 0);

    assertEquals(7, gets.take("Tom"));
    assertEquals(0, gets.take("Tom"));
    assertEquals(5, gets.take("Sam"));
  }

  @Test
  void aKeyWhoseHashCodeIsZeroOrNegativeIsAKeyLikeOthers() {
    String zero = "f5a5a608"; // chosen for it
    String negative = "polygenelubricants"; // hashes to the least integer
    assertEquals(0, zero.hashCode());
    assertEquals(Integer.MIN_VALUE, negative.hashCode());

    gets.add(zero, 3);
    gets.add(negative, 5);

    assertEquals(3, gets.take(zero));
    assertEquals(5, gets.take(negative));
  }

  @Test
  void moreThanAnIntegerHoldsIsCutOff() {
    gets.add("Tom", Integer.MAX_VALUE);
    gets.add("Tom", Integer.MAX_VALUE);

    assertEquals(Integer.MAX_VALUE, gets.take("Tom"));
  }

  @Test
  void theLatestAreRememberedAndTheOldestForgotten() {
    for (int i = 0; i < 100_000; i++) {
      gets.add("key" + i, 1 + i);
    }

    for (int i = 100_000 - 100; i < 100_000; i++) {
      assertEquals(1 + i, gets.take("key" + i));
    }
    long old = 0;
    for (int i = 0; i < 90_000; i++) {
      old += gets.take("key" + i) == 0 ? 0 : 1;
    }
    assertEquals(0, old);
  }

  @Test
  void thereIsRoomForTheCopiesThatThereAreRoomFor() {
    gets.makeRoomFor(10_000 * 256L * 4);
    for (int i = 0; i < 10_000; i++) {
      gets.add("key" + i, 1 + i);
    }

    int remembered = 0;
    for (int i = 0; i < 10_000; i++) {
      remembered += gets.take("key" + i) == 1 + i ? 1 : 0;
    }
    assertTrue(remembered > 9_500, "of 10,000: " + remembered);
  }

  @Test
  void moreRoomForgetsNothing() {
    gets.add("Tom", 3);
    gets.makeRoomFor(1 << 20);
    gets.add("Sam", 5);
    gets.makeRoomFor(Long.MAX_VALUE);
    gets.makeRoomFor(0);
    gets.add("Max", 7);

    assertEquals(3, gets.take("Tom"));
    assertEquals(5, gets.take("Sam"));
    assertEquals(7, gets.take("Max"));
  }
}
