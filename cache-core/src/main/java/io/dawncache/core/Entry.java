package io.dawncache.core;

import java.util.concurrent.atomic.AtomicLongFieldUpdater;
import org.jspecify.annotations.Nullable;

/**
 * A value as a node holds it and answers it: the bytes, and how long they are valid.
 *
 * <p>Its public view does not change; safe for use by any thread. {@link
 * GroupEndpoint#remainingTtl} returns how much of its TTL is left.
 *
 * @since 0.1.0
 */
public abstract sealed class Entry permits Entry.Own, Entry.Copy, Entry.Missing, Entry.Stale {
  /*
   * An entry has no four bytes to spare, so when it was kept shares those of its slot: sixteen bits
   * of the time, of which the lowest stands for 8.6 s. So an age is exact to within that, and its
   * mean over many entries is exact, as the time that is cut off is as long on the mean at both
   * ends. After 6.5 days an age starts from 0 again.
   */
  private static final int AGE_SHIFT = 33;

  /** The unit of {@link #ageUnits}. */
  static final double AGE_UNIT_SECONDS = (1L << AGE_SHIFT) / 1e9;

  private final String key;

  /** Exchanged for equal bytes, in a race that does no harm: either is right. */
  private ByteView value;

  private final long expiresNanos;

  // The place of this entry in its ExpiryWheel; guarded by the wheel.
  @Nullable Entry previousInSlot;
  @Nullable Entry nextInSlot;
  short slot = -1;

  private short keptAt; // set before the entry can be found

  private Entry(String key, ByteView value, long expiresNanos) {
    this.key = key;
    this.value = value;
    this.expiresNanos = expiresNanos;
  }

  /** {@return the value's bytes} */
  public final ByteView value() {
    return value;
  }

  /** {@return what is known of the value beside its bytes, or null if nothing is} */
  public final @Nullable Metadata metadata() {
    return value.metadata();
  }

  /** {@return whether the value has expired and is answered because the origin failed} */
  public final boolean isStale() {
    return this instanceof Stale;
  }

  final String key() {
    return key;
  }

  /** Notes what was read of the value. */
  final void isRead(ReadBytes.Reading reading) {
    value = new ReadBytes(value.plain(), reading);
  }

  /** Undoes {@link #isRead} if nothing else has been read since; returns whether it did. */
  final boolean isReadNoMore(ReadBytes.Reading reading) {
    if (value instanceof ReadBytes read && read.reading() == reading) {
      value = read.plain();
      return true;
    }
    return false;
  }

  /** Returns when the value expires, on the node's {@link CoarseClock}. */
  final long expiresNanos() {
    return expiresNanos;
  }

  /** Returns from when on this entry no longer answers, the origin's failures aside. */
  long endNanos() {
    return expiresNanos;
  }

  /** Notes that it is kept from now on; before it can be found. */
  final void keptAt(long nowNanos) {
    keptAt = (short) (nowNanos >> AGE_SHIFT);
  }

  /** Returns for how long it has been kept, in units of {@link #AGE_UNIT_SECONDS}. */
  final int ageUnits(long nowNanos) {
    return ((short) (nowNanos >> AGE_SHIFT) - keptAt) & 0xffff;
  }

  final boolean isExpired(long nowNanos) {
    return nowNanos >= endNanos();
  }

  @Override
  public final String toString() {
    return "Entry[" + value + (isStale() ? ", stale]" : "]");
  }

  /**
   * The value of a key that this node owns, or a <em>guest</em>: a value that it has loaded or
   * owned, of a key that another node owns now. A guest answers for a short time only, as a copy
   * does. It stays a while longer: another node may peek it, and this node may own the key again.
   */
  static sealed class Own extends Entry permits Unsure, Graced {
    /** The due time of an expired value while its load, which has failed, runs once more. */
    private static final long RETRIED_NOW = CoarseClock.NEVER - 1;

    private static final AtomicLongFieldUpdater<Own> LOAD_DUE =
        AtomicLongFieldUpdater.newUpdater(Own.class, "loadDueNanos");

    /**
     * From when on a get that this entry answers starts a load behind its answer: before the expiry
     * a refresh; after it a retry, because the last load failed. NEVER if none is to start, because
     * none was configured or a refresh runs; RETRIED_NOW while a retry runs. Of a guest it is
     * negative: the complement of when it stops answering.
     */
    private volatile long loadDueNanos;

    /**
     * Makes the value of an own key. A slice is copied, so that the entry holds no more bytes than
     * it shows.
     *
     * @param refreshNanos when gets begin to refresh it; ignored from the expiry on, because a get
     *     then waits for a load
     */
    Own(String key, ByteView value, long expiresNanos, long refreshNanos) {
      super(key, value.compact(), expiresNanos);
      this.loadDueNanos = refreshNanos < expiresNanos ? refreshNanos : CoarseClock.NEVER;
    }

