package io.dawncache.node.origin;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * A connection that had answered before was lost, or found unusable, before its next answer began:
 * the request is tried again on a fresh connection.
 */
final class StaleConnectionException extends IOException {
  private static final long serialVersionUID = 1;

  StaleConnectionException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
