package io.dawncache.server.inbound;

import io.dawncache.server.wire.Refusal;
import io.netty.handler.codec.http.HttpRequest;
import org.jspecify.annotations.Nullable;

/**
 * A request that has arrived, or whose body is still arriving.
 *
 * @param head its method, path and headers
 * @param body its body, if it may have one; else null
 * @param fault why it is not served and its connection ends with its answer; else null
 */
record Arrival(HttpRequest head, @Nullable Body body, @Nullable Refusal fault) {
  /** Releases its body: it has been served, or will not be. */
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
