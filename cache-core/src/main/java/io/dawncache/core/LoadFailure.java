package io.dawncache.core;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/** Makes the exceptions of one load; each names the load's first key. */
final class LoadFailure {
  private final String group;
  private final Set<String> keys;

  /**
   * Makes it for a load.
   *
   * @param keys at least one
   */
  LoadFailure(String group, Set<String> keys) {
    this.group = group;
    this.keys = keys;
  }

  GetFailedException failed(String why, @Nullable Throwable cause) {
    return new GetFailedException(load() + why, cause);
  }

  OverloadedException overloaded(String why) {
    return new OverloadedException(load() + "overloaded, " + why);
  }

  /** Returns the exception for a getter that ended without a value. */
  GetException ofGetter(@Nullable Throwable thrown) {
    if (thrown == null) {
      return failed("the getter returned null", null);
    }
    if (thrown instanceof OverloadedException overloaded) {
      return overloaded;
    }
    Throwable cause =
        thrown instanceof CompletionException && thrown.getCause() != null
            ? thrown.getCause()
            : thrown;
    String message = cause.getMessage();
    String why = message == null ? cause.getClass().getName() : message;
    Duration retryAfter = cause instanceof TemporaryFailure known ? known.retryAfter() : null;
    return new GetFailedException(load() + why, load() + "the origin failed", cause, retryAfter);
  }

  /**
   * Returns the exception for a load that would wait for itself through the keys of {@code way}.
   */
  GetFailedException ofCircle(List<String> way) {
    return failed("waits for itself, " + shown() + " -> " + String.join(" -> ", way), null);
  }

  private String load() {
    return "load " + shown() + ": ";
  }

  private String shown() {
    return Keys.shown(group, keys.iterator().next());
  }
}
