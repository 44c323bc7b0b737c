package io.dawncache.core;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * There was no answer by the deadline of this get. The flight that it waited for goes on, and a
 * later get may find its value.
 *
 * @since 0.1.0
 */
public final class GetTimeoutException extends GetFailedException {
  private static final long serialVersionUID = 1;

  /** Used when memory is too short to make an exception; itself made in advance. */
  @SuppressWarnings("StaticAssignmentOfThrowable") // it has no stack trace and never changes
  static final GetTimeoutException WITHOUT_TEXT = new GetTimeoutException("no answer in time");

  /** Returns the exception for a get whose deadline has passed; never throws. */
  static GetTimeoutException of(String group, String key, Duration timeout) {
    try {
      long millis = TimeUnit.MILLISECONDS.convert(timeout);
      return new GetTimeoutException(
          "get " + Keys.shown(group, key) + ": no answer in " + millis + " ms");
    } catch (Throwable t) { // out of memory
      return WITHOUT_TEXT;
    }
  }

  GetTimeoutException(String message) {
    this(message, message);
  }

  GetTimeoutException(String message, String shortMessage) {
    super(message, shortMessage, null);
  }
}
