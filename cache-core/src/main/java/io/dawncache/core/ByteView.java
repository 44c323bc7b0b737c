package io.dawncache.core;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Immutable bytes: a cached value from the getter's answer to the socket.
 *
 * <p>Bytes are copied on the way in, and no way out allows a change, so any number of threads may
 * share a view. Two views are equal when their bytes are, whatever their {@linkplain #metadata
 * metadata}.
 *
 * @since 0.1.0
 */
public sealed class ByteView permits DescribedBytes, ReadBytes {
  private static final ByteView EMPTY = new ByteView(new byte[0], 0, 0);

  /**
   * A stream never gets our array, because it could keep or change it; it gets copies of this size.
   */
  private static final int STREAM_CHUNK_BYTES = 8192;

  private final byte[] bytes;
  private final int offset;
  private final int length;

  private ByteView(byte[] bytes, int offset, int length) {
    this.bytes = bytes;
    this.offset = offset;
    this.length = length;
  }

  /** Makes a view of the same bytes, which are not copied. */
  ByteView(ByteView same) {
    this(same.bytes, same.offset, same.length);
  }

  /** {@return the view of no bytes} */
  public static ByteView empty() {
    return EMPTY;
  }

  /**
   * {@return a view of a copy of {@code bytes}}
   *
   * @param bytes the bytes to copy
   */
  public static ByteView copyOf(byte[] bytes) {
    return bytes.length == 0 ? EMPTY : new ByteView(bytes.clone(), 0, bytes.length);
  }

  /**
   * {@return a view of a copy of the bytes from {@code source}'s position to its limit}
   *
   * @param source the bytes to copy; its position does not move
   */
  public static ByteView copyOf(ByteBuffer source) {
    if (!source.hasRemaining()) {
      return EMPTY;
    }
    byte[] copy = new byte[source.remaining()];
    source.get(source.position(), copy);
    return new ByteView(copy, 0, copy.length);
  }

  /**
   * As {@link #copyOf(ByteBuffer)}, of the bytes of several buffers in sequence: a value that
   * arrived in pieces is still copied only once.
   *
   * @param sources the buffers to copy, one after the other; they stay as they are
   * @return the view of the copy
   */
  public static ByteView copyOf(ByteBuffer[] sources) {
    int length = 0;
    for (ByteBuffer source : sources) {
      length = Math.addExact(length, source.remaining());
    }
    byte[] copy = new byte[length];
    int filled = 0;
    for (ByteBuffer source : sources) {
      source.get(source.position(), copy, filled, source.remaining());
      filled += source.remaining();
    }
    return length == 0 ? EMPTY : new ByteView(copy, 0, length);
  }

  /**
   * {@return a view of the next {@code length} bytes of {@code in}; they are never in memory twice
   * while they are read}
   *
   * @param in the stream to read from
   * @param length at least 0
   * @throws java.io.EOFException if the stream ends first
   * @throws IOException if {@code in} throws it
   */
  public static ByteView read(InputStream in, int length) throws IOException {
    if (length < 0) {
      throw new IllegalArgumentException("length: " + length + " (expected: >= 0)");
    }
    byte[] bytes = new byte[length];
    byte[] chunk = new byte[Math.min(length, STREAM_CHUNK_BYTES)];
    for (int filled = 0; filled < length; ) {
      int more = in.read(chunk, 0, Math.min(chunk.length, length - filled));
      if (more < 0) {
        throw new EOFException("the stream ended at " + filled + " of " + length + " bytes");
      }
      System.arraycopy(chunk, 0, bytes, filled, more);
      filled += more;
    }
    return length == 0 ? EMPTY : new ByteView(bytes, 0, length);
  }

  /**
   * {@return a view of the UTF-8 encoding of {@code text}; lone surrogates become {@code ?}}
   *
   * @param text any text
   */
  public static ByteView ofUtf8(String text) {
    byte[] encoded = text.getBytes(UTF_8);
    return encoded.length == 0 ? EMPTY : new ByteView(encoded, 0, encoded.length);
  }

  /** {@return the number of bytes} */
  public int length() {
    return length;
  }

