package io.dawncache.core;

/**
 * How long the values are that a group's getter brings, and so how many loads may run at once
 * without more memory than there is for what is in flight.
 */
final class LoadedSizes {
  /*
   * What a getter holds while it loads cannot be seen, only what it brings in the end. So the next
   * value is taken to be about as long as the longest of the last ones, and twice that to be needed
   * to put it together. Half of the node's account is for the loads of a group; nothing is entered
   * there, for the loads bound themselves. One load may always run.
   */
  private static final int COPIES = 2;
  private static final int ACCOUNT_PART = 2;
  private static final int DECAY = 16;

  private final ByteAccount account;

  /** Of about the last sixteen loads the longest; a race loses one, no more. */
  private volatile long longBytes;

  LoadedSizes(ByteAccount account) {
    this.account = account;
  }

  /** Notes the length of a value that was loaded. */
  void loaded(long bytes) {
    long known = longBytes;
    if (bytes != known) {
      longBytes = Math.max(bytes, known - (known - bytes) / DECAY);
    }
  }

  /** Returns how many loads may run at once: {@code most}, or fewer if their values are long. */
  int mostAtOnce(int most) {
    long bytes = Math.max(1, COPIES * longBytes);
    return (int) Math.max(1, Math.min(most, account.maxBytes() / ACCOUNT_PART / bytes));
  }
}
