package io.dawncache.core;

import org.jspecify.annotations.Nullable;

/** The get failed: the origin or the way to it did, or no answer came in time. */
public sealed class GetFailedException extends GetException permits LateException {
  private static final long serialVersionUID = 1;

  GetFailedException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
