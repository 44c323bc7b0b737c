package io.dawncache.core;

/** Expects the length of a group's next value from those that its getter returned. */
final class LoadedSizes {
  /*
   * The memory that a getter uses while it loads is unknown; only the length of its result is
   * known. So the next value is expected to be as long as the longest so far; each shorter value
   * lowers this by a sixteenth of the difference. A load is expected to need three times that
   * length: for the bytes read, for what is built from them, and for the value copied from that.
   *
   * A new group that runs at most the default number of loads starts with 256 KiB, so that a node
   * with a small heap does not start sixty-four loads of a megabyte each. A user who allows more
   * loads knows how long the values are.
   */
  private static final int COPIES = 3;
  private static final int DECAY = 16;
  private static final long FIRST_BYTES = 256 << 10;

  /** A race loses at most the length of one value. */
  private volatile long longBytes;

  /**
   * Makes the estimate for the first value.
   *
   * @param maxLoads how many loads the group runs at once
   */
  LoadedSizes(int maxLoads) {
    longBytes = maxLoads <= GroupConfig.DEFAULT_MAX_LOADS ? FIRST_BYTES : 0;
  }

  /** Notes the length of a loaded value, 0 if there was none. */
  void loaded(long bytes) {
    long known = longBytes;
    if (bytes != known) {
      longBytes = Math.max(bytes, known - Math.max(1, (known - bytes) / DECAY));
    }
  }

  /** Returns how many bytes the next load is expected to need. */
  long expectedBytes() {
    return COPIES * longBytes;
  }
}
