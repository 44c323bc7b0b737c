package io.dawncache.core.lru;

import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.locks.Lock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Records reads without a lock, for later processing under one: readers add what they read, and the
 * holder of the lock drains it. No read is lost: a reader that finds the buffer full waits for the
 * lock and drains the buffer itself.
 *
 * <p>The reads of one thread are processed in their order. Reads that several threads add at the
 * same time are processed in any order between these threads.
 *
 * @param <T> the type of what is read
 */
final class ReadBuffer<T> {
  /*
   * Each stripe of threads has a ring of slots between two counters. A reader claims the next slot
   * by advancing one counter and then fills the slot; the holder of the lock empties slots in their
   * order and then advances the other. A read costs one compare-and-set, usually on a cache line
   * that no other core uses.
   *
   * Waiting for the lock costs far more than that. So a reader that has filled a quarter of its
   * ring tries to get the lock, and continues without it if another thread has it. By the time the
   * ring is full, one of these attempts has usually succeeded.
   *
   * A slot may be claimed and not yet filled:
   *   1. a reader claims a slot, and its thread is suspended;
   *   2. another thread of the same stripe adds a read behind it and returns;
   *   3. a third thread drains the ring.
   * The drain in 3 must not miss the read in 2, and must keep each thread's order. So it waits
   * until the slot is filled, for which the suspended thread needs one more instruction.
   */

  /** How many reads a ring holds, a power of two. */
  static final int SLOTS = 256;

  private static final int QUARTER = SLOTS / 4; // a power of two

  private final Lock lock;
  private final Consumer<? super T> action;
  private final AtomicReferenceArray<@Nullable Ring<T>> rings =
      new AtomicReferenceArray<>(Stripe.COUNT);

  /**
   * Makes an empty buffer.
   *
   * @param lock the lock under which reads are processed
   * @param action called for each read, under {@code lock}
   */
  ReadBuffer(Lock lock, Consumer<? super T> action) {
    this.lock = lock;
    this.action = action;
  }

  /** Adds a read; sometimes drains the calling thread's ring. Safe from any thread. */
  void add(T read) {
    Ring<T> ring = ring(Stripe.ofThisThread());
    int held = ring.add(read);
    if ((held & (QUARTER - 1)) == 0) {
      quarterFilled(ring, read, held);
    }
  }

  private void quarterFilled(Ring<T> ring, T read, int held) {
    if (held != 0) {
      if (lock.tryLock()) {
        try {
          ring.drain(action);
        } finally {
          lock.unlock();
        }
      }
      return;
    }
    do {
      lock.lock();
      try {
        ring.drain(action);
      } finally {
        lock.unlock();
      }
    } while (ring.add(read) == 0);
  }

  /** Processes all reads added before this call. The caller holds the lock. */
  void drain() {
    for (int i = 0; i < Stripe.COUNT; i++) {
      Ring<T> ring = rings.get(i);
      if (ring != null) {
        ring.drain(action);
      }
    }
  }

  private Ring<T> ring(int index) {
    Ring<T> ring = rings.get(index);
    if (ring != null) {
      return ring;
    }
    Ring<T> made = new Ring<>();
    Ring<T> other = rings.compareAndExchange(index, null, made);
    return other == null ? made : other;
  }

  /** A ring of reads: any thread adds to it, the holder of the lock drains it. */
  private static final class Ring<T> {
    /**
     * The counters' places in their array: two cache lines from its ends, so that no other data
     * shares their lines.
     */
    private static final int ADDED = 16;

    private static final int DRAINED = 17;

    private final AtomicReferenceArray<@Nullable T> slots = new AtomicReferenceArray<>(SLOTS);
    private final AtomicLongArray counts = new AtomicLongArray(2 * ADDED);

    /** Adds a read and returns how many the ring now holds, or returns 0 if the ring is full. */
    int add(T read) {
      while (true) {
        long drained = counts.get(DRAINED);
        long added = counts.get(ADDED);
        int held = (int) (added - drained);
        if (held >= SLOTS) {
          return 0;
        }
        if (counts.weakCompareAndSetVolatile(ADDED, added, added + 1)) {
          slots.setRelease((int) added & (SLOTS - 1), read);
          return held + 1;
        }
      }
    }

    /** Processes all reads that the ring holds when the call begins. The caller holds the lock. */
    void drain(Consumer<? super T> action) {
      long added = counts.get(ADDED);
      for (long drained = counts.get(DRAINED); drained < added; drained++) {
        int slot = (int) drained & (SLOTS - 1);
        T read = filled(slot);
        slots.setPlain(slot, null);
        counts.setRelease(DRAINED, drained + 1);
        action.accept(read);
      }
    }

    @SuppressWarnings("ThreadPriorityCheck") // on one core the suspended thread needs this one's
    private T filled(int slot) {
      T read = slots.getAcquire(slot);
      while (read == null) {
        Thread.yield();
        read = slots.getAcquire(slot);
      }
      return read;
    }
  }
}
