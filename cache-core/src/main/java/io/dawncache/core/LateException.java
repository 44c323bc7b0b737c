package io.dawncache.core;

/**
 * There was no answer by the deadline of this get; the flight it waited for goes on, and a later
 * get may find its value.
 */
public final class LateException extends GetFailedException {
  private static final long serialVersionUID = 1;

  LateException(String message) {
    super(message, null);
  }
}
