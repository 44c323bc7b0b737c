package io.dawncache.core;

/**
 * The origin has no value for the key: a final answer of a healthy origin.
 *
 * @since 0.1.0
 */
public final class NotFoundException extends GetException {
  private static final long serialVersionUID = 1;

  NotFoundException(String message) {
    this(message, message);
  }

  NotFoundException(String message, String shortMessage) {
    super(message, shortMessage, null);
  }
}
