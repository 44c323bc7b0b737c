package io.dawncache.server;

import java.util.Objects;
import java.util.function.Supplier;

/**
 * A page beside the groups, such as a health check: answered to GET and HEAD at one exact path.
 *
 * @param contentType the answer's content type
 * @param body asked for each request, on an event loop: it must be quick and must not block
 * @since 0.1.0
 */
public record Page(String contentType, Supplier<byte[]> body) {
  /** Refuses nulls. */
  public Page {
    Objects.requireNonNull(contentType, "contentType");
    Objects.requireNonNull(body, "body");
  }
}
