package io.dawncache.core;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.lang.System.Logger.Level;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Shares the heap among the groups of a node. A budget that a user sets is checked against what is
 * left when its group is added; the groups without a set budget share the rest equally.
 */
final class HeapShares {
  /*
   * Budgets may take three quarters of the heap. One eighth is for bytes in flight, and one eighth
   * for the program itself and for the collector's reserve. The default budgets take at most half
   * of the heap, so that a node without options does not run at its limit.
   *
   * A budget of 0, unbounded, is not in the sum: its size is unknown, and the user who sets it must
   * ensure that the values fit.
   */
  private static final System.Logger LOG = System.getLogger(HeapShares.class.getName());

  /** A group's default budget if the heap has room for it. */
  static final long MOST_DEFAULT_BYTES = 64L << 20;

  /** A group with less would hold almost nothing. */
  static final long LEAST_DEFAULT_BYTES = 64L << 10;

  private final long heapBytes;

  @GuardedBy("this")
  private long loggedBytes = MOST_DEFAULT_BYTES; // the last default share in the log

  @GuardedBy("this")
  private final Set<Share> shares = new LinkedHashSet<>();

  /**
   * Shares out the whole heap.
   *
   * @param heapBytes the heap's maximum size, such as {@link Runtime#maxMemory()}
   */
  HeapShares(long heapBytes) {
    this.heapBytes = heapBytes;
  }

  /**
   * Adds a group and returns its share; the default shares of the others may shrink.
   *
   * @throws IllegalArgumentException if the heap has no room for it
   */
  synchronized Share take(GroupConfig config) {
    Share taken = new Share(setBytes(config));
    refuseIfTooLarge(taken.setBytes);
    shares.add(taken);
    shareOut();
    return taken;
  }

  /** Returns the budget that is set, or -1. */
  private static long setBytes(GroupConfig config) {
    return config.isMaxBytesSet() ? config.maxBytes() : -1;
  }

  @GuardedBy("this")
  private void refuseIfTooLarge(long setBytes) {
    long room = room();
    if (setBytes > room || (setBytes < 0 && room < LEAST_DEFAULT_BYTES)) {
      throw new IllegalArgumentException(
          "maxBytes: "
              + (setBytes < 0 ? "none set" : setBytes)
              + " (expected: <= "
              + Math.max(0, room)
              + ", what the budgets of other groups leave of three quarters of the heap, which is "
              + heapBytes
              + " bytes)");
    }
  }

  /** Returns the maximum of one more budget if every default share is as small as possible. */
  @GuardedBy("this")
  private long room() {
    return heapBytes / 4 * 3 - setBytes() - defaults() * LEAST_DEFAULT_BYTES;
  }

  @GuardedBy("this")
  private long setBytes() {
    return shares.stream().filter(share -> !share.isDefault()).mapToLong(s -> s.setBytes).sum();
  }

  @GuardedBy("this")
  private long defaults() {
    return shares.stream().filter(Share::isDefault).count();
  }

  /** Divides the present remainder among the default shares. */
  @GuardedBy("this")
  private void shareOut() {
    long count = defaults();
    if (count == 0) {
      return;
    }
    long forAll = Math.min(heapBytes / 2, heapBytes / 4 * 3 - setBytes());
    long bytes = Math.max(LEAST_DEFAULT_BYTES, Math.min(MOST_DEFAULT_BYTES, forAll / count));
    for (Share share : shares) {
      if (share.isDefault() && share.bytes != bytes) {
        share.set(bytes);
      }
    }
    if (bytes <= loggedBytes / 2) { // one line per halving, for any number of groups
      loggedBytes = bytes;
      LOG.log(
          Level.INFO,
          "the budget of each group that has none set is now {0} bytes: {1} such groups share {2}"
              + " bytes of a heap of {3}",
          String.valueOf(bytes),
          String.valueOf(count),
          String.valueOf(forAll),
          String.valueOf(heapBytes));
    }
  }

  /** One group's share. */
  final class Share {
    // All are guarded by the monitor of the HeapShares.
    private long setBytes; // -1 if none is set
    private long bytes = -1;
    private @Nullable LongConsumer onChange;

    private Share(long setBytes) {
      this.setBytes = setBytes;
    }

    private boolean isDefault() {
      return setBytes < 0;
    }

    /** Returns the budget, 0 for unbounded; a default budget may change. */
    long bytes() {
      synchronized (HeapShares.this) {
        return isDefault() ? bytes : setBytes;
      }
    }

    /** Calls {@code onChange} with the present budget at once, and with each new one. */
    void onChange(LongConsumer onChange) {
      synchronized (HeapShares.this) {
        this.onChange = onChange;
        onChange.accept(bytes());
      }
    }

    /**
     * Changes the share to that of another configuration; the default shares of others may change.
     *
     * @param onChanged called with the budget, before any later change of it
     * @throws IllegalArgumentException if the heap has no room for it; nothing has changed then
     * @throws IllegalStateException if the share was given back
     */
    void change(GroupConfig config, LongConsumer onChanged) {
      synchronized (HeapShares.this) {
        if (!shares.remove(this)) {
          throw new IllegalStateException("the group was removed");
        }
        try {
          refuseIfTooLarge(setBytes(config));
          setBytes = setBytes(config);
        } finally {
          shares.add(this);
        }
        shareOut();
        onChanged.accept(bytes());
      }
    }

    private void set(long bytes) {
      this.bytes = bytes;
      if (onChange != null) {
        onChange.accept(bytes);
      }
    }

    /** Returns the share when the group is removed. A second call does nothing. */
    void giveBack() {
      synchronized (HeapShares.this) {
        onChange = null;
        if (shares.remove(this)) {
          shareOut();
        }
      }
    }
  }
}
