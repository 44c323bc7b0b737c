package io.dawncache.core;

/**
 * The origin rejected the request for this key with {@link Loaded#rejected}: a final answer of a
 * healthy origin. An older value of the key has ended.
 *
 * @since 0.1.0
 */
public final class RejectedException extends GetException {
  private static final long serialVersionUID = 1;

  /** The getter's reason. */
  private final String reason;

  RejectedException(String message, String shortMessage, String reason) {
    super(message, shortMessage, null);
    this.reason = reason;
  }

  /** {@return the getter's reason; for a key of another node, its first 1,024 bytes} */
  public String reason() {
    return reason;
  }
}
