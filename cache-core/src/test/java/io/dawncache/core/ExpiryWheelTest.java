package io.dawncache.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;

/** Entries here end when they expire; time is moved by hand. */
class ExpiryWheelTest {
  private static final long TICK = 1L << 27;
  private static final long SECOND = Duration.ofSeconds(1).toNanos();
  private static final long HOUR = Duration.ofHours(1).toNanos();

  private final List<Entry> told = new ArrayList<>();
  private final ExpiryWheel wheel = new ExpiryWheel(Entry::expiresNanos, told::add);

  private static Entry ending(long nanos) {
    return new Entry.Copy("Tom", ByteView.empty(), nanos);
  }

  private Entry added(long endNanos) {
    Entry entry = ending(endNanos);
    wheel.add(entry);
    return entry;
  }

  private static void assertGone(Entry entry) {
    assertNull(entry.previousInSlot);
    assertNull(entry.nextInSlot);
    assertEquals(-1, entry.slot);
  }

  @Test
  void anEntryIsToldOfOnceItsTimeHasComeAndNotBefore() {
    Entry entry = added(5 * SECOND);

    wheel.advance(5 * SECOND - 1);
    assertEquals(List.of(), told);

    wheel.advance(5 * SECOND + TICK);
    assertEquals(List.of(entry), told);
    assertGone(entry);

    wheel.advance(HOUR);
    assertEquals(List.of(entry), told, "once");
  }

  @Test
  void aTtlOfAnyLengthEndsATickLateAtMost() {
    for (long start : new long[] {0, TICK * 63, TICK * 64, TICK * 4095 + 1, 50 * HOUR}) {
      for (long ttl = 1; ttl < 100 * HOUR; ttl = 3 * ttl + 7) {
        told.clear();
        var late = new ExpiryWheel(Entry::expiresNanos, told::add);
        late.advance(start);
        Entry entry = ending(start + ttl);
        late.add(entry);

        late.advance(start + ttl - 1);
        assertEquals(List.of(), told, "ttl " + ttl + " from " + start);
        late.advance(start + ttl + TICK);
        assertEquals(List.of(entry), told, "ttl " + ttl + " from " + start);
      }
    }
  }

  @Test
  void whatIsOverWhenItIsAddedIsToldOfNext() {
    wheel.advance(HOUR);
    Entry entry = added(SECOND);

    wheel.advance(HOUR + TICK);

    assertEquals(List.of(entry), told);
  }

  @Test
  void whatNeverEndsIsNotHeld() {
    assertGone(added(CoarseClock.NEVER));
  }

  @Test
  void theLastTimeOfAllIsHeldLikeAnyOther() {
    Entry entry = added(CoarseClock.NEVER - 1);

    wheel.advance(HOUR);

    assertEquals(List.of(), told);
    assertTrue(entry.slot >= 0);
  }

  @Test
  void aRemovedEntryIsNotToldOfAndHeldNoMore() {
    Entry first = added(SECOND);
    Entry second = added(SECOND);
    Entry third = added(SECOND);

    wheel.remove(second);
    wheel.remove(second);
    wheel.remove(ending(SECOND));
    wheel.advance(HOUR);

    assertEquals(Set.of(first, third), Set.copyOf(told));
    assertGone(second);
    wheel.remove(first);
    assertGone(first);
  }

  @Test
  void theLastAndTheFirstOfASlotCanBeRemoved() {
    Entry first = added(SECOND);
    Entry second = added(SECOND);
    Entry third = added(SECOND);

    wheel.remove(first);
    wheel.remove(third);
    wheel.advance(HOUR);

    assertEquals(List.of(second), told);
  }

  @Test
  void hoursSleptThroughAreMadeUpForAtOnce() {
    Entry soon = added(SECOND);
    Entry later = added(HOUR);
    Entry muchLater = added(30 * HOUR);

    wheel.advance(29 * HOUR);
    assertEquals(List.of(soon, later), told);

    wheel.advance(31 * HOUR);
    assertEquals(List.of(soon, later, muchLater), told);
  }

