package io.dawncache.core;

/** A {@link Codec} failed: the bytes are not what it reads, or the value not what it writes. */
public final class CodecException extends RuntimeException {
  private static final long serialVersionUID = 1;

  CodecException(String what, String group, String key, Throwable cause) {
    super(what + " " + Keys.shown(group, key) + ": " + cause, cause);
  }
}
