package io.dawncache.core;

import org.jspecify.annotations.Nullable;

/**
 * The get failed: the origin or the connection to it failed, or there was no answer in time.
 *
 * @since 0.1.0
 */
public sealed class GetFailedException extends GetException permits GetTimeoutException {
  private static final long serialVersionUID = 1;

  /** Used when memory is too short to make an exception; itself made in advance. */
  @SuppressWarnings("StaticAssignmentOfThrowable") // it has no stack trace and never changes
  static final GetFailedException WITHOUT_TEXT =
      new GetFailedException("failed, and the reason could not be put into words", null);

  GetFailedException(String message, @Nullable Throwable cause) {
    this(message, message, cause);
  }

  GetFailedException(String message, String shortMessage, @Nullable Throwable cause) {
    super(message, shortMessage, cause);
  }
}
