package io.dawncache.server.wire;

/** A request that cannot be understood; the message tells its sender why. */
public final class BadRequestException extends Exception {
  private static final long serialVersionUID = 1;

  /** Makes one that says what is wrong: the value, then the expectation. */
  public BadRequestException(String message) {
    super(message, null, false, false);
  }
}
