package io.dawncache.server.inbound;

import io.dawncache.server.wire.Refusal;
import io.netty.handler.codec.http.HttpRequest;
import org.jspecify.annotations.Nullable;

/**
 * A request that has come, or whose body is still coming.
 *
 * @param head its method, path and headers
 * @param body its body, if it is one of those that may have one; else null
 * @param fault why it is not served, and its connection ends with its answer; else null
 */
record Arrival(HttpRequest head, @Nullable Body body, @Nullable Refusal fault) {
  /** Lets go of its body: it has been served, or will not be. */
  void close() {
    if (body != null) {
      body.close();
    }
  }

  /** Returns whether it may start. */
  boolean isOver() {
    return body == null || body.isOver();
  }
}
