package io.dawncache.core;

import java.util.concurrent.CompletionStage;

/**
 * A {@link Getter} for origins with an asynchronous client: starts a load and returns at once.
 *
 * <p>{@link #load} itself runs on the group's load executor. The load counts against the group's
 * maximum until its stage completes. At the load time-out the stage is cancelled.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface AsyncGetter {
  /**
   * Starts to load the value of {@code key}.
   *
   * @param key never empty, well-formed UTF-16
   * @return a stage of the value, of {@link Loaded#notFound()} or of {@link Loaded#rejected}; it
   *     completes exceptionally if the origin failed; a null stage or a stage of null counts as a
   *     failure
   * @throws Exception if the origin failed; every waiting caller gets the failure
   */
  CompletionStage<Loaded> load(String key) throws Exception;
}
