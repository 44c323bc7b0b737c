package io.dawncache.core;

/**
 * An entry's cost in bytes of heap on this JVM, wherever it is held: the {@link Entry} itself, its
 * key and its value. Its place in a cache is extra, see {@link LocalCache#weigh}.
 *
 * <p>The key always counts, because the cache cannot know whether the program also holds that
 * string.
 */
final class Weight {
  private static final HeapLayout HEAP = HeapLayout.RUNNING;

  // Each has a key, a value and two neighbours; a time of its end; a slot and an age.
  private static final long OWN_BYTES = HEAP.objectBytes(4, 2, 4); // and a time of the next load
  private static final long GRACED_BYTES = HEAP.objectBytes(4, 3, 4); // and its own grace
  private static final long COPY_BYTES = HEAP.objectBytes(4, 2, 8); // and a second end, and a count
  private static final long MISSING_BYTES = HEAP.objectBytes(4, 1, 4);

  /** An array, an offset in it and a length. */
  private static final long VIEW_BYTES = HEAP.objectBytes(1, 0, 8);

  // And its metadata, and whether a part of it is shared.
  private static final long DESCRIBED_BYTES = HEAP.objectBytes(2, 0, 9);
  private static final long METADATA_BYTES = HEAP.objectBytes(2, 0, 0);

  private Weight() {}

  /** Returns the cost of {@code entry}. O(length of the key). */
  static long of(Entry entry) {
    ByteView value = entry.value().plain();
    return shallow(entry)
        + HEAP.stringBytes(entry.key())
        + (value instanceof DescribedBytes described ? of(described) : VIEW_BYTES)
        + HEAP.byteArrayBytes(value.length());
  }

  /** Returns the cost of a view with its metadata, which is shared if it is a shared type alone. */
  private static long of(DescribedBytes value) {
    Metadata metadata = value.metadata();
    String contentType = metadata.contentType();
    String etag = metadata.etag();
    boolean sharesType = value.contentTypeIsShared();
    return DESCRIBED_BYTES
        + (sharesType && etag == null ? 0 : METADATA_BYTES)
        + (sharesType || contentType == null ? 0 : HEAP.stringBytes(contentType))
        + (etag == null ? 0 : HEAP.stringBytes(etag));
  }

  private static long shallow(Entry entry) {
    if (entry instanceof Entry.Own) {
      return entry instanceof Entry.Graced ? GRACED_BYTES : OWN_BYTES;
    }
    return entry instanceof Entry.Copy ? COPY_BYTES : MISSING_BYTES;
  }
}
