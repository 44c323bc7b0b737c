package io.dawncache.core;

import org.jspecify.annotations.Nullable;

/** The get failed: the origin or the way to it did, or no answer came in time. */
public sealed class GetFailedException extends GetException permits GetTimeoutException {
  private static final long serialVersionUID = 1;

  /** Stands for an exception that could not be made, for want of memory; itself made before. */
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
