package io.dawncache.core;

/**
 * A bound of the group was reached and nothing was tried; a later get may succeed.
 *
 * @since 0.1.0
 */
public final class OverloadedException extends GetException {
  private static final long serialVersionUID = 1;

  OverloadedException(String message) {
    this(message, message);
  }

  OverloadedException(String message, String shortMessage) {
    super(message, shortMessage, null);
  }
}
