package io.dawncache.server.frame;

/**
 * Bytes that are not a frame, or a frame that may not arrive at this point: the connection ends.
 */
public final class BrokenFrameException extends Exception {
  private static final long serialVersionUID = 1;

  /** Makes one that says what is wrong: the value, then the expectation. */
  public BrokenFrameException(String message) {
    super(message, null, false, false);
  }
}
