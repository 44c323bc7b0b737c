package io.dawncache.core;

/**
 * What an entry costs in bytes of heap on this JVM, wherever it is held: the {@link Entry} itself,
 * its key and its value. The place it takes in a cache comes on top, see {@link LocalCache#weigh}.
 *
 * <p>A key counts even if the program holds the same string, for nobody can tell.
 */
final class Weight {
  private static final HeapLayout HEAP = HeapLayout.RUNNING;

  /** Key, value, kind and two neighbours; two times; a count and a slot. */
  private static final long ENTRY_BYTES = HEAP.objectBytes(5, 2, 8);

  /** An array; where in it and how long. */
  private static final long VIEW_BYTES = HEAP.objectBytes(1, 0, 8);

  private Weight() {}

  /** Returns what {@code entry} costs. O(length of the key). */
  static long of(Entry entry) {
    return ENTRY_BYTES
        + HEAP.stringBytes(entry.key())
        + VIEW_BYTES
        + HEAP.byteArrayBytes(entry.value().length());
  }
}
