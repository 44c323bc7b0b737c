package io.dawncache.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;

import io.dawncache.core.ChangeQueue.Place;
import org.junit.jupiter.api.Test;

/** Which change is next, and which may not even wait. */
class ChangeQueueTest {
  private final ChangeQueue queue = new ChangeQueue();

  private static Task any() {
    return Task.of(() -> {});
  }

  @Test
  void changesOfAKeyFollowInOrderAndThenTheKeyIsFree() {
    Task second = any();
    Task third = any();
    assertEquals(Place.FIRST, queue.add("Tom", 0, any()));
    assertEquals(Place.WAITING, queue.add("Tom", 0, second));
    assertEquals(Place.WAITING, queue.add("Tom", 0, third));

    assertSame(second, queue.next("Tom"));
    assertSame(third, queue.next("Tom"));
    assertNull(queue.next("Tom"));
    assertEquals(Place.FIRST, queue.add("Tom", 0, any()));
  }

  @Test
  void keysDoNotWaitForEachOtherButTheirValuesShareTheRoom() {
    assertEquals(Place.FIRST, queue.add("Tom", 7, any()));
    assertEquals(Place.FIRST, queue.add("Jack", 7, any()));

    assertEquals(Place.WAITING, queue.add("Tom", ChangeQueue.MOST_WAITING_BYTES - 1, any()));
    assertEquals(Place.NONE, queue.add("Jack", 2, any()));
    assertEquals(Place.WAITING, queue.add("Jack", 1, any()));
    assertEquals(Place.NONE, queue.add("Jack", 1, any()));

    assertNotNull(queue.next("Tom"));
    assertEquals(Place.WAITING, queue.add("Jack", 2, any()));
  }

  @Test
  void oneValueMayWaitHoweverLongItIsAndRemovalsBesideIt() {
    assertEquals(Place.FIRST, queue.add("Tom", 0, any()));

    assertEquals(Place.WAITING, queue.add("Tom", ChangeQueue.MOST_WAITING_BYTES + 1, any()));
    assertEquals(Place.NONE, queue.add("Tom", 1, any()));
    assertEquals(Place.WAITING, queue.add("Tom", 0, any()));
  }
}
