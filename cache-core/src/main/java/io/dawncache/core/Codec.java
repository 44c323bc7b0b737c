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
 * @since 0.1.0
 */
public interface Codec<T> {
  /**
   * {@return the bytes of {@code value}, perhaps {@linkplain ByteView#withMetadata described}}
   *
   * @param value an object, never null
   * @throws Exception if it has no form as bytes
   */
  ByteView encode(T value) throws Exception;

  /**
   * {@return the value in {@code bytes}, never null}
   *
   * @param bytes what {@link #encode} made
   * @throws Exception if the bytes are not of this form
   */
  T decode(ByteView bytes) throws Exception;

  /** {@return the codec for text in UTF-8} */
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

  /**
   * {@return a codec of two functions over arrays; each array is a copy, which they may keep}
   *
   * @param <T> the type of the objects
   * @param encoder makes the bytes of an object
   * @param decoder makes an object of its bytes
   */
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
    /**
     * {@return the other form of {@code from}}
     *
     * @param from what is converted
     * @throws Exception if it cannot be converted
     */
    B of(A from) throws Exception;
  }
}
