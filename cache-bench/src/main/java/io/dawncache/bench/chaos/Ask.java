package io.dawncache.bench.chaos;

import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One request of a client, on its way. Belongs to the event loop of an {@link OpenLoad}. */
final class Ask {
  private final Series series;
  private final int key;
  private final long dueNanos;
  private final Set<Target> avoided = new HashSet<>(2);
  private boolean sentAgain;

  Ask(Series series, int key, long dueNanos) {
    this.series = series;
    this.key = key;
    this.dueNanos = dueNanos;
  }

  Series series() {
    return series;
  }

  int key() {
    return key;
  }

  long dueNanos() {
    return dueNanos;
  }

  /** Notes that this node gave no connection, or ended it without a byte of an answer. */
  void avoid(Target target) {
    avoided.add(target);
  }

  boolean avoids(Target target) {
    return avoided.contains(target);
  }

  /** Returns whether it was sent a second time. */
  boolean sentAgain() {
    return sentAgain;
  }

  void sendsAgain() {
    sentAgain = true;
  }

  Answers.Answer ended(@Nullable String failure) {
    return new Answers.Answer(
        dueNanos, key, System.nanoTime() - dueNanos, failure, !avoided.isEmpty());
  }
}
