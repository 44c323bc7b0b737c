package io.dawncache.core;

/** A bound of the group was reached: nothing was tried; trying later may succeed. */
public final class OverloadedException extends GetException {
  private static final long serialVersionUID = 1;

  OverloadedException(String message) {
    super(message, null);
  }
}
