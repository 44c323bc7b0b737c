package io.dawncache.core;

import org.jspecify.annotations.Nullable;

/**
 * Why a get ended without a value: the key is {@linkplain NotFoundException not found}, the origin
 * {@linkplain RejectedException rejected} it, the get {@linkplain GetFailedException failed}, or a
 * bound was reached and the group is {@linkplain OverloadedException overloaded}.
 *
 * <p>All callers that waited for one flight get the same instance. Its message names group, key and
 * peer, and never holds cached bytes. It has no stack trace, which would only show the thread that
 * ended the flight. Its {@linkplain #getCause() cause} is what the getter threw or, if another node
 * loads the key, a {@link RemoteOriginException} that names it.
 *
 * @since 0.1.0
 */
public abstract sealed class GetException extends RuntimeException
    permits NotFoundException, RejectedException, GetFailedException, OverloadedException {
  private static final long serialVersionUID = 1;

  /** The message for clients outside the fleet. */
  private final String shortMessage;

  GetException(String message, String shortMessage, @Nullable Throwable cause) {
    super(message, cause, false, false);
    this.shortMessage = shortMessage;
  }

  /**
   * {@return the message for clients outside the fleet: group, key and a short reason} It holds no
   * text of the origin or of the getter, and no URL, path or host.
   */
  public String shortMessage() {
    return shortMessage;
  }

  /**
   * Returns the exception for a flight's error; one that is not a GetException is an internal
   * fault. Never throws, because a waiter is about to be notified.
   */
  static GetException of(String group, String key, @Nullable Throwable error) {
    if (error instanceof GetException known) {
      return known;
    }
    try {
      String get = "get " + Keys.shown(group, key) + ": ";
      return new GetFailedException(get + error, get + "failed", error);
    } catch (Throwable t) { // out of memory, or the user's exception throws from getMessage
      return GetFailedException.WITHOUT_TEXT;
    }
  }
}
