package io.dawncache.core;

import java.util.concurrent.atomic.AtomicLongFieldUpdater;
import org.jspecify.annotations.Nullable;

/**
 * A value as a node holds it and answers it: the bytes, and until when they hold.
 *
 * <p>What it says does not change; safe for use by any thread. How much of its life is left, {@link
 * GroupEndpoint#lifeLeft} tells.
 */
public final class Entry {
  /** What an entry is to the node that holds it. */
  enum Kind {
    /** The value of a key that this node owns. */
    OWN,
    /** A copy of a value that another node owns, or that was loaded here in its place. */
    COPY,
    /** Stands for a key of this node's that the origin holds nothing under. */
    NOT_THERE,
    /** An answer whose value has expired; held nowhere. */
    STALE
  }

  /** The reload time of an expired value while its load, which has failed, is tried again. */
  private static final long RETRIED_NOW = CoarseClock.NEVER - 1;

  private static final AtomicLongFieldUpdater<Entry> RELOAD =
      AtomicLongFieldUpdater.newUpdater(Entry.class, "reloadNanos");

  private final String key;
  private final ByteView value;
  private final Kind kind;
  private final long expiresNanos;

  /**
   * From when on a get that this entry answers starts a load, too; the one who starts it resets.
   */
  private volatile long reloadNanos;

  /** Gets answered as a copy and not yet reported to the owner. A race may lose one: no harm. */
  private int copyGets;

  // Where this entry stands in its ExpiryWheel; guarded by the wheel.
  @Nullable Entry sooner;
  @Nullable Entry later;
  int slot = -1;

  private Entry(String key, ByteView value, Kind kind, long expiresNanos, long reloadNanos) {
    this.key = key;
    this.value = value;
    this.kind = kind;
    this.expiresNanos = expiresNanos;
    this.reloadNanos = reloadNanos;
  }

  /** Returns the value of an own key; a slice is copied, so that it holds no more than it shows. */
  static Entry own(String key, ByteView value, long expiresNanos, long reloadNanos) {
    // At its end a value is loaded anew anyway; a time beyond that would pass for a failed load's.
    long reload = reloadNanos < expiresNanos ? reloadNanos : CoarseClock.NEVER;
    return new Entry(key, value.compact(), Kind.OWN, expiresNanos, reload);
  }

  /** Returns another's value, which ends with its life. */
  static Entry copy(String key, ByteView value, long expiresNanos) {
    return copy(key, value, expiresNanos, CoarseClock.NEVER);
  }

  /** Returns a copy of another's value, which ends with its life or as a copy; it never loads. */
  static Entry copy(String key, ByteView value, long expiresNanos, long copyEndNanos) {
    return new Entry(key, value.compact(), Kind.COPY, expiresNanos, copyEndNanos);
  }

  /** Returns the memory of a key that is not there. */
  static Entry notThere(String key, long expiresNanos) {
    return new Entry(key, ByteView.empty(), Kind.NOT_THERE, expiresNanos, CoarseClock.NEVER);
  }

  /** Returns {@code value} as an answer that has expired. */
  static Entry stale(String key, ByteView value) {
    return new Entry(key, value, Kind.STALE, 0, CoarseClock.NEVER);
  }

  /** Returns the value's bytes. */
  public ByteView value() {
    return value;
  }

  /**
   * Returns whether the value had expired and is answered all the same, because the origin failed.
   */
  public boolean isStale() {
    return kind == Kind.STALE;
  }

  String key() {
    return key;
  }

  Kind kind() {
    return kind;
  }

  /** Returns when the value stops being true, on the node's {@link CoarseClock}. */
  long expiresNanos() {
    return expiresNanos;
  }

  /** Returns when this is no longer to be answered: when its value, or it as a copy, ends. */
  long endNanos() {
    return kind == Kind.COPY ? Math.min(expiresNanos, reloadNanos) : expiresNanos;
  }

  boolean isExpired(long nowNanos) {
    return nowNanos >= endNanos();
  }

  long reloadNanos() {
    return reloadNanos;
  }

  void reloadAt(long nanos) {
    reloadNanos = nanos;
  }

  /** Returns true to one caller: the one who is to load the value anew. */
  boolean claimReload() {
    long due = reloadNanos;
    return due != CoarseClock.NEVER && RELOAD.compareAndSet(this, due, CoarseClock.NEVER);
  }

  /** Returns whether this value has expired, and the last load of its key failed. */
  boolean outlivesAFailure(long nowNanos) {
    long due = reloadNanos;
    return isExpired(nowNanos) && due > expiresNanos && due != CoarseClock.NEVER;
  }

  /** Returns true to one caller: the one who is to try the load again that has failed. */
  boolean claimRetry(long nowNanos) {
    long due = reloadNanos;
    return due <= nowNanos && RELOAD.compareAndSet(this, due, RETRIED_NOW);
  }

  /**
   * Returns whether somebody has claimed a load of this entry's key, and nothing came of it yet.
   */
  boolean isClaimed() {
    return reloadNanos >= RETRIED_NOW;
  }

  void countCopyGet() {
    copyGets++;
  }

  /** Returns the gets counted since the last call. */
  int takeCopyGets() {
    int taken = copyGets;
    copyGets = 0;
    return taken;
  }

  @Override
  public String toString() {
    return "Entry[" + value + (isStale() ? ", stale]" : "]");
  }
}
