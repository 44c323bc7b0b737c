package io.dawncache.server;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.dawncache.core.Membership;
import java.util.Collection;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Compares this node's member list with those of others, until none is known to hold another. Safe
 * for use by any thread.
 */
final class ListComparison {
  /*
   * After a change each node still holds the others' reports of the old lists. So this node sends
   * its list to all that have reported one, but not at once: the others may be about to change too,
   * and while lists differ, changes of keys are not made everywhere. A message may be lost, and the
   * other node may be the one that has changed. So from then on this node checks at intervals
   * whether any list is known to differ, and asks those nodes again. More and more rarely, while
   * they are the same nodes. In a fleet of our own nodes the same applies to members that have not
   * reported their rings.
   */
  private static final long FIRST_MILLIS = 500; // others may need this long to change
  private static final long LAST_MILLIS = 60_000;

  private final Membership membership;
  private final Consumer<? super Collection<String>> exchange;
  private final ScheduledExecutorService timer;
  private final boolean agreeingOnRings;

  @GuardedBy("this")
  private long changes;

  /**
   * Makes a comparison that begins with {@link #changed}.
   *
   * @param exchange starts to exchange lists with the members at these URLs; must not block
   * @param timer runs the rounds; none runs any more when it has shut down
   * @param agreeingOnRings whether the members agree on one of several rings
   */
  ListComparison(
      Membership membership,
      Consumer<? super Collection<String>> exchange,
      ScheduledExecutorService timer,
      boolean agreeingOnRings) {
    this.membership = membership;
    this.exchange = exchange;
    this.timer = timer;
    this.agreeingOnRings = agreeingOnRings;
  }

  /**
   * Notes that this node's list has changed.
   *
   * @param onlyRing whether its members are the same; then the others need no time to follow
   */
  synchronized void changed(boolean onlyRing) {
    changes++;
    long change = changes;
    after(onlyRing ? 0 : FIRST_MILLIS, () -> compare(change, membership.reporting(), 0, Set.of()));
  }

  private void compare(long change, Collection<String> others, long pause, Set<String> before) {
    if (!isLatest(change)) {
      return;
    }
    Set<String> asked = new TreeSet<>(others);
    if (agreeingOnRings) {
      asked.addAll(membership.membersWithUnknownRings());
    }
    if (!asked.isEmpty()) {
      exchange.accept(asked);
    }
    boolean same = !asked.isEmpty() && asked.equals(before);
    long next = same ? Math.min(2 * pause, LAST_MILLIS) : FIRST_MILLIS;
    after(next, () -> compare(change, membership.otherLists(), next, asked));
  }

  private synchronized boolean isLatest(long change) {
    return change == changes;
  }

  private void after(long millis, Runnable round) {
    try {
      timer.schedule(round, millis, TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException e) {
      // The server has stopped.
    }
  }
}
