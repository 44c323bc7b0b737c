package io.dawncache.server;

import io.dawncache.core.CacheNode;
import io.dawncache.core.Membership;
import io.dawncache.server.peer.PeerDirectory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** How a server leaves its fleet before it stops. Its methods block, and run on one thread. */
final class Departure {
  /*
   * In this order:
   *   1. This node notifies the members that it leaves. Each answers when its requests for this
   *      node's keys go to the next owners, and it has asked all members whether they hold hints
   *      for this node; so what it peeks here from then on is as good as a load.
   *   2. This node itself forwards its clients' gets to the next owners, except for its own keys that
   *      were changed lately; it loads these.
   *   3. It offers them its hottest values, while it still answers their peeks.
   *   4. The server accepts no more connections, and answers what has arrived.
   *   5. It hands over the changes that members have not received; no more changes are made.
   */
  private static final System.Logger LOG = System.getLogger(Departure.class.getName());
  private static final Duration MOST_TO_NOTIFY = Duration.ofSeconds(1);
  private static final Duration MOST_FOR_CHANGES = Duration.ofSeconds(3);

  private final CacheNode node;
  private final Membership membership;
  private final PeerDirectory peers;
  private final PresentFleet fleet;
  private final Duration timeout;
  private final long maxBytes;

  /**
   * Makes the departure of a server from its fleet.
   *
   * @param timeout how long values are offered; zero to offer none
   * @param maxBytes how much they may weigh
   */
  Departure(
      CacheNode node,
      Membership membership,
      PeerDirectory peers,
      PresentFleet fleet,
      Duration timeout,
      long maxBytes) {
    this.node = node;
    this.membership = membership;
    this.peers = peers;
    this.fleet = fleet;
    this.timeout = timeout;
    this.maxBytes = maxBytes;
  }

  /** Steps 1 to 3. */
  void leave() {
    List<String> others = others();
    if (others.isEmpty()) {
      return;
    }
    fleet.leaves();
    await(done -> peers.compareLists(others, done), MOST_TO_NOTIFY);
    membership.leave(membership.self());
    if (!timeout.isZero()) {
      await(done -> node.offerValues(others, maxBytes, timeout, done), timeout);
    }
  }

  /** Step 5. */
  void handOverChanges() {
    if (others().isEmpty()) {
      return;
    }
    boolean ended =
        await(
            done ->
                node.handOverChanges(
                    lost -> {
                      if (!lost.isEmpty()) {
                        warn(
                            "no member accepted the changes that "
                                + lost
                                + " still had to receive");
                      }
                      done.run();
                    }),
            MOST_FOR_CHANGES);
    if (!ended) {
      warn("not all changes were handed over in " + MOST_FOR_CHANGES.toSeconds() + " s");
    }
  }

  private List<String> others() {
    List<String> others = new ArrayList<>(membership.members());
    others.remove(membership.self());
    return others;
  }

  private void warn(String what) {
    LOG.log(System.Logger.Level.WARNING, "leaving: self {0}, {1}", membership.self(), what);
  }

  /** Returns whether what was started has ended in time. */
  private static boolean await(Consumer<Runnable> start, Duration most) {
    CountDownLatch ended = new CountDownLatch(1);
    start.accept(ended::countDown);
    try {
      return ended.await(most.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // the thread that stops the server must not wait
      return false;
    }
  }
}
