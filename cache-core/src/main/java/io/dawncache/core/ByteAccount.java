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
 * The bytes that a node holds for what is in flight: requests and answers that have come in part,
 * values that wait for a client or a peer to take them, and what loads say they need. One account a
 * node, so that no number of connections or loads makes it hold more than {@link #maxBytes}.
 *
 * <p>What is held is in the books of a {@link Holder}, mostly a connection's. Safe for use by any
 * thread; only getters wait here, see {@link LoadMemory}.
 *
 * @see CacheNode#bytesInFlight()
 */
public final class ByteAccount {
  /*
   * Only what stays is counted: a hit that leaves with the read that asked for it never comes here,
   * so the account costs it nothing.
   *
   * When there is no room, the holder that holds most of those that have not moved for a second is
   * closed, and the next, until there is. If all have moved, the one who asks is refused. Bytes of a
   * closed holder are free in the books at once; in the heap they are when its connection's event
   * loop has closed it, soon after.
   *
   * A holder's monitor guards what it holds, so that its bytes leave the account exactly once, on
   * whatever thread its end comes. Two of those monitors are never held together.
   *
   * Loads wait for room instead, on their getters' threads.
   */
  private static final long STUCK_NANOS = 1_000_000_000;

  private static final int HEAP_PART = 8;

  /** One value of the greatest length that a server takes, and what is around it. */
  private static final long LEAST_BYTES = 17L << 20;

  private final LongSupplier nanoTime;
  private final AtomicLong bytes = new AtomicLong();
  private final Set<Holder> holders = ConcurrentHashMap.newKeySet(); // those that hold something
  private final LongAdder refused = new LongAdder();
  private final LongAdder closed = new LongAdder();
  private final BlockedLoads blocked = new BlockedLoads();

  private volatile long maxBytes;

  ByteAccount(long maxBytes, LongSupplier nanoTime) {
    this.maxBytes = maxBytes;
    this.nanoTime = nanoTime;
  }

  /** Returns an account for an eighth of the heap; of a small heap a quarter at most. */
  static ByteAccount ofHeap(long heapBytes, LongSupplier nanoTime) {
    long least = Math.min(LEAST_BYTES, heapBytes / 4);
    return new ByteAccount(Math.max(heapBytes / HEAP_PART, least), nanoTime);
  }

  /** Returns the most that may be in flight, in bytes. */
  public long maxBytes() {
    return maxBytes;
  }

  /**
   * Changes the most that may be in flight; by default an eighth of the heap. What is in flight
   * already stays.
   *
   * @param maxBytes more than 0
   */
  public void resize(long maxBytes) {
    if (maxBytes <= 0) {
      throw new IllegalArgumentException("maxBytes: " + maxBytes + " (expected: > 0)");
    }
    this.maxBytes = maxBytes;
  }

  /** Returns what is in flight now, in bytes. */
  public long bytes() {
    return bytes.get();
  }

  /** Returns how often there was no room, and the one who asked for it was refused. */
  public long refused() {
    return refused.sum();
  }

  /** Returns how many holders were closed to make room for others. */
  public long closed() {
    return closed.sum();
  }

  /**
   * Returns a holder that holds nothing yet.
   *
   * @param onClosed run at most once, on any thread, when the account closes the holder to make
   *     room: it should end what holds the bytes, and must not block
   */
  public Holder open(Runnable onClosed) {
    return new Holder(Objects.requireNonNull(onClosed, "onClosed"));
  }

  /** Returns a holder that holds nothing yet, and that is never closed to make room for others. */
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

  /** Closes holders that do not move until there is room; returns whether there is. */
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

    /** Returns how many bytes it holds. */
    public long bytes() {
      return heldBytes;
    }

    /**
     * Holds {@code more} bytes, or returns false and holds no more than before: there is no room,
     * or this is closed.
     *
     * @param more at least 0
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

    /** A holder that is closed closes no other to make room for itself. */
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
     * Holds {@code fewer} bytes less; nothing changes after the close, which has given back all.
     *
     * @param fewer at most what it holds
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
     * Holds at least {@code target} bytes, and waits until there is room for them; for a target
     * above the whole account until that is its own. Returns at once if this is closed. For threads
     * of getters, one at a time.
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

    /** Notes that some of what it holds has left, or that something has come: it is not stuck. */
    public void moved() {
      if (heldBytes > 0) {
        movedNanos = nanoTime.getAsLong();
      }
    }

    /** Gives back all that it holds, and holds nothing from then on. Once more does nothing. */
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
      } catch (Throwable t) { // not for whoever needs the room
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
