package io.dawncache.core;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.lang.System.Logger.Level;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * How the groups of a node share the heap: a budget that a user has set is checked against what is
 * left when its group is added; the groups of which no budget was set share the rest equally.
 */
final class HeapShares {
  /*
   * Three quarters of the heap may go to budgets. One eighth is for what is in flight, one eighth
   * for the program itself and for the room that a collector needs. The default budgets take half
   * of the heap at most, so that a node with no option set does not run at its limit.
   *
   * A budget of 0, unbounded, is not in the sum: nothing is known of it, and the user who
   * sets it has to know that the values fit.
   */
  private static final System.Logger LOG = System.getLogger(HeapShares.class.getName());

  /** What a group gets by default if the heap has room for it. */
  static final long MOST_DEFAULT_BYTES = 64L << 20;

  /** A group with less would keep next to nothing. */
  static final long LEAST_DEFAULT_BYTES = 64L << 10;

  private final long heapBytes;

  @GuardedBy("this")
  private long loggedBytes = MOST_DEFAULT_BYTES; // the default share of which the log has told last

  @GuardedBy("this")
  private final Set<Share> shares = new LinkedHashSet<>();

  /**
   * Has the whole heap to share.
   *
   * @param heapBytes what the heap may grow to, such as {@link Runtime#maxMemory()}
   */
  HeapShares(long heapBytes) {
    this.heapBytes = heapBytes;
  }

  /**
   * Returns the share of one more group; the default shares of the others may become smaller.
   *
   * @throws IllegalArgumentException if the heap has no room for it
   */
  synchronized Share take(GroupConfig config) {
    Share taken = new Share(config.isMaxBytesSet() ? config.maxBytes() : -1);
    long room = room();
    if (taken.setBytes > room || (taken.isDefault() && room < LEAST_DEFAULT_BYTES)) {
      throw new IllegalArgumentException(
          "maxBytes: "
              + (taken.isDefault() ? "none set" : taken.setBytes)
              + " (expected: <= "
              + Math.max(0, room)
              + ", what the budgets of other groups leave of three quarters of the heap, which is "
              + heapBytes
              + " bytes)");
    }
    shares.add(taken);
    shareOut();
    return taken;
  }

  /** Returns what one more budget may be if every default share is as small as it may be. */
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

  /** Gives each default share its part of what there is now. */
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
    if (bytes <= loggedBytes / 2) { // a line for each halving, however many groups there are
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
    private final long setBytes; // -1 if none is set

    private long bytes = -1; // both are guarded by the monitor of the HeapShares
    private @Nullable LongConsumer onChange;

    private Share(long setBytes) {
      this.setBytes = setBytes;
    }

    private boolean isDefault() {
      return setBytes < 0;
    }

    /** Returns the budget, 0 for unbounded; a default one may change. */
    long bytes() {
      synchronized (HeapShares.this) {
        return isDefault() ? bytes : setBytes;
      }
    }

    /**
     * Calls {@code onChange} with each new budget from now on, and at once with the present one.
     */
    void onChange(LongConsumer onChange) {
      synchronized (HeapShares.this) {
        this.onChange = onChange;
        onChange.accept(bytes());
      }
    }

    private void set(long bytes) {
      this.bytes = bytes;
      if (onChange != null) {
        onChange.accept(bytes);
      }
    }

    /** Gives the share back: the group is gone. Once more does nothing. */
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
