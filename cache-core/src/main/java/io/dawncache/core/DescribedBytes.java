package io.dawncache.core;

/**
 * Bytes with {@link Metadata}. It is a class of its own so that values without metadata, which are
 * most, pay nothing for it.
 */
final class DescribedBytes extends ByteView {
  private final Metadata metadata;
  private final boolean contentTypeIsShared;

  /** Describes the bytes of {@code plain}, which are not copied. */
  DescribedBytes(ByteView plain, Metadata metadata) {
    this(plain, metadata, false);
  }

  private DescribedBytes(ByteView bytes, Metadata metadata, boolean contentTypeIsShared) {
    super(bytes);
    this.metadata = metadata;
    this.contentTypeIsShared = contentTypeIsShared;
  }

  @Override
  public Metadata metadata() {
    return metadata;
  }

  @Override
  ByteView compact() {
    return isCompact() ? this : new DescribedBytes(super.compact(), metadata, contentTypeIsShared);
  }

  /**
   * Returns the same bytes with equal metadata whose content type is held by a {@link
   * ContentTypes}.
   */
  DescribedBytes sharing(Metadata equal) {
    return new DescribedBytes(this, equal, true);
  }

  /** Returns whether this value holds its content type together with others, so that it is free. */
  boolean contentTypeIsShared() {
    return contentTypeIsShared;
  }
}
