package io.dawncache.core;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.function.LongConsumer;

/**
 * How the regions of a group share its bytes: the small regions begin with nothing and get more in
 * steps, as they fill, up to their part; main has the rest.
 */
final class Budget {
  /*
   * The region that gives bytes changes first: main shrinks before another region grows, and that
   * region shrinks before main grows, so the sum never exceeds the budget. There are few steps
   * because a policy that adapts itself starts to learn again whenever its bound changes.
   */
  private static final int STEPS = 8;

  private final LongConsumer resizeMain;

  @GuardedBy("this")
  private long maxBytes;

  @GuardedBy("this")
  private long allottedBytes;

  /**
   * Gives the whole budget to main.
   *
   * @param maxBytes the whole budget; 0 for unbounded
   * @param resizeMain sets main's bound
   */
  Budget(long maxBytes, LongConsumer resizeMain) {
    this.maxBytes = maxBytes;
    this.resizeMain = resizeMain;
  }

  /** Returns a region's part, which begins with nothing. */
  Part part(long mostBytes, LongConsumer resize) {
    return new Part(mostBytes, resize);
  }

  /** Returns whether main, at its present size, can hold an entry of this many bytes. */
  synchronized boolean fits(long bytes) {
    return maxBytes == 0 || bytes <= maxBytes - allottedBytes;
  }

  /**
   * Changes the whole budget; the parts together must be smaller. To shrink the whole, shrink the
   * parts first.
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

  /** The part of one small region. */
  final class Part {
    private final LongConsumer resize;

    private volatile long mostBytes; // all three are written under this part's lock
    private volatile long stepBytes;
    private volatile long bytes;

    private Part(long mostBytes, LongConsumer resize) {
      this.resize = resize;
      resizeMost(mostBytes);
    }

    /** Changes the part's maximum; shrinks the region if it exceeds it. */
    synchronized void resizeMost(long mostBytes) {
      this.mostBytes = mostBytes;
      this.stepBytes = Math.max(1, mostBytes / STEPS);
      if (bytes > mostBytes) {
        resize.accept(mostBytes);
        take(mostBytes - bytes);
        bytes = mostBytes;
      }
    }

    /** Makes room for this many bytes in total, up to the part's maximum. */
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

    /** Returns whether the region has any bytes. */
    boolean isAllotted() {
      return bytes > 0;
    }

    /** Returns whole steps that the region does not use. */
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
