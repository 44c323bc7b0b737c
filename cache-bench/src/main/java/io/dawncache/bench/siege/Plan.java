package io.dawncache.bench.siege;

import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * What all scenes of a run have in common.
 *
 * @param shortForm whether only what a busy machine cannot spoil is judged
 * @param pinned whether the node runs on core 0 and all that asks it on core 1
 * @param hitRate how many hits a second the other client asks for
 * @param warmUp how long it asks before anything is measured
 * @param undisturbed how long it is measured then
 * @param overload how long more is asked for than the origin can give
 * @param attack how long an attack takes
 * @param after how long is measured after either
 * @param folder where logs are kept
 */
record Plan(
    boolean shortForm,
    boolean pinned,
    int hitRate,
    Duration warmUp,
    Duration undisturbed,
    Duration overload,
    Duration attack,
    Duration after,
    Path folder) {
  static Plan full(boolean pinned, int hitRate, Path folder) {
    return new Plan(
        false,
        pinned,
        hitRate,
        Duration.ofSeconds(15),
        Duration.ofSeconds(30),
        Duration.ofSeconds(60),
        Duration.ofSeconds(30),
        Duration.ofSeconds(10),
        folder);
  }

  static Plan shortForm(boolean pinned, int hitRate, Path folder) {
    return new Plan(
        true,
        pinned,
        hitRate,
        Duration.ofSeconds(1),
        Duration.ofSeconds(2),
        Duration.ofSeconds(5),
        Duration.ofSeconds(5),
        Duration.ofSeconds(1),
        folder);
  }

  /** Returns how long a get waits for its answer. */
  long timeoutNanos() {
    return TimeUnit.SECONDS.toNanos(shortForm ? 60 : 10);
  }
}
