package io.dawncache.core;

/**
 * Thrown if a {@link ValueCodec} failed: it could not read the bytes or not write the value.
 *
 * @since 0.1.0
 */
public final class CodecException extends RuntimeException {
  private static final long serialVersionUID = 1;

  CodecException(String what, String group, String key, Throwable cause) {
    super(what + " " + Keys.shown(group, key) + ": " + cause, cause);
  }
}
