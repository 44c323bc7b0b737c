package io.dawncache.core;

/**
 * There was no answer by the deadline of this get; the flight it waited for goes on, and a later
 * get may find its value.
 */
public final class LateException extends GetFailedException {
  private static final long serialVersionUID = 1;

  /** Stands for one that could not be made, for want of memory; itself made before. */
  @SuppressWarnings("StaticAssignmentOfThrowable") // it has no stack trace and never changes
  static final LateException WITHOUT_TEXT = new LateException("no answer in time");

  LateException(String message) {
    this(message, message);
  }

  LateException(String message, String shortMessage) {
    super(message, shortMessage, null);
  }
}
