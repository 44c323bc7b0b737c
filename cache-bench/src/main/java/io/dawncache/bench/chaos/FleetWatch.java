package io.dawncache.bench.chaos;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Asks every node four times a second whether it is ready, as a load balancer does, and what it
 * knows of its fleet. Safe for use by any thread.
 */
final class FleetWatch implements AutoCloseable {
  static final long INTERVAL_MILLIS = 250;

  /**
   * What a node said.
   *
   * @param atNanos when it answered
   */
  record Sight(long atNanos, ChaosNode node, NodePage page) {}

  private final ScheduledExecutorService threads;
  private final Map<ChaosNode, Target> targets = new ConcurrentHashMap<>();
  private final Queue<Sight> seen = new ConcurrentLinkedQueue<>();

  FleetWatch(List<ChaosNode> nodes) {
    threads =
        Executors.newScheduledThreadPool(
            nodes.size(), // one that hangs holds up no other
            task -> {
              Thread thread = new Thread(task, "chaos-watch");
              thread.setDaemon(true);
              return thread;
            });
    for (ChaosNode node : nodes) {
      threads.scheduleWithFixedDelay(() -> look(node), 0, INTERVAL_MILLIS, TimeUnit.MILLISECONDS);
    }
  }

  /** Keeps this target in the rotation while its node is ready. */
  void balance(ChaosNode node, Target target) {
    targets.put(node, target);
  }

  private void look(ChaosNode node) {
    try {
      boolean ready = Direct.isReady(node);
      Target target = targets.get(node);
      if (target != null) {
        target.setReady(ready);
      }
      if (ready) {
        seen.add(new Sight(System.nanoTime(), node, Direct.stats(node)));
      }
    } catch (IOException e) {
      // It says nothing, as a node that has just been killed.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Returns what was seen in a part of the run, in order. */
  List<Sight> in(Span span) {
    return seen.stream().filter(sight -> span.contains(sight.atNanos())).toList();
  }

  /**
   * Returns when the last of these nodes was first seen to hold {@code lost} ejected.
   *
   * @return null if one of them does not say, or did not
   */
  @Nullable Long allEjected(ChaosNode lost, List<ChaosNode> others, Span span) {
    List<Long> times = new ArrayList<>();
    for (ChaosNode other : others) {
      in(span).stream()
          .filter(sight -> sight.node() == other)
          .filter(sight -> Boolean.TRUE.equals(sight.page().holdsEjected(lost.url())))
          .findFirst()
          .ifPresent(sight -> times.add(sight.atNanos()));
    }
    return times.size() < others.size()
        ? null
        : times.stream().reduce((one, two) -> one - two > 0 ? one : two).orElseThrow();
  }

  /** Returns whether the nodes say in which state their peers are. */
  boolean saysStates(Span span) {
    return in(span).stream().anyMatch(sight -> sight.page().peerStates() != null);
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
