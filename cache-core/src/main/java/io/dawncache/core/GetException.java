package io.dawncache.core;

import org.jspecify.annotations.Nullable;

/**
 * A get that ended without a value, and why: the key is {@linkplain NotThereException not there},
 * the origin {@linkplain RejectedException rejected} it, the get {@linkplain GetFailedException
 * failed}, or a bound was reached and the group is {@linkplain OverloadedException overloaded}.
 *
 * <p>All callers that waited for one flight are given the same instance. It carries group, key and
 * peer in its message, never cached bytes, and no stack trace: it would tell of the thread that
 * ended the flight; what went wrong is in the {@linkplain #getCause() cause}.
 */
public abstract sealed class GetException extends RuntimeException
    permits NotThereException, RejectedException, GetFailedException, OverloadedException {
  private static final long serialVersionUID = 1;

  GetException(String message, @Nullable Throwable cause) {
    super(message, cause, false, false);
  }

  /**
   * Returns what a flight ended with; what is not one of us is a fault that it ran into. Never
   * throws: a waiter is about to be notified.
   */
  static GetException of(String group, String key, @Nullable Throwable error) {
    if (error instanceof GetException known) {
      return known;
    }
    try {
      return new GetFailedException("get " + Keys.shown(group, key) + ": " + error, error);
    } catch (Throwable t) { // no memory, or an exception of a user's whose text cannot be had
      return GetFailedException.WITHOUT_TEXT;
    }
  }
}
