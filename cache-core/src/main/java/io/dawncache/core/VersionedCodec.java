package io.dawncache.core;

import java.nio.ByteBuffer;

/** See {@link ValueCodec#withVersion}. */
final class VersionedCodec<V> implements ValueCodec<V> {
  /** In UTF-8 the first of these two bytes begins a character that the second does not continue. */
  private static final short MARK = (short) 0xdc7e;

  private static final int PREFIX_BYTES = 4;
  private static final int MOST = 0xffff;

  private final ValueCodec<V> codec;
  private final int version;

  VersionedCodec(ValueCodec<V> codec, int version) {
    if (version < 0 || version > MOST) {
      throw new IllegalArgumentException(
          "version: " + version + " (expected: from 0 to " + MOST + ")");
    }
    this.codec = codec;
    this.version = version;
  }

  @Override
  public ByteView encode(V value) throws Exception {
    ByteView bytes = codec.encode(value);
    ByteBuffer versioned = ByteBuffer.allocate(Math.addExact(PREFIX_BYTES, bytes.length()));
    versioned.putShort(MARK).putShort((short) version);
    bytes.copyTo(versioned);
    return ByteView.copyOf(versioned.flip()).withMetadata(bytes.metadata());
  }

  @Override
  public V decode(ByteView bytes) throws Exception {
    ByteBuffer buffer = bytes.asReadOnlyBuffer();
    if (bytes.length() < PREFIX_BYTES || buffer.getShort() != MARK) {
      throw new IllegalArgumentException("no version (expected: " + version + ")");
    }
    int found = Short.toUnsignedInt(buffer.getShort());
    if (found != version) {
      throw new IllegalArgumentException("version " + found + " (expected: " + version + ")");
    }
    ByteView plain = bytes.slice(PREFIX_BYTES, bytes.length());
    return codec.decode(plain.withMetadata(bytes.metadata()));
  }
}
