package io.dawncache.node.origin;

import io.dawncache.core.TemporaryFailure;
import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The origin gave no answer. The message is for clients and names no URL, no query and no path of
 * this machine; the cause is for the operator's log and names them, but no secret.
 *
 * @since 0.1.0
 */
public final class OriginException extends IOException implements TemporaryFailure {
  private static final long serialVersionUID = 1;

  /** What a failure says of the origin. */
  public enum Extent {
    /** The place answers; only this key, or these keys together, have no value that can be used. */
    KEY,
    /** The place has failed this time. */
    LOAD,
    /** The place was tried for long enough to know that nothing can be asked of it. */
    PLACE
  }

  private final Extent extent;
  private final @Nullable Duration retryAfter;

  /**
   * Makes one that says why there is no answer this time.
   *
   * @param reason a few words without a URL or a path, such as {@code status 500}
   * @param where what was requested, for the log, such as {@code GET http://10.0.0.9/items/Tom}
   * @param cause the first cause, for the log, if there is one
   */
  public OriginException(String reason, String where, @Nullable Throwable cause) {
    this(Extent.LOAD, reason, where, cause);
  }

  /**
   * Makes one that says why there is no answer.
   *
   * @param extent what the failure says of the origin
   * @param reason as above
   * @param where as above
   * @param cause as above
   */
  public OriginException(Extent extent, String reason, String where, @Nullable Throwable cause) {
    this("origin: " + reason, new IOException(where + ": " + reason, cause), extent, null);
  }

  private OriginException(
      String message, @Nullable Throwable cause, Extent extent, @Nullable Duration retryAfter) {
    super(message, cause);
    this.extent = extent;
    this.retryAfter = retryAfter;
  }

  /** Returns {@code failure}, with the time after which the origin is asked again. */
  static OriginException whileDown(Exception failure, Duration retryAfter) {
    return failure instanceof OriginException known
        ? new OriginException(reason(known), known.getCause(), known.extent, retryAfter)
        : new OriginException(reason(failure), failure, Extent.LOAD, retryAfter);
  }

  /** {@return what the failure says of the origin} */
  public Extent extent() {
    return extent;
  }

  /** {@return the time after which an origin that is down is asked again, or null if not known} */
  @Override
  public @Nullable Duration retryAfter() {
    return retryAfter;
  }

  /** Returns the message of {@code error}, or its class if it has none. */
  static String reason(Throwable error) {
    String message = error.getMessage();
    return message == null ? error.getClass().getSimpleName() : message;
  }
}
