package io.dawncache.core;

/** How long the next value of a group is expected to be, from those that its getter returned. */
final class LoadedSizes {
  /*
   * What a getter holds while it loads cannot be seen, only what it returns. So the next value is
   * taken to be as long as the longest one, of which a shorter one takes off a sixteenth of the
   * difference, and three times that to be needed: for what has been read, what is put together from
   * it, and the value that is copied from that.
   *
   * A new group that runs no more loads at once than by default starts with 256 KiB, so that a node
   * in a small heap does not begin with sixty-four loads of a megabyte each. A user who allows more
   * loads knows the values.
   */
  private static final int COPIES = 3;
  private static final int DECAY = 16;
  private static final long FIRST_BYTES = 256 << 10;

  /** A race loses the length of one value, no more. */
  private volatile long longBytes;

  /**
   * Expects the first value.
   *
   * @param maxLoads how many loads the group runs at once
   */
  LoadedSizes(int maxLoads) {
    longBytes = maxLoads <= GroupConfig.DEFAULT_MAX_LOADS ? FIRST_BYTES : 0;
  }

  /** Notes the length of a value that was loaded, 0 if there was none. */
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
