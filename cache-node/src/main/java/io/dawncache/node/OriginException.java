package io.dawncache.node;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * The origin gave no answer. The message is for clients and names no URL and no path of this
 * machine; the cause is for the operator's log and names both.
 */
final class OriginException extends IOException {
  private static final long serialVersionUID = 1;

  /**
   * Makes one that says why there is no answer.
   *
   * @param reason a few words without a URL or a path, such as {@code status 500}
   * @param where what was requested, for the log, such as {@code GET http://10.0.0.9/items/Tom}
   * @param cause the first cause, for the log, if there is one
   */
  OriginException(String reason, String where, @Nullable Throwable cause) {
    super("origin: " + reason, new IOException(where + ": " + reason, cause));
  }
}
