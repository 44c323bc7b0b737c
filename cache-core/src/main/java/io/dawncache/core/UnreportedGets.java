package io.dawncache.core;

/**
 * Gets that copies answered before they left, kept until the next fetch of their key reports them.
 *
 * <p>Bounded, and without the keys: the oldest counts are forgotten, and of two keys with the same
 * hash code, either may report the gets of the other. A measured rate tolerates both. Not
 * thread-safe.
 */
final class UnreportedGets {
  /*
   * Buckets of four slots of eight bytes: a key's hash code in the upper half, its gets in the
   * lower; a slot of 0 is empty. A new count takes the first slot of its bucket and moves the
   * others back into the first gap; if there is no gap, the last is forgotten.
   */
  private static final int WAYS = 4;
  private static final int MIN_SLOTS = 1 << 10;
  private static final int MAX_SLOTS = 1 << 17;

  /** One slot for this many bytes of copies, about the weight of a small copy. */
  private static final int BYTES_A_SLOT = 256;

  private int size = MIN_SLOTS;
  private long[] slots = {}; // gets its size when the first copy leaves

  /**
   * Provides slots for copies of {@code maxBytes} in total, and never fewer than before: 1/32 of
   * their bytes, but at least 8 KiB and at most 1 MiB.
   */
  void makeRoomFor(long maxBytes) {
    long slots = Math.min(MAX_SLOTS, maxBytes / BYTES_A_SLOT);
    size = Math.max(size, (int) Long.highestOneBit(slots));
  }

  /** Adds to the gets remembered for {@code key}; {@code gets} is at least 0. */
  void add(String key, long gets) {
    if (gets > 0) {
      if (slots.length < size) {
        grow();
      }
      put(key.hashCode(), gets + take(key));
    }
  }

  private void grow() {
    long[] former = slots;
    slots = new long[size];
    for (long slot : former) {
      if (slot != 0) {
        put(hashCode(slot), gets(slot));
      }
    }
  }

  private void put(int hashCode, long gets) {
    int first = bucket(hashCode);
    int gap = first;
    while (gap < first + WAYS - 1 && slots[gap] != 0) {
      gap++;
    }
    System.arraycopy(slots, first, slots, first + 1, gap - first);
    slots[first] = (long) hashCode << Integer.SIZE | Math.min(gets, Integer.MAX_VALUE);
  }

  /** Returns the gets remembered for {@code key} and forgets them. */
  long take(String key) {
    if (slots.length == 0) {
      return 0;
    }
    int hashCode = key.hashCode();
    int first = bucket(hashCode);
    for (int i = first; i < first + WAYS; i++) {
      long slot = slots[i];
      if (slot != 0 && hashCode(slot) == hashCode) {
        slots[i] = 0;
        return gets(slot);
      }
    }
    return 0;
  }

  private static int hashCode(long slot) {
    return (int) (slot >>> Integer.SIZE);
  }

  private static long gets(long slot) {
    return slot & Integer.MAX_VALUE;
  }

  /** Returns the bucket's first slot. */
  private int bucket(int hashCode) {
    int mixed = hashCode * 0x9E3779B9; // a product's upper bits depend on all bits of the factor
    return (mixed >>> Integer.numberOfLeadingZeros(slots.length - 1)) & -WAYS;
  }
}
