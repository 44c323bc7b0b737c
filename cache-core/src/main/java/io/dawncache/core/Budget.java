package io.dawncache.core;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.function.LongConsumer;

/**
 * How the regions of a group share its bytes: the small ones begin with nothing and are allotted
 * more in steps, as they fill, up to their part; main has all the rest.
 */
final class Budget {
  /*
   * Whoever gives goes first: main shrinks before another region grows, and that one shrinks before
   * main grows, so the sum never passes the budget. The steps are few because a policy that adapts
   * itself begins to learn anew whenever its bound changes.
   */
  private static final int STEPS = 8;

  private final LongConsumer resizeMain;

  @GuardedBy("this")
  private long maxBytes;

  @GuardedBy("this")
  private long allottedBytes;

  /**
   * Has main hold it all.
   *
   * @param maxBytes the whole; 0 for unbounded
   * @param resizeMain sets main's bound
   */
  Budget(long maxBytes, LongConsumer resizeMain) {
    this.maxBytes = maxBytes;
    this.resizeMain = resizeMain;
  }

  /** Returns a region's part, of which nothing is allotted yet. */
  Part part(long mostBytes, LongConsumer resize) {
    return new Part(mostBytes, resize);
  }

  /** Returns whether main, as it is now, can hold an entry of so many bytes. */
  synchronized boolean fits(long bytes) {
    return maxBytes == 0 || bytes <= maxBytes - allottedBytes;
  }

  /**
   * Changes the whole, to more than the parts may take together. A smaller whole comes after its
   * parts have become smaller.
   */
  synchronized void resize(long maxBytes) {
    this.maxBytes = maxBytes;
    take(0);
  }

  private synchronized void take(long bytes) {
    allottedBytes += bytes;
    if (maxBytes != 0) {
      resizeMain.accept(maxBytes - allottedBytes);
    }
  }

  /** What one of the small regions may hold. */
  final class Part {
    private final LongConsumer resize;

    private volatile long mostBytes; // all three are written under this part's lock
    private volatile long stepBytes;
    private volatile long bytes;

    private Part(long mostBytes, LongConsumer resize) {
      this.resize = resize;
      resizeMost(mostBytes);
    }

    /** Changes how far the part goes; takes from the region what is beyond. */
    synchronized void resizeMost(long mostBytes) {
      this.mostBytes = mostBytes;
      this.stepBytes = Math.max(1, mostBytes / STEPS);
      if (bytes > mostBytes) {
        resize.accept(mostBytes);
        take(mostBytes - bytes);
        bytes = mostBytes;
      }
    }

    /** Makes room for so many bytes in all, as far as the part goes. */
    void grow(long neededBytes) {
      if (neededBytes > bytes && bytes < mostBytes) {
        growTo(neededBytes);
      }
    }

    private synchronized void growTo(long neededBytes) {
      long steps = (neededBytes + stepBytes - 1) / stepBytes;
      long grown = steps >= STEPS ? mostBytes : steps * stepBytes;
      if (grown > bytes) {
        take(grown - bytes);
        resize.accept(grown);
        bytes = grown;
      }
    }

    /** Returns whether anything is allotted. */
    boolean isAllotted() {
      return bytes > 0;
    }

    /** Gives back whole steps that the region does not use. */
    synchronized void shrink(long heldBytes) {
      long shrunk = (heldBytes / stepBytes + 1) * stepBytes;
      if (bytes - shrunk >= stepBytes) {
        resize.accept(shrunk);
        take(shrunk - bytes);
        bytes = shrunk;
      }
    }
  }
}
