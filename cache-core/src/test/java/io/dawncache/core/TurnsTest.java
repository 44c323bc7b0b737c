package io.dawncache.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;

import io.dawncache.core.Turns.Place;
import org.junit.jupiter.api.Test;

/** Whose turn it is, and who is not even let wait. */
class TurnsTest {
  private final Turns turns = new Turns();

  private static Task any() {
    return Task.of(() -> {});
  }

  @Test
  void thoseWhoWaitHaveTheirTurnsInOrderAndThenTheKeyIsFree() {
    Task second = any();
    Task third = any();
    assertEquals(Place.FIRST, turns.take("Tom", 0, any()));
    assertEquals(Place.WAITING, turns.take("Tom", 0, second));
    assertEquals(Place.WAITING, turns.take("Tom", 0, third));

    assertSame(second, turns.over("Tom"));
    assertSame(third, turns.over("Tom"));
    assertNull(turns.over("Tom"));
    assertEquals(Place.FIRST, turns.take("Tom", 0, any()));
  }

  @Test
  void keysDoNotWaitForEachOtherButTheirValuesShareTheRoom() {
    assertEquals(Place.FIRST, turns.take("Tom", 7, any()));
    assertEquals(Place.FIRST, turns.take("Jack", 7, any()));

    assertEquals(Place.WAITING, turns.take("Tom", Turns.MOST_WAITING_BYTES - 1, any()));
    assertEquals(Place.NONE, turns.take("Jack", 2, any()));
    assertEquals(Place.WAITING, turns.take("Jack", 1, any()));
    assertEquals(Place.NONE, turns.take("Jack", 1, any()));

    assertNotNull(turns.over("Tom"));
    assertEquals(Place.WAITING, turns.take("Jack", 2, any()));
  }

  @Test
  void oneValueMayWaitHoweverLongItIsAndRemovalsBesideIt() {
    assertEquals(Place.FIRST, turns.take("Tom", 0, any()));

    assertEquals(Place.WAITING, turns.take("Tom", Turns.MOST_WAITING_BYTES + 1, any()));
    assertEquals(Place.NONE, turns.take("Tom", 1, any()));
    assertEquals(Place.WAITING, turns.take("Tom", 0, any()));
  }
}
