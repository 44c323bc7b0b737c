package io.dawncache.core;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputFilter;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/**
 * Turns a user's values into bytes and back. Must be safe for use by any thread.
 *
 * <pre>{@code
 * ValueCodec<Score> protobuf = ValueCodec.of(Score::toByteArray, Score::parseFrom);
 * ValueCodec<Team> json = ValueCodec.of(mapper::writeValueAsBytes, b -> mapper.readValue(b, Team.class));
 * ValueCodec<Team> third = json.withVersion(3);
 * }</pre>
 *
 * @param <V> the type of the values
 * @since 0.1.0
 */
public interface ValueCodec<V> {
  /**
   * {@return the bytes of {@code value}, perhaps {@linkplain ByteView#withMetadata described}}
   *
   * @param value an object, never null
   * @throws Exception if it has no form as bytes
   */
  ByteView encode(V value) throws Exception;

  /**
   * {@return the value in {@code bytes}, never null}
   *
   * @param bytes what {@link #encode} made, here or at another node, perhaps by an earlier version
   *     of the program
   * @throws Exception if the bytes are not of this form; a {@link TypedGroup} then forgets them and
   *     loads the value again
   */
  V decode(ByteView bytes) throws Exception;

  /** {@return the codec whose values are the bytes themselves; nothing is copied} */
  static ValueCodec<ByteView> bytes() {
    return new ValueCodec<>() {
      @Override
      public ByteView encode(ByteView value) {
        return Objects.requireNonNull(value, "value");
      }

      @Override
      public ByteView decode(ByteView bytes) {
        return bytes;
      }
    };
  }

  /** {@return the codec for text in UTF-8} It neither writes nor reads malformed text. */
  static ValueCodec<String> utf8() {
    return new ValueCodec<>() {
      @Override
      public ByteView encode(String value) throws IOException {
        return ByteView.copyOf(StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(value)));
      }

      @Override
      public String decode(ByteView bytes) throws IOException {
        return StandardCharsets.UTF_8.newDecoder().decode(bytes.asReadOnlyBuffer()).toString();
      }
    };
  }

  /**
   * {@return a codec of two functions over arrays; each array is a copy, which they may keep}
   *
   * @param <V> the type of the objects
   * @param encoder makes the bytes of an object
   * @param decoder makes an object of its bytes
   */
  static <V> ValueCodec<V> of(Form<? super V, byte[]> encoder, Form<byte[], ? extends V> decoder) {
    Objects.requireNonNull(encoder, "encoder");
    Objects.requireNonNull(decoder, "decoder");
    return new ValueCodec<>() {
      @Override
      public ByteView encode(V value) throws Exception {
        return ByteView.copyOf(encoder.of(value));
      }

      @Override
      public V decode(ByteView bytes) throws Exception {
        return decoder.of(bytes.toByteArray());
      }
    };
  }

  /**
   * {@return a codec that serialises objects as the JDK does} Of the codecs here it is the slowest
   * and makes the longest values. It reads bytes that other nodes send, so the filter is what keeps
   * an attacker from having any class of the class path made.
   *
   * @param <V> the type of the objects
   * @param type the class of the values; its loader finds the classes in the bytes
   * @param filter accepts the classes that values may contain and rejects all others, such as
   *     {@code ObjectInputFilter.Config.createFilter("com.shop.Team;java.base/*;!*")}
   */
  static <V extends Serializable> ValueCodec<V> jdkSerialized(
      Class<V> type, ObjectInputFilter filter) {
    Objects.requireNonNull(type, "type");
    Objects.requireNonNull(filter, "filter");
    return of(
        value -> {
          ByteArrayOutputStream bytes = new ByteArrayOutputStream();
          try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(type.cast(value));
          }
          return bytes.toByteArray();
        },
        bytes -> {
          try (ObjectInputStream in = new FilteredStream(bytes, type.getClassLoader(), filter)) {
            return Objects.requireNonNull(type.cast(in.readObject()), "a serialised null");
          }
        });
  }

  /**
   * {@return this codec with a version before the bytes, which a node of another version does not
   * read} To be raised whenever the form of the values changes. In a rolling deploy each node then
   * answers with values of its own version: a value of another is forgotten and loaded again.
   *
   * <p>Four bytes longer. No text in UTF-8 begins with them, so values that were written before the
   * group had versions are taken for what they are.
   *
   * @param version from 0 to 65535
   */
  default ValueCodec<V> withVersion(int version) {
    return new VersionedCodec<>(this, version);
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
