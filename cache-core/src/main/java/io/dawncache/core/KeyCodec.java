package io.dawncache.core;

import java.util.Objects;
import java.util.function.Function;

/**
 * Turns a user's keys into the texts under which a group holds their values, and back. Must be safe
 * for use by any thread, and strict: equal keys have equal texts, {@code decode(encode(key))}
 * equals {@code key}, and {@link #decode} refuses every text that {@link #encode} does not make.
 *
 * <p>The texts are what the other nodes, the command line and clients over HTTP call the keys. So
 * they must stay the same from one version of the program to the next.
 *
 * @param <K> the type of the keys, with {@code equals} and {@code hashCode}
 * @since 0.1.0
 */
public interface KeyCodec<K> {
  /**
   * {@return the text of {@code key}}
   *
   * @param key never null
   * @throws IllegalArgumentException if it has none
   */
  String encode(K key);

  /**
   * {@return the key whose text this is, never null}
   *
   * @param text any text, also from a client over HTTP
   * @throws IllegalArgumentException if it is the text of no key
   */
  K decode(String text);

  /**
   * {@return the codec of a type whose keys have a stable text} It may be {@link String}, {@link
   * Long}, {@link Integer}, {@link Boolean}, {@link java.util.UUID}, an enum (by the names of its
   * constants), or a record of components that are each one of all these, primitive or not.
   *
   * <p>The text of a record is that of its components with {@code :} between them, such as {@code
   * shop:42}. Within a component {@code ~:} stands for a colon and {@code ~~} for a tilde; {@code
   * ~-} is a component that is null.
   *
   * @param <K> the type of the keys
   * @param type their class; one of a named module must be open to {@code io.dawncache.core} if it
   *     is a record
   * @throws IllegalArgumentException if it is of no such type
   */
  static <K> KeyCodec<K> of(Class<K> type) {
    return KeyTexts.of(type);
  }

  /**
   * {@return a codec of two functions} A text is refused if {@code decoder} throws, or if its key
   * has another text.
   *
   * @param <K> the type of the keys
   * @param encoder makes the text of a key
   * @param decoder makes the key of a text
   */
  static <K> KeyCodec<K> of(
      Function<? super K, String> encoder, Function<String, ? extends K> decoder) {
    Objects.requireNonNull(encoder, "encoder");
    Objects.requireNonNull(decoder, "decoder");
    return new KeyTexts<>("a text that is made of a key", encoder, decoder);
  }
}
