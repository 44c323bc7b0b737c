package io.dawncache.core;

/**
 * A change may or may not have been made: the key's owner was asked to make it, and its answer was
 * lost. It is safe to make the change again.
 *
 * @since 0.1.0
 */
public final class OutcomeUnknownException extends RuntimeException {
  private static final long serialVersionUID = 1;

  OutcomeUnknownException(String message) {
    super(message, null, false, false);
  }
}
