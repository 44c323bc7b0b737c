package io.dawncache.core;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * There was no answer by the deadline of this get; the flight it waited for goes on, and a later
 * get may find its value.
 */
public final class LateException extends GetFailedException {
  private static final long serialVersionUID = 1;

  /** Stands for one that could not be made, for want of memory; itself made before. */
  @SuppressWarnings("StaticAssignmentOfThrowable") // it has no stack trace and never changes
  static final LateException WITHOUT_TEXT = new LateException("no answer in time");

  /** Returns the end of a get whose own deadline has passed; never throws. */
  static LateException of(String group, String key, Duration timeout) {
    try {
      long millis = TimeUnit.MILLISECONDS.convert(timeout);
      return new LateException(
          "get " + Keys.shown(group, key) + ": no answer in " + millis + " ms");
    } catch (Throwable t) { // no memory
      return WITHOUT_TEXT;
    }
  }

  LateException(String message) {
    this(message, message);
  }

  LateException(String message, String shortMessage) {
    super(message, shortMessage, null);
  }
}
