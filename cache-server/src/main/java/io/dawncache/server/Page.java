package io.dawncache.server;

import java.util.Objects;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * A page beside the groups, such as a health check: answered to GET and HEAD at one exact path.
 *
 * @param contentType the answer's content type
 * @param body asked for each request, on an event loop: it must be quick and must not block
 * @param isGood asked likewise: if false, the answer's status is 503 in place of 200
 * @since 0.1.0
 */
public record Page(String contentType, Supplier<byte[]> body, BooleanSupplier isGood) {
  /** Refuses nulls. */
  public Page {
    Objects.requireNonNull(contentType, "contentType");
    Objects.requireNonNull(body, "body");
    Objects.requireNonNull(isGood, "isGood");
  }

  /**
   * Makes a page that is always answered with 200.
   *
   * @param contentType the answer's content type
   * @param body asked for each request, on an event loop: it must be quick and must not block
   */
  public Page(String contentType, Supplier<byte[]> body) {
    this(contentType, body, () -> true);
  }
}
