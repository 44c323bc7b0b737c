package io.dawncache.core;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The bytes that a node holds for what is in flight: requests and answers that have arrived in
 * part, values that a client or a peer has not taken yet, and what loads reserve. There is one
 * account per node, so that no number of connections or loads makes the node hold more than {@link
 * #maxBytes}.
 *
 * <p>A {@link Holder}, usually one per connection, holds the bytes. Safe for use by any thread;
 * only getters wait here, see {@link LoadMemory}.
 *
 * @see CacheNode#bytesInFlight()
 * @since 0.1.0
 */
public final class ByteAccount {
  /*
   * Only bytes that stay are counted. A hit that is answered within the read of its request never
   * comes here, so the account costs it nothing.
   *
   * If there is no room, the account closes the largest holder that has not moved for a second,
   * then the next, until there is room. If all have moved, it refuses the new bytes. The bytes of a
   * closed holder leave the account at once; they leave the heap soon after, when the event loop
   * has closed the holder's connection.
   *
   * A holder's monitor guards its bytes, so that they leave the account exactly once, on whatever
   * thread the holder ends. No thread holds two of these monitors.
   *
   * Loads wait for room instead, on their getters' threads.
   */
  private static final long STUCK_NANOS = 1_000_000_000;

  private static final int HEAP_PART = 8;

  /** One value of the greatest length that a server accepts, and its surroundings. */
  private static final long LEAST_BYTES = 17L << 20;

  private final LongSupplier nanoTime;
  private final AtomicLong bytes = new AtomicLong();
  private final Set<Holder> holders = ConcurrentHashMap.newKeySet(); // those that hold any bytes
  private final LongAdder refused = new LongAdder();
  private final LongAdder closed = new LongAdder();
  private final BlockedLoads blocked = new BlockedLoads();

  private volatile long maxBytes;

  ByteAccount(long maxBytes, LongSupplier nanoTime) {
    this.maxBytes = maxBytes;
    this.nanoTime = nanoTime;
  }

  /** Returns an account for an eighth of the heap; at most a quarter of a small heap. */
  static ByteAccount ofHeap(long heapBytes, LongSupplier nanoTime) {
    long least = Math.min(LEAST_BYTES, heapBytes / 4);
    return new ByteAccount(Math.max(heapBytes / HEAP_PART, least), nanoTime);
  }

  /** {@return what is in flight, and the limit} */
  @Override
  public String toString() {
    return bytes() + " of " + maxBytes + " bytes in flight";
  }

  /** {@return the most that may be in flight, in bytes} */
  public long maxBytes() {
    return maxBytes;
  }

  /**
   * Changes the maximum in flight; by default an eighth of the heap. Bytes that are already in
   * flight stay.
   *
   * @param maxBytes more than 0
   */
  public void resize(long maxBytes) {
    if (maxBytes <= 0) {
      throw new IllegalArgumentException("maxBytes: " + maxBytes + " (expected: > 0)");
    }
    this.maxBytes = maxBytes;
  }

  /** {@return what is in flight now, in bytes} */
  public long bytes() {
    return bytes.get();
  }

  /** {@return how often bytes were refused for lack of room} */
  public long refused() {
    return refused.sum();
  }

  /** {@return how many holders were closed to make room for others} */
  public long closed() {
    return closed.sum();
  }

  /**
   * {@return an empty holder}
   *
   * @param onClosed run at most once, on any thread, when the account closes the holder to make
   *     room: it should release the bytes, and must not block
   */
  public Holder open(Runnable onClosed) {
    return new Holder(Objects.requireNonNull(onClosed, "onClosed"));
  }

  /** {@return an empty holder that is never closed to make room for others} */
  public Holder open() {
    return new Holder(null);
  }

  private boolean take(long more) {
    long present = bytes.get();
    while (more <= maxBytes - present) {
      if (bytes.compareAndSet(present, present + more)) {
        return true;
      }
      present = bytes.get();
    }
    return false;
  }

  /** Closes holders that do not move until there is room; returns whether there is room. */
  private boolean makeRoom(long more) {
    if (more > maxBytes) {
      return false;
    }
    while (more > maxBytes - bytes.get()) {
      Holder worst = worst();
      if (worst == null) {
        return false;
      }
      worst.closeForOthers();
    }
    return true;
  }

  private @Nullable Holder worst() {
    long now = nanoTime.getAsLong();
    Holder worst = null;
    long most = 0;
    for (Holder holder : holders) {
      long held = holder.heldBytes;
      if (held > most && now - holder.movedNanos >= STUCK_NANOS) {
        worst = holder;
        most = held;
      }
    }
    return worst;
  }

  /** One part of the account, such as a connection's. */
  public final class Holder implements AutoCloseable {
    private final @Nullable Runnable onClosed; // null: the account never closes it

    private volatile long heldBytes; // written under this monitor
    private volatile long movedNanos;

    @GuardedBy("this")
    private boolean isClosed;

    private Holder(@Nullable Runnable onClosed) {
      this.onClosed = onClosed;
    }

    /** {@return how many bytes this holder holds} */
    public long bytes() {
      return heldBytes;
    }

    /**
     * Adds {@code more} bytes; returns false, and adds nothing, if there is no room or this is
     * closed.
     *
     * @param more at least 0
     * @return whether there was room
     */
    public boolean add(long more) {
      if (more == 0 || tryAdd(more)) {
        return isOpen();
      }
      if (!isOpen()) {
        return false;
      }
      if (makeRoom(more) && tryAdd(more)) {
        return true;
      }
      refused.increment();
      return false;
    }

    /** A closed holder must not close another one to make room for itself. */
    private synchronized boolean isOpen() {
      return !isClosed;
    }

    private synchronized boolean tryAdd(long more) {
      if (isClosed || !take(more)) {
        return false;
      }
      if (heldBytes == 0 && more > 0) {
        movedNanos = nanoTime.getAsLong();
        if (onClosed != null) {
          holders.add(this);
        }
      }
      heldBytes += more;
      return true;
    }

    /**
     * Removes {@code fewer} bytes; does nothing after the close, which has released all bytes.
     *
     * @param fewer at most the bytes held
     */
    public synchronized void remove(long fewer) {
      if (isClosed) {
        return;
      }
      if (fewer > heldBytes) {
        throw new IllegalStateException(
            "remove: " + fewer + " bytes (expected: <= " + heldBytes + ")");
      }
      release(fewer);
    }

    /**
     * As {@link #add} or {@link #remove}, up or down to {@code target}; for one thread at a time.
     *
     * @param target the bytes that the holder is to hold
     * @return whether there was room for it
     */
    public boolean set(long target) {
      long more = target - heldBytes;
      if (more > 0) {
        return add(more);
      }
      if (more < 0) {
        remove(-more);
      }
      return true;
    }

    /**
     * Waits until there is room for {@code target} bytes, and holds at least as many. If the target
     * exceeds the whole account, waits until this holds the whole account. Returns at once if this
     * is closed. For getters' threads, one at a time.
     */
    void awaitSet(long target) throws InterruptedException {
      if (blocked.areWaiting() || !hasAtLeast(target)) {
        blocked.await(() -> !isOpen() || hasAtLeast(target));
      }
    }

    private boolean hasAtLeast(long target) {
      long more = Math.min(target, maxBytes) - heldBytes;
      return more <= 0 || tryAdd(more) || (makeRoom(more) && tryAdd(more));
    }

    /** Notes that bytes have left or arrived, so this holder is not stuck. */
    public void moved() {
      if (heldBytes > 0) {
        movedNanos = nanoTime.getAsLong();
      }
    }

    /** Releases all bytes; this accepts none from then on. Closing again does nothing. */
    @Override
    public synchronized void close() {
      isClosed = true;
      release(heldBytes);
    }

    private void closeForOthers() {
      synchronized (this) {
        if (isClosed) {
          return;
        }
        close();
      }
      closed.increment();
      try {
        Objects.requireNonNull(onClosed).run();
      } catch (Throwable t) { // the thread that needs the room goes on
        Uncaught.report(t);
      }
    }

    @GuardedBy("this")
    private void release(long fewer) {
      if (fewer == 0) {
        return;
      }
      long left = heldBytes - fewer;
      heldBytes = left;
      bytes.addAndGet(-fewer);
      if (left == 0) {
        holders.remove(this);
      }
      blocked.tryAgain();
    }
  }
}
