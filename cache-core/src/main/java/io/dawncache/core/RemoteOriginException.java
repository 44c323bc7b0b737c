package io.dawncache.core;

/**
 * Stands for what a getter threw at another node: the cause of a {@link GetFailedException} whose
 * key that node owns. Class name and message travel between the nodes, at most 1,024 bytes of UTF-8
 * together; the exception itself, its stack trace and its own causes do not.
 */
public final class RemoteOriginException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final String className;
  private final String originMessage;

  RemoteOriginException(String className, String originMessage) {
    super(
        originMessage.isEmpty() ? className : className + ": " + originMessage, null, false, false);
    this.className = className;
    this.originMessage = originMessage;
  }

  /**
   * Returns the binary name of the class of what was thrown, such as {@code java.io.IOException}.
   */
  public String className() {
    return className;
  }

  /** Returns the message of what was thrown; empty if it had none. */
  public String originMessage() {
    return originMessage;
  }
}
