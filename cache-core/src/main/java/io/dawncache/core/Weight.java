package io.dawncache.core;

/**
 * What an entry costs in bytes of heap on this JVM, wherever it is held: the {@link Entry} itself,
 * its key and its value. The place it takes in a cache comes on top, see {@link LocalCache#weigh}.
 *
 * <p>A key counts even if the program holds the same string, for nobody can tell.
 */
final class Weight {
  private static final HeapLayout HEAP = HeapLayout.RUNNING;

  // Each has a key, a value and two neighbours; a time of its end; and a slot.
  private static final long OWN_BYTES = HEAP.objectBytes(4, 2, 4); // and a time of the next load
  private static final long COPY_BYTES = HEAP.objectBytes(4, 2, 8); // and a second end, and a count
  private static final long MISSING_BYTES = HEAP.objectBytes(4, 1, 4);

  /** An array; where in it and how long. */
  private static final long VIEW_BYTES = HEAP.objectBytes(1, 0, 8);

  private Weight() {}

  /** Returns what {@code entry} costs. O(length of the key). */
  static long of(Entry entry) {
    return shallow(entry)
        + HEAP.stringBytes(entry.key())
        + VIEW_BYTES
        + HEAP.byteArrayBytes(entry.value().length());
  }

  private static long shallow(Entry entry) {
    return entry instanceof Entry.Own
        ? OWN_BYTES
        : entry instanceof Entry.Copy ? COPY_BYTES : MISSING_BYTES;
  }
}
