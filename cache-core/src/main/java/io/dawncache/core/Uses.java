package io.dawncache.core;

import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.locks.Lock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What readers have used and what has yet to be made good under a lock: readers note each use in a
 * buffer, and whoever holds the lock takes the buffers' uses and acts on them. Nothing is lost: who
 * finds its buffer full waits for the lock and empties it.
 *
 * <p>One thread's uses are acted on in their order; those of several threads that wait at the same
 * time, in any order between the threads.
 *
 * @param <T> what is used
 */
final class Uses<T> {
  /*
   * A thread notes in the buffer of its slot, so a few threads hardly meet. A buffer is a
   * ring between two counters: a reader takes the next slot by moving the one, then fills it; who
   * holds the lock empties slots in their order, then moves the other. That is one compare-and-set a
   * use, on a line that mostly no other core wants.
   *
   * A full buffer makes its reader wait for the lock, and that costs far more than all else here. So
   * a reader that has filled a part of it tries for the lock, and goes on if another has it: by the
   * time that all parts are filled, one of the tries has mostly succeeded.
   *
   * A slot that is taken and not yet filled:
   *   1. a reader takes a slot, and its thread is stopped;
   *   2. another thread of the same buffer notes a use behind it, and returns;
   *   3. somebody empties the buffer.
   * The use in 2 must not be missed, and neither must the order within a thread be broken; so who
   * empties waits for the slot to be filled, which takes the stopped thread one instruction.
   */
  static final int SLOTS = 256; // a power of two
  private static final int PART = SLOTS / 4; // a power of two

  private final Lock lock;
  private final Consumer<? super T> action;
  private final AtomicReferenceArray<@Nullable Buffer<T>> buffers =
      new AtomicReferenceArray<>(ThreadSlot.COUNT);

  /**
   * No uses yet.
   *
   * @param action what to do for each use, under {@code lock}
   */
  Uses(Lock lock, Consumer<? super T> action) {
    this.lock = lock;
    this.action = action;
  }

  /** Notes a use; now and then acts on some of those that have been noted. */
  void note(T used) {
    Buffer<T> buffer = buffer(ThreadSlot.ofThisThread());
    int noted = buffer.add(used);
    if ((noted & (PART - 1)) == 0) {
      partFilled(buffer, used, noted);
    }
  }

  private void partFilled(Buffer<T> buffer, T used, int noted) {
    if (noted != 0) {
      if (lock.tryLock()) {
        try {
          buffer.empty(action);
        } finally {
          lock.unlock();
        }
      }
      return;
    }
    do {
      lock.lock();
      try {
        buffer.empty(action);
      } finally {
        lock.unlock();
      }
    } while (buffer.add(used) == 0);
  }

  /** Acts on all that has been noted. The caller holds the lock. */
  void actOnAll() {
    for (int i = 0; i < ThreadSlot.COUNT; i++) {
      Buffer<T> buffer = buffers.get(i);
      if (buffer != null) {
        buffer.empty(action);
      }
    }
  }

  private Buffer<T> buffer(int index) {
    Buffer<T> buffer = buffers.get(index);
    if (buffer != null) {
      return buffer;
    }
    Buffer<T> made = new Buffer<>();
    Buffer<T> other = buffers.compareAndExchange(index, null, made);
    return other == null ? made : other;
  }

  /** A ring of uses, filled by any thread and emptied under the lock. */
  private static final class Buffer<T> {
    /** Where the counters lie in their array: two lines from its ends, so alone on theirs. */
    private static final int ADDED = 16;

    private static final int TAKEN = 17;

    private final AtomicReferenceArray<@Nullable T> slots = new AtomicReferenceArray<>(SLOTS);
    private final AtomicLongArray counts = new AtomicLongArray(2 * ADDED);

    /** Adds a use and returns how many are here now, or returns 0 because the buffer is full. */
    int add(T used) {
      while (true) {
        long taken = counts.get(TAKEN);
        long added = counts.get(ADDED);
        int held = (int) (added - taken);
        if (held >= SLOTS) {
          return 0;
        }
        if (counts.weakCompareAndSetVolatile(ADDED, added, added + 1)) {
          slots.setRelease((int) added & (SLOTS - 1), used);
          return held + 1;
        }
      }
    }

    /** Takes all that is here when this begins. Runs under the lock. */
    void empty(Consumer<? super T> action) {
      long added = counts.get(ADDED);
      for (long taken = counts.get(TAKEN); taken < added; taken++) {
        int slot = (int) taken & (SLOTS - 1);
        T used = filled(slot);
        slots.setPlain(slot, null);
        counts.setRelease(TAKEN, taken + 1);
        action.accept(used);
      }
    }

    @SuppressWarnings("ThreadPriorityCheck") // on one core the stopped thread needs this one's
    private T filled(int slot) {
      T used = slots.getAcquire(slot);
      while (used == null) {
        Thread.yield();
        used = slots.getAcquire(slot);
      }
      return used;
    }
  }
}
