package io.dawncache.core;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Finds the entries whose time has come without looking at those whose time has not; thread-safe.
 *
 * <p>Time is that of a {@link CoarseClock}, {@code >= 0}. An entry is in one wheel at most.
 */
final class ExpiryWheel {
  /*
   * A hierarchical timing wheel (Varghese, Lauck 1987). Time is counted in ticks of 2^27 ns, about
   * an eighth of a second, and a tick is a number of six digits to the base 64: together the 63 bits
   * of every time to come. Each digit has a ring of 64 slots. An entry stands in the ring of the
   * highest digit in which its tick differs from the present one, in the slot of its own digit
   * there. So whatever is due in this tick stands in the lowest ring, at the present digit; and when
   * a higher digit moves on, the slot that it moves to is dealt out over the rings below.
   *
   * A slot is a list through the entries themselves. To add or to remove is to set a few links. An
   * entry is looked at once for each digit that it was dealt out by, five times in the longest TTL,
   * and when its time has come. A tick that nothing stands in costs a look at one slot, so hours
   * that a paused process has slept through pass in a millisecond.
   *
   * One lock guards the links and is held for one entry, or by advance for a batch of them: dealing
   * out a million entries keeps no writer waiting for more than that. What adds between two batches
   * does no harm, for the slot that is being dealt out is that of the present digit, and no entry is
   * added there in a ring above the lowest: it does not differ there.
   *
   * An entry is late by a tick at most and by the pace of advance: it is told of when the tick in
   * which it ends is over.
   */
  static final int TICK_SHIFT = 27;
  private static final int DIGIT_BITS = 6;
  private static final int DIGITS = 6;
  private static final int RING = 1 << DIGIT_BITS;
  private static final int BATCH = 1024;

  /** The slot of an entry that is in no wheel. */
  private static final int NOWHERE = -1;

  private final ToLongFunction<? super Entry> endNanos;
  private final Consumer<? super Entry> onExpired;
  private final ReentrantLock lock = new ReentrantLock();

  /** The first of each slot's list: the ring of the lowest digit, then the next, and so on. */
  @GuardedBy("lock")
  private final @Nullable Entry[] slots = new @Nullable Entry[DIGITS * RING];

  /** The present tick: all that ended in a tick before it has been told of. */
  @GuardedBy("lock")
  private long tick;

  /** How many entries are here. */
  @GuardedBy("lock")
  private int size;

  /**
   * Makes an empty wheel at time 0.
   *
   * @param endNanos when an entry's time comes, {@link CoarseClock#NEVER} if it does not; always
   *     the same for the same entry
   * @param onExpired told of each entry whose time has come, when it has left the wheel, under no
   *     lock; may add and remove; must not throw
   */
  ExpiryWheel(ToLongFunction<? super Entry> endNanos, Consumer<? super Entry> onExpired) {
    this.endNanos = endNanos;
    this.onExpired = onExpired;
  }

  /** Adds an entry that is in no wheel; one that never ends is not kept. O(1). */
  void add(Entry entry) {
    long end = endNanos.applyAsLong(entry);
    if (end == CoarseClock.NEVER) {
      return;
    }
    lock.lock();
    try {
      link(entry, end >> TICK_SHIFT);
    } finally {
      lock.unlock();
    }
  }

  /**
   * Removes an entry; does nothing if it is not here. O(1). An entry that another thread is just
   * about to tell of is no longer here.
   */
  void remove(Entry entry) {
    lock.lock();
    try {
      if (entry.slot != NOWHERE) {
        unlink(entry);
      }
    } finally {
      lock.unlock();
    }
  }

  /** Moves the time on to {@code nowNanos} and tells of what has ended; never moves it back. */
  void advance(long nowNanos) {
    long now = nowNanos >> TICK_SHIFT;
    if (skipTo(now)) {
      return;
    }
    List<Entry> expired = new ArrayList<>(BATCH); // it never grows: an entry would be lost
    boolean behind = true;
    while (behind) {
      lock.lock();
      try {
        behind = advanceABatch(now, expired);
      } finally {
        lock.unlock();
      }
      expired.forEach(onExpired);
      expired.clear();
    }
  }

  /** Moves on if there is no entry to tell of; returns whether it did. */
  private boolean skipTo(long now) {
    lock.lock();
    try {
      if (size == 0) {
        tick = Math.max(tick, now);
      }
      return size == 0;
    } finally {
      lock.unlock();
    }
  }

  /** Does a bounded piece of the way to {@code now}; returns whether there is more of it. */
  @GuardedBy("lock")
  private boolean advanceABatch(long now, List<Entry> expired) {
    for (int steps = 0; steps < BATCH; steps++) {
      if (tick >= now) {
        return false;
      }
      Entry entry = nextAtTick();
      if (entry == null) {
        tick++;
        continue;
      }
      unlink(entry);
      long end = endNanos.applyAsLong(entry) >> TICK_SHIFT;
      if (end <= tick) {
        expired.add(entry);
      } else {
        link(entry, end);
      }
    }
    return true;
  }

  /** Returns an entry that is due in this tick or has to be dealt out now, or null. */
  @GuardedBy("lock")
  private @Nullable Entry nextAtTick() {
    long digits = tick;
    for (int ring = 0; ring < DIGITS; ring++) {
      int digit = (int) digits & (RING - 1);
      Entry first = slots[ring * RING + digit];
      if (first != null) {
        return first;
      }
      if (digit != 0) {
        return null; // the digits above have not moved
      }
      digits >>= DIGIT_BITS;
    }
    return null;
  }

  @GuardedBy("lock")
  private void link(Entry entry, long endTick) {
    long at = Math.max(endTick, tick); // what is over already is told of next
    int ring = at == tick ? 0 : (63 - Long.numberOfLeadingZeros(at ^ tick)) / DIGIT_BITS;
    int slot = ring * RING + ((int) (at >> (ring * DIGIT_BITS)) & (RING - 1));
    Entry first = slots[slot];
    if (first != null) {
      first.sooner = entry;
    }
    entry.later = first;
    entry.slot = slot;
    slots[slot] = entry;
    size++;
  }

  @GuardedBy("lock")
  private void unlink(Entry entry) {
    Entry sooner = entry.sooner;
    Entry later = entry.later;
    if (sooner == null) {
      slots[entry.slot] = later;
    } else {
      sooner.later = later;
    }
    if (later != null) {
      later.sooner = sooner;
    }
    entry.sooner = null;
    entry.later = null;
    entry.slot = NOWHERE;
    size--;
  }
}
