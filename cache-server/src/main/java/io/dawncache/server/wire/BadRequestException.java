package io.dawncache.server.wire;

/** A request that cannot be understood; the message gives its sender the reason. */
public final class BadRequestException extends Exception {
  private static final long serialVersionUID = 1;

  /** Makes one that names the fault: the value, then the expectation. */
  public BadRequestException(String message) {
    super(message, null, false, false);
  }
}
