package io.dawncache.core;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Finds the entries that have expired without visiting the others; thread-safe.
 *
 * <p>Times are those of a {@link CoarseClock}, {@code >= 0}. An entry is in at most one wheel.
 */
final class ExpiryWheel {
  /*
   * A hierarchical timing wheel (Varghese, Lauck 1987). Time is counted in ticks of 2^27 ns, about
   * an eighth of a second. A tick is a number of six digits to the base 64; ticks and digits
   * together cover the 63 bits of every future time. Each digit has a ring of 64 slots. An entry is
   * in the ring of the highest digit in which its tick differs from the present one, in the slot of
   * its own digit there. So an entry that is due in this tick is in the lowest ring, at the present
   * digit. When a higher digit advances, the entries of its new slot are distributed over the rings
   * below.
   *
   * A slot is a list linked through the entries themselves, so adding and removing set a few links.
   * An entry is visited once for each digit by which it is distributed, five times at most, and
   * when it expires. An empty tick costs a look at one slot, so hours for which a process was
   * paused pass in a millisecond.
   *
   * One lock guards the links. It is held for one entry, or by advance for one batch, so a writer
   * waits for at most one batch even while a million entries are distributed. An entry may be added
   * between two batches. That does no harm: the slot that is being distributed is that of the
   * present digit, and an entry is added above the lowest ring only where its digit differs from
   * the present one.
   *
   * An entry is reported at most one tick late, plus the interval between calls of advance: after
   * the tick in which it ends is over.
   */
  static final int TICK_SHIFT = 27;
  private static final int DIGIT_BITS = 6;
  private static final int DIGITS = 6;
  private static final int RING = 1 << DIGIT_BITS;
  private static final int BATCH = 1024;

  /** The slot of an entry that is in no wheel. */
  private static final short NOWHERE = -1;

  private final ToLongFunction<? super Entry> endNanos;
  private final Consumer<? super Entry> onExpired;
  private final ReentrantLock lock = new ReentrantLock();

  /**
   * The first entry of each slot's list: the ring of the lowest digit, then the next, and so on.
   */
  @GuardedBy("lock")
  private final @Nullable Entry[] slots = new @Nullable Entry[DIGITS * RING];

  /** The present tick: every entry that ended in an earlier tick has been reported. */
  @GuardedBy("lock")
  private long tick;

  /** The number of entries. */
  @GuardedBy("lock")
  private int size;

  /**
   * Makes an empty wheel at time 0.
   *
   * @param endNanos when an entry expires, {@link CoarseClock#NEVER} if it never does. The time of
   *     an entry may change while it is here; if it becomes sooner, the entry is still reported at
   *     its former time
   * @param onExpired called for each expired entry, after it has left the wheel, under no lock; may
   *     add and remove; must not throw
   */
  ExpiryWheel(ToLongFunction<? super Entry> endNanos, Consumer<? super Entry> onExpired) {
    this.endNanos = endNanos;
    this.onExpired = onExpired;
  }

  /** Adds an entry that is in no wheel; an entry that never expires is ignored. O(1). */
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
   * Removes an entry; does nothing if it is not here. O(1). An entry that another thread is about
   * to report is no longer here.
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

  /** Advances the time to {@code nowNanos} and reports expired entries; never moves it back. */
  void advance(long nowNanos) {
    long now = nowNanos >> TICK_SHIFT;
    if (skipTo(now)) {
      return;
    }
    List<Entry> expired = new ArrayList<>(BATCH); // never grows, so no entry is lost
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

  /** Advances the time if the wheel is empty; returns whether it is. */
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

  /** Advances at most one batch towards {@code now}; returns whether more is left. */
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

  /** Returns an entry that is due in this tick or must be distributed now, or null. */
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
        return null; // the higher digits have not advanced
      }
      digits >>= DIGIT_BITS;
    }
    return null;
  }

  @GuardedBy("lock")
  private void link(Entry entry, long endTick) {
    long at = Math.max(endTick, tick); // an entry that has already ended is reported next
    int ring = at == tick ? 0 : (63 - Long.numberOfLeadingZeros(at ^ tick)) / DIGIT_BITS;
    int slot = ring * RING + ((int) (at >> (ring * DIGIT_BITS)) & (RING - 1));
    Entry first = slots[slot];
    if (first != null) {
      first.previousInSlot = entry;
    }
    entry.nextInSlot = first;
    entry.slot = (short) slot;
    slots[slot] = entry;
    size++;
  }

  @GuardedBy("lock")
  private void unlink(Entry entry) {
    Entry sooner = entry.previousInSlot;
    Entry later = entry.nextInSlot;
    if (sooner == null) {
      slots[entry.slot] = later;
    } else {
      sooner.nextInSlot = later;
    }
    if (later != null) {
      later.previousInSlot = sooner;
    }
    entry.previousInSlot = null;
    entry.nextInSlot = null;
    entry.slot = NOWHERE;
    size--;
  }
}
