package io.dawncache.core;

import java.time.Duration;
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

  private static final Duration LEAST_RETRY_AFTER = Duration.ofMillis(1);
  private static final Duration MOST_RETRY_AFTER = Duration.ofHours(1);

  /** When the origin may answer again; null if not known. */
  private final @Nullable Duration retryAfter;

  GetFailedException(String message, @Nullable Throwable cause) {
    this(message, message, cause);
  }

  GetFailedException(String message, String shortMessage, @Nullable Throwable cause) {
    this(message, shortMessage, cause, null);
  }

  GetFailedException(
      String message,
      String shortMessage,
      @Nullable Throwable cause,
      @Nullable Duration retryAfter) {
    super(message, shortMessage, cause);
    this.retryAfter = bounded(retryAfter);
  }

  /**
   * {@return the time after which the origin may answer again, as the {@link TemporaryFailure} of
   * the getter gave it, at most an hour; null if it did not}
   */
  public @Nullable Duration retryAfter() {
    return retryAfter;
  }

  /** Returns a time that is added to others: a getter, or a peer, may name any. */
  static @Nullable Duration bounded(@Nullable Duration retryAfter) {
    if (retryAfter == null || retryAfter.compareTo(MOST_RETRY_AFTER) > 0) {
      return retryAfter == null ? null : MOST_RETRY_AFTER;
    }
    return retryAfter.compareTo(LEAST_RETRY_AFTER) < 0 ? LEAST_RETRY_AFTER : retryAfter;
  }
}