  /** {@return whether there are no bytes} */
  public boolean isEmpty() {
    return length == 0;
  }

  /**
   * {@return the same bytes with {@code metadata} in place of any that they have; nothing is
   * copied}
   *
   * <p>A group keeps a value's metadata with it: its hits have it, and the copies at other nodes.
   *
   * @param metadata what is known of the bytes; null, or one of two nulls, for nothing
   */
  public ByteView withMetadata(@Nullable Metadata metadata) {
    if (metadata != null && !metadata.isEmpty()) {
      return new DescribedBytes(this, metadata);
    }
    return metadata() == null ? this : new ByteView(this);
  }

  /** {@return what is known of the bytes, or null if nothing is} */
  public @Nullable Metadata metadata() {
    return null;
  }

  /**
   * {@return the byte at {@code index}}
   *
   * @param index from 0 to {@link #length} - 1
   * @throws IndexOutOfBoundsException unless {@code 0 <= index < length()}
   */
  public byte at(int index) {
    return bytes[offset + Objects.checkIndex(index, length)];
  }

  /**
   * {@return the bytes from {@code from} inclusive to {@code to} exclusive, without metadata;
   * shares memory with this view and so keeps all of it reachable}
   *
   * @param from the first byte
   * @param to the byte after the last
   * @throws IndexOutOfBoundsException unless {@code 0 <= from <= to <= length()}
   */
  public ByteView slice(int from, int to) {
    Objects.checkFromToIndex(from, to, length);
    return from == to ? EMPTY : new ByteView(bytes, offset + from, to - from);
  }

  /** Returns these bytes without what a {@link TypedGroup} has read of them. */
  ByteView plain() {
    return this;
  }

  /** Returns whether these are not only equal bytes, but the same. */
  final boolean isSame(ByteView that) {
    return bytes == that.bytes && offset == that.offset && length == that.length;
  }

  /** Returns these bytes in an array of their own: this view itself unless it is a slice. */
  ByteView compact() {
    return isCompact() ? this : new ByteView(toByteArray(), 0, length);
  }

  final boolean isCompact() {
    return length == bytes.length;
  }

  /** {@return a copy of the bytes, which the caller may change} */
  public byte[] toByteArray() {
    return Arrays.copyOfRange(bytes, offset, offset + length);
  }

  /** {@return a new read-only buffer over the bytes, positioned at the first; nothing is copied} */
  public ByteBuffer asReadOnlyBuffer() {
    return ByteBuffer.wrap(bytes, offset, length).slice().asReadOnlyBuffer();
  }

  /**
   * Copies all bytes into {@code target} at its position, and advances the position by their
   * number.
   *
   * @param target where the bytes go; its position advances
   * @throws java.nio.BufferOverflowException if the target has less room than {@link #length()}
   * @throws java.nio.ReadOnlyBufferException if the target is read-only
   */
  public void copyTo(ByteBuffer target) {
    target.put(bytes, offset, length);
  }

  /**
   * Writes all bytes to {@code out}, which is neither flushed nor closed.
   *
   * @param out where the bytes go
   * @throws IOException if the stream throws it
   */
  public void writeTo(OutputStream out) throws IOException {
    byte[] chunk = new byte[Math.min(length, STREAM_CHUNK_BYTES)];
    for (int written = 0; written < length; ) {
      int step = Math.min(chunk.length, length - written);
      System.arraycopy(bytes, offset + written, chunk, 0, step);
      out.write(chunk, 0, step);
      written += step;
    }
  }

  /** {@return the bytes decoded as UTF-8; malformed sequences become U+FFFD} */
  public String toUtf8() {
    return new String(bytes, offset, length, UTF_8);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof ByteView that
        && Arrays.equals(
            bytes, offset, offset + length, that.bytes, that.offset, that.offset + that.length);
  }

  @Override
  public int hashCode() {
    int hash = 1;
    for (int i = offset; i < offset + length; i++) {
      hash = 31 * hash + bytes[i];
    }
    return hash;
  }

  /** Returns only the length: cached bytes do not belong in logs. */
  @Override
  public String toString() {
    return "ByteView[" + length + " bytes]";
  }
}
