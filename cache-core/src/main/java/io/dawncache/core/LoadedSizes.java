package io.dawncache.core;

/**
 * How long the values are that a group's getter brings, and so how many loads may run at once
 * without more memory than there is for what is in flight.
 */
final class LoadedSizes {
  /*
   * What a getter holds while it loads cannot be seen, only what it brings in the end. So the next
   * value is taken to be about as long as the longest of the last ones, and three times that to be
   * needed: for what has been read, put together, and copied into a value. Half of the node's account is for the loads of a group; nothing is entered
   * there, for the loads bound themselves. One load may always run.
   *
   * Before the first value is known, a group that may run no more loads than by default takes them
   * for a quarter of a megabyte: a node that starts in a small heap is not to begin with sixty-four
   * loads of a megabyte each. A user who allows more loads knows the values.
   */
  private static final int COPIES = 3;
  private static final int ACCOUNT_PART = 2;
  private static final int DECAY = 16;
  private static final long UNKNOWN = -1;
  private static final long FIRST_BYTES = 256 << 10;
  private static final int MOST_UNKNOWN = 64;

  private final ByteAccount account;

  /** Of about the last sixteen loads the longest; a race loses one, no more. */
  private volatile long longBytes = UNKNOWN;

  LoadedSizes(ByteAccount account) {
    this.account = account;
  }

  /** Notes the length of a value that was loaded, 0 if there was none. */
  void loaded(long bytes) {
    long known = longBytes;
    if (bytes != known) {
      longBytes = Math.max(bytes, known - (known - bytes) / DECAY);
    }
  }

  /** Returns how many loads may run at once: {@code most}, or fewer if their values are long. */
  int mostAtOnce(int most) {
    long known = longBytes;
    long expected = known == UNKNOWN && most <= MOST_UNKNOWN ? FIRST_BYTES : known;
    long bytes = Math.max(1, COPIES * expected);
    return (int) Math.max(1, Math.min(most, account.maxBytes() / ACCOUNT_PART / bytes));
  }
}
