package io.dawncache.server;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Offers values to members that have joined or come back and own some keys of this node now: a
 * moment later, so that they hold the same view by then, and to all of that moment together,
 * because each offer reads the whole memory. Safe for use by any thread.
 */
final class ValueOffers {
  static final long PAUSE_MILLIS = 500;

  private final Consumer<? super Set<String>> offer;
  private final ScheduledExecutorService timer;

  @GuardedBy("this")
  private Set<String> waiting = new HashSet<>();

  /**
   * Makes an instance without members.
   *
   * @param offer starts an offer to the members at these URLs; must not block
   * @param timer runs it; none runs any more when it has shut down
   */
  ValueOffers(Consumer<? super Set<String>> offer, ScheduledExecutorService timer) {
    this.offer = offer;
    this.timer = timer;
  }

  /** Adds members, to which values are offered soon. */
  synchronized void add(Collection<String> members) {
    boolean isFirst = waiting.isEmpty();
    waiting.addAll(members);
    if (isFirst && !waiting.isEmpty()) {
      try {
        timer.schedule(() -> offer.accept(take()), PAUSE_MILLIS, TimeUnit.MILLISECONDS);
      } catch (RejectedExecutionException e) {
        // The server has stopped.
      }
    }
  }

  private synchronized Set<String> take() {
    Set<String> all = waiting;
    waiting = new HashSet<>();
    return all;
  }
}
