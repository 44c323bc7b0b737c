package io.dawncache.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What a group holds, where two of its changes meet. */
class MemoryTest {
  private static final int MAX_BYTES = 100_000;

  private static final Duration HOT_TTL = Duration.ofSeconds(10);

  private long nanos;
  private final CoarseClock coarse = new CoarseClock(() -> nanos);
  private final Memory memory = memory(GroupConfig.builder());

  private Memory memory(GroupConfig.Builder config) {
    return new Memory(
        new PresentConfig(
            config.maxBytes(MAX_BYTES).policy(CachePolicy.LRU).hotTtl(HOT_TTL).build()),
        coarse,
        new Memory.Departures() {
          @Override
          public void evicted(Entry entry) {}

          @Override
          public void expired(Entry entry) {}

          @Override
          public void tooLarge(Entry entry) {}
        });
  }

  private void pass(Duration time) {
    nanos += time.toNanos();
    coarse.tick(nanos);
    memory.tick();
  }

  private static Entry.Own own(String key) {
    ByteView value = ByteView.ofUtf8("v".repeat(1_000));
    return new Entry.Own(key, value, CoarseClock.NEVER, CoarseClock.NEVER);
  }

  private Entry.Own kept(String key) {
    Entry.Own entry = own(key);
    memory.keepOwn(entry, memory.generation(key));
    return entry;
  }

  @Test
  void aValueThatIsHeldNoMoreDoesNotBecomeAGuest() {
    Entry.Own before = kept("Tom");
    Entry.Own after = kept("Tom");

    assertFalse(memory.become(before, false));

    assertFalse(after.isGuest());
    assertSame(after, memory.own("Tom"));
  }

  @Test
  void aLoadThatBeginsDuringAPutDoesNotTakeItsPlace() {
    Entry.Own loaded = own("Tom");
    Entry.Own put = own("Tom");

    long[] noted = {-1};
    memory.replace(
        put,
        () -> {
          if (memory.own("Tom") == null) {
            noted[0] = memory.generation("Tom");
          }
        });
    memory.keepOwn(loaded, noted[0]);

    assertSame(put, memory.own("Tom"));
  }

  @Test
  void aGuestAnswersAsLongAsACopyWouldAndStaysForAMinute() {
    Entry.Own guest = kept("Tom");

    assertTrue(memory.become(guest, false));

    assertTrue(guest.answersAt(coarse.now()));
    pass(HOT_TTL);
    assertFalse(guest.answersAt(coarse.now()));
    assertNull(memory.peek("Tom"));
    assertSame(guest, memory.peekOwn("Tom"));
    pass(Duration.ofNanos(Memory.GUEST_NANOS).plusSeconds(1));
    assertNull(memory.peekOwn("Tom"));
    assertEquals(0, memory.mainStats().items());
  }

  /** The node that peeks asks who has missed changes, but not from whom this node has its value. */
  @Test
  void aValueThatMayHaveMissedAChangeIsAnsweredButNotPassedOnToANewOwner() {
    Entry.Own unsure =
        new Entry.Unsure("Tom", ByteView.ofUtf8("v"), coarse.endOf(HOT_TTL.toNanos()));
    assertTrue(memory.keepOwn(unsure, memory.generation("Tom")));

    assertSame(unsure, memory.own("Tom"));
    assertNull(memory.peekOwn("Tom"));
    assertTrue(memory.become(unsure, false));
    assertNull(memory.peekOwn("Tom"));
  }

  @Test
  void aGuestThatBecomesAnOwnValueAgainStays() {
    Entry.Own entry = kept("Tom");
    assertTrue(memory.become(entry, false));
    pass(HOT_TTL);

    assertTrue(memory.become(entry, true));

    pass(Duration.ofNanos(10 * Memory.GUEST_NANOS));
    assertSame(entry, memory.peek("Tom"));
    assertTrue(entry.answersAt(coarse.now()));
  }

  @Test
  void aGuestIsForgottenAsEveryValueIs() {
    assertTrue(memory.become(kept("Tom"), false));

    memory.forget("Tom", () -> {});

    assertNull(memory.peekOwn("Tom"));
  }

  @Test
  void withoutRoomForCopiesAGuestAnswersNobody() {
    Memory withoutCopies = memory(GroupConfig.builder().hotBytes(0));
    Entry.Own guest = own("Tom");

    withoutCopies.keepGuest(guest, withoutCopies.generation("Tom"));

    assertFalse(guest.answersAt(coarse.now()));
    assertSame(guest, withoutCopies.peekOwn("Tom"));
  }

  @Test
  void aGuestEndsWithItsValue() {
    Entry.Own brief =
        new Entry.Own("Tom", ByteView.ofUtf8("v"), coarse.endOf(1_000_000_000), CoarseClock.NEVER);
    memory.keepOwn(brief, memory.generation("Tom"));
    assertTrue(memory.become(brief, false));

    pass(Duration.ofSeconds(2));

    assertNull(memory.peekOwn("Tom"));
    assertEquals(0, memory.mainStats().items());
  }
}
