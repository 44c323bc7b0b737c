package io.dawncache.core;

/**
 * Turns a user's values into bytes and back. Must be safe for use by any thread.
 *
 * <pre>{@code
 * Codec<Score> protobuf = Codec.of(Score::toByteArray, Score::parseFrom);
 * Codec<Team> json = Codec.of(mapper::writeValueAsBytes, bytes -> mapper.readValue(bytes, Team.class));
 * }</pre>
 *
 * @param <T> the type of the values
 */
public interface Codec<T> {
  /** Returns the bytes of {@code value}. */
  ByteView encode(T value) throws Exception;

  /** Returns the value in {@code bytes}, never null. */
  T decode(ByteView bytes) throws Exception;

  /** Returns the codec for text in UTF-8. */
  static Codec<String> utf8() {
    return new Codec<>() {
      @Override
      public ByteView encode(String value) {
        return ByteView.ofUtf8(value);
      }

      @Override
      public String decode(ByteView bytes) {
        return bytes.toUtf8();
      }
    };
  }

  /** Returns a codec of two functions over arrays; each array is a copy, which they may keep. */
  static <T> Codec<T> of(Form<? super T, byte[]> encoder, Form<byte[], ? extends T> decoder) {
    return new Codec<>() {
      @Override
      public ByteView encode(T value) throws Exception {
        return ByteView.copyOf(encoder.of(value));
      }

      @Override
      public T decode(ByteView bytes) throws Exception {
        return decoder.of(bytes.toByteArray());
      }
    };
  }

  /**
   * A function that may throw.
   *
   * @param <A> the type of the argument
   * @param <B> the type of the result
   */
  @FunctionalInterface
  interface Form<A, B> {
    /** Returns the other form of {@code from}. */
    B of(A from) throws Exception;
  }
}
