package io.dawncache.core;

import org.jspecify.annotations.Nullable;

/**
 * A get that ended without a value, and why: the key is {@linkplain NotFoundException not found},
 * the origin {@linkplain RejectedException rejected} it, the get {@linkplain GetFailedException
 * failed}, or a bound was reached and the group is {@linkplain OverloadedException overloaded}.
 *
 * <p>All callers that waited for one flight are given the same instance. It carries group, key and
 * peer in its message, never cached bytes, and no stack trace: it would tell of the thread that
 * ended the flight; what went wrong is in the {@linkplain #getCause() cause}: what the getter
 * threw, or, if another node loads the key, a {@link RemoteOriginException} that names it.
 */
public abstract sealed class GetException extends RuntimeException
    permits NotFoundException, RejectedException, GetFailedException, OverloadedException {
  private static final long serialVersionUID = 1;

  private final String shortMessage;

  GetException(String message, String shortMessage, @Nullable Throwable cause) {
    super(message, cause, false, false);
    this.shortMessage = shortMessage;
  }

  /**
   * Returns the message for somebody outside the fleet: group, key and a short reason. It holds no
   * word of the origin's or of the getter's, and no URL, path or host.
   */
  public String shortMessage() {
    return shortMessage;
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
      String get = "get " + Keys.shown(group, key) + ": ";
      return new GetFailedException(get + error, get + "failed", error);
    } catch (Throwable t) { // no memory, or an exception of a user's whose text cannot be had
      return GetFailedException.WITHOUT_TEXT;
    }
  }
}
