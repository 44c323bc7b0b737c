package io.dawncache.core;

/**
 * Gets that copies answered before they left, kept for the next fetch of their key to report.
 *
 * <p>Bounded, without the keys themselves: what waits longest is forgotten, and of two keys with
 * one hash code either may be told the gets of the other. A measured rate survives both. Not
 * thread-safe.
 */
final class UnreportedGets {
  /*
   * Buckets of four slots, eight bytes each: the hash code of a key in the upper half, its gets in
   * the lower; nothing if they are 0. The latest comes first in its bucket and moves the others back
   * into the first gap; where there is none, the last is forgotten.
   */
  private static final int WAYS = 4;
  private static final int MIN_SLOTS = 1 << 10;
  private static final int MAX_SLOTS = 1 << 17;

  /** A slot for so many bytes of copies, which is about what a small one weighs. */
  private static final int BYTES_A_SLOT = 256;

  private int size = MIN_SLOTS;
  private long[] slots = {}; // as many as size says when the first copy leaves

  /**
   * Has room for the copies that weigh {@code maxBytes} together, or as many as it ever had room
   * for: 1/32 of their bytes, but 8 KiB at least and 1 MiB at most.
   */
  void makeRoomFor(long maxBytes) {
    long slots = Math.min(MAX_SLOTS, maxBytes / BYTES_A_SLOT);
    size = Math.max(size, (int) Long.highestOneBit(slots));
  }

  /** Adds to what is remembered of {@code key}; {@code gets} is at least 0. */
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

  /** Returns the gets remembered of {@code key} and forgets them. */
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

  /** Returns where the bucket begins. */
  private int bucket(int hashCode) {
    int mixed = hashCode * 0x9E3779B9; // a product's upper bits depend on all of the factor's
    return (mixed >>> Integer.numberOfLeadingZeros(slots.length - 1)) & -WAYS;
  }
}
