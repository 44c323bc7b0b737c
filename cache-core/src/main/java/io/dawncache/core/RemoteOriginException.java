package io.dawncache.core;

/**
 * Represents an exception that a getter threw at another node: the cause of a {@link
 * GetFailedException} for a key that the other node owns. The nodes send its class name and
 * message, at most 1,024 bytes of UTF-8 together; they do not send the exception itself, its stack
 * trace or its causes.
 *
 * @since 0.1.0
 */
public final class RemoteOriginException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** The binary name of the exception's class. */
  private final String className;

  /** The exception's message; empty if it had none. */
  private final String originMessage;

  RemoteOriginException(String className, String originMessage) {
    super(
        originMessage.isEmpty() ? className : className + ": " + originMessage, null, false, false);
    this.className = className;
    this.originMessage = originMessage;
  }

  /** {@return the binary name of the exception's class, such as {@code java.io.IOException}} */
  public String className() {
    return className;
  }

  /** {@return the exception's message; empty if it had none} */
  public String originMessage() {
    return originMessage;
  }
}
