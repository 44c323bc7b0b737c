package io.dawncache.bench.chaos;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import org.junit.jupiter.api.Test;

final class SinceTest {
  private final Since since = new Since();

  @Test
  void whatWasNeverSeenToHoldDoesNotHold() {
    assertNull(since.nanos());
    since.look(1, false);
    assertNull(since.nanos());
  }

  @Test
  void itHoldsFromTheFirstLookOnAfterWhichItAlwaysDid() {
    since.look(1, true);
    since.look(2, false);
    since.look(3, true);
    since.look(4, true);
    assertEquals(3, since.nanos());

    since.look(5, false);
    assertNull(since.nanos());
  }
}
