package io.dawncache.node;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * The origin brought no answer. The message is for clients and names no URL and no path of this
 * machine; the cause is for the operator's log and names both.
 */
final class OriginException extends IOException {
  private static final long serialVersionUID = 1;

  /**
   * Says why there is no answer.
   *
   * @param reason a few words without a URL or a path, such as {@code status 500}
   * @param where what was asked for, for the log, such as {@code GET http://10.0.0.9/items/Tom}
   * @param cause what the log names as the cause of it all, if there is more to say
   */
  OriginException(String reason, String where, @Nullable Throwable cause) {
    super("origin: " + reason, new IOException(where + ": " + reason, cause));
  }
}