  @Test
  void timeNeverMovesBack() {
    wheel.advance(HOUR);
    Entry entry = added(HOUR + SECOND);

    wheel.advance(0);
    wheel.advance(HOUR + 2 * SECOND);

    assertEquals(List.of(entry), told);
  }

  @Test
  void whoIsToldMayAddAndRemove() {
    Entry other = ending(SECOND);
    var wheels = new ArrayList<ExpiryWheel>();
    var reentered =
        new ExpiryWheel(
            Entry::expiresNanos,
            entry -> {
              told.add(entry);
              wheels.get(0).remove(entry);
              if (entry != other) {
                wheels.get(0).add(other);
              }
            });
    wheels.add(reentered);
    Entry entry = ending(SECOND);
    reentered.add(entry);

    reentered.advance(2 * SECOND);
    reentered.advance(3 * SECOND);

    assertEquals(List.of(entry, other), told);
  }

  @Test
  void randomLivesAgreeWithALookAtEveryEntry() {
    var random = new Random(630);
    Set<Entry> model = new LinkedHashSet<>();
    long now = 0;
    for (int step = 0; step < 20_000; step++) {
      switch (random.nextInt(8)) {
        case 0 -> {
          now += randomSpan(random);
          wheel.advance(now);
          long over = now / TICK * TICK;
          Set<Entry> due = new HashSet<>(model);
          due.removeIf(entry -> entry.expiresNanos() >= over);
          assertEquals(due, Set.copyOf(told));
          assertEquals(due.size(), told.size());
          model.removeAll(due);
          told.clear();
        }
        case 1, 2 -> {
          if (!model.isEmpty()) {
            Entry entry = model.iterator().next();
            model.remove(entry);
            wheel.remove(entry);
          }
        }
        default -> model.add(added(now + randomSpan(random)));
      }
    }
  }

  /** Up to a day, short spans as likely as long ones. */
  private static long randomSpan(Random random) {
    return (long) (24 * HOUR * Math.pow(random.nextDouble(), 12));
  }

  @Test
  void moreThanOneBatchIsToldOfInOneAdvance() {
    int entries = 100_000;
    for (int i = 0; i < entries; i++) {
      added(HOUR + i);
    }

    wheel.advance(HOUR - 2 * TICK);
    assertEquals(List.of(), told);
    wheel.advance(HOUR + 2 * TICK);

    assertEquals(entries, told.size());
  }

  @Test
  void threadsThatAddRemoveAndAdvanceLoseNoEntry() throws Exception {
    Set<Entry> tell = ConcurrentHashMap.newKeySet();
    var shared =
        new ExpiryWheel(
            Entry::expiresNanos, entry -> assertTrue(tell.add(entry), "told of twice: " + entry));
    Set<Entry> kept = ConcurrentHashMap.newKeySet();
    Set<Entry> removed = ConcurrentHashMap.newKeySet();
    var threads = new ArrayList<Thread>();
    for (int t = 0; t < 4; t++) {
      var random = new Random(t);
      threads.add(
          new Thread(
              () -> {
                for (int i = 0; i < 5_000; i++) {
                  Entry entry = ending(random.nextInt(1_000) * SECOND);
                  shared.add(entry);
                  if (random.nextBoolean()) {
                    shared.remove(entry);
                    removed.add(entry);
                  } else {
                    kept.add(entry);
                  }
                  if (i % 100 == 0) {
                    shared.advance(i / 10 * SECOND);
                  }
                }
              }));
    }
    threads.forEach(Thread::start);
    for (Thread thread : threads) {
      thread.join();
    }
    shared.advance(2_000 * SECOND);

    assertTrue(tell.containsAll(kept));
    tell.forEach(entry -> assertTrue(kept.contains(entry) || removed.contains(entry)));
    tell.forEach(ExpiryWheelTest::assertGone);
    assertFalse(kept.isEmpty());
  }
}
