package io.dawncache.core;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What an exception that a getter throws implements if it may know how long the origin gives no
 * answers. The get fails as with any other exception; an HTTP client receives the time, too.
 *
 * @since 0.1.0
 */
public interface TemporaryFailure {
  /**
   * {@return the time from the throw on after which the origin may answer again, or null if not
   * known}
   */
  @Nullable Duration retryAfter();
}