    long loadDueNanos() {
      return loadDueNanos;
    }

    /** Sets when a load is due; a guest is never loaded again. */
    void loadDueAt(long nanos) {
      long due = loadDueNanos;
      while (due >= 0 && !LOAD_DUE.compareAndSet(this, due, nanos)) {
        due = loadDueNanos;
      }
    }

    boolean isGuest() {
      return loadDueNanos < 0;
    }

    /** Makes it a guest, which answers until {@code endNanos}. */
    void becomeGuest(long endNanos) {
      loadDueNanos = ~endNanos;
    }

    /** Makes a guest the value of a key that this node owns. */
    void becomeOwn(long refreshNanos) {
      loadDueNanos = refreshNanos < expiresNanos() ? refreshNanos : CoarseClock.NEVER;
    }

    /** Returns until when a guest answers. */
    long guestEndNanos() {
      return Math.min(expiresNanos(), ~loadDueNanos);
    }

    /** Returns what a guest answers with: no other node may keep it longer than this one. */
    Copy copy() {
      return new Copy(this, guestEndNanos());
    }

    /** Returns whether it is valid and this node may answer with it. */
    boolean answersAt(long nowNanos) {
      long due = loadDueNanos;
      return nowNanos < expiresNanos() && (due >= 0 || nowNanos < ~due);
    }

    /** Returns true to one caller, which is to refresh the value. */
    boolean claimRefresh() {
      long due = loadDueNanos;
      return due >= 0
          && due != CoarseClock.NEVER
          && LOAD_DUE.compareAndSet(this, due, CoarseClock.NEVER);
    }

    /** Returns true to one caller, which is to repeat the load that failed. */
    boolean claimRetry(long nowNanos) {
      long due = loadDueNanos;
      return due >= 0 && due <= nowNanos && LOAD_DUE.compareAndSet(this, due, RETRIED_NOW);
    }

    /** Returns whether no load is due: a caller has claimed it, or none was configured. */
    boolean hasNoneDue() {
      return loadDueNanos >= RETRIED_NOW;
    }

    /** Returns whether the value has expired and the last load of its key failed. */
    boolean outlivesAFailure(long nowNanos) {
      long due = loadDueNanos;
      return isExpired(nowNanos) && due > expiresNanos() && due != CoarseClock.NEVER;
    }
  }

  /**
   * The value of an own key that may have missed a change. It is answered until its end, however
   * the loads of its key fail.
   */
  static final class Unsure extends Own {
    Unsure(String key, ByteView value, long expiresNanos) {
      super(key, value, expiresNanos, CoarseClock.NEVER);
    }
  }

  /** The value of an own key whose origin has said for how long it may be answered as stale. */
  static final class Graced extends Own {
    private final long graceNanos;

    Graced(String key, ByteView value, long expiresNanos, long refreshNanos, long graceNanos) {
      super(key, value, expiresNanos, refreshNanos);
      this.graceNanos = graceNanos;
    }

    long graceNanos() {
      return graceNanos;
    }
  }

  /** A copy of a value that another node owns. */
  static final class Copy extends Entry {
    private final long copyEndNanos;

    /**
     * Gets that it answered and that the owner does not know of. A race may lose one get, which
     * does no harm.
     */
    private int gets;

    /**
     * Makes a copy. A slice is copied, so that the entry holds no more bytes than it shows.
     *
     * @param expiresNanos when the value expires
     * @param copyEndNanos when the copy is to go even if the value has not expired
     */
    Copy(String key, ByteView value, long expiresNanos, long copyEndNanos) {
      super(key, value.compact(), expiresNanos);
      this.copyEndNanos = copyEndNanos;
    }

    /** Makes a copy of a guest, of the same bytes, which goes when it expires. */
    private Copy(Own guest, long expiresNanos) {
      super(guest.key(), guest.value(), expiresNanos);
      this.copyEndNanos = CoarseClock.NEVER;
    }

    /** Makes a copy that goes when the value expires. */
    Copy(String key, ByteView value, long expiresNanos) {
      this(key, value, expiresNanos, CoarseClock.NEVER);
    }

    @Override
    long endNanos() {
      return Math.min(expiresNanos(), copyEndNanos);
    }

    void countGet() {
      gets++;
    }

    /** Returns the gets counted since the last call. */
    int takeGets() {
      int taken = gets;
      gets = 0;
      return taken;
    }
  }

  /** Stands for a key of this node's own that the origin does not have. */
  static final class Missing extends Entry {
    Missing(String key, long expiresNanos) {
      super(key, ByteView.empty(), expiresNanos);
    }
  }

  /** An answer whose value has expired; held nowhere. */
  static final class Stale extends Entry {
    Stale(String key, ByteView value) {
      super(key, value, 0);
    }
  }
}
