package io.dawncache.core;

/**
 * The origin rejected the request for this key, by {@link Loaded#rejected}: a final answer of a
 * healthy origin. An older value of the key has ended.
 */
public final class RejectedException extends GetException {
  private static final long serialVersionUID = 1;

  RejectedException(String message) {
    super(message, null);
  }
}
