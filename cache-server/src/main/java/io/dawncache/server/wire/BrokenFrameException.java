package io.dawncache.server.wire;

/** What came is no frame, or none that has a place where it came: the connection is at its end. */
public final class BrokenFrameException extends Exception {
  private static final long serialVersionUID = 1;

  /** Makes one that says what is wrong: the value, then the expectation. */
  public BrokenFrameException(String message) {
    super(message, null, false, false);
  }
}
