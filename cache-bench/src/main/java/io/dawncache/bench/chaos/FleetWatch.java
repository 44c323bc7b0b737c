package io.dawncache.bench.chaos;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Asks every node four times a second whether it is ready, as a load balancer does, and what it
 * knows of its fleet. Safe for use by any thread.
 */
final class FleetWatch implements AutoCloseable {
  static final long INTERVAL_MILLIS = 250;

  private final ScheduledExecutorService threads;
  private final Map<ChaosNode, Target> targets = new ConcurrentHashMap<>();
  private final Sights sights = new Sights();

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
        sights.add(new Sights.Sight(System.nanoTime(), node, Direct.stats(node)));
      }
    } catch (IOException e) {
      // It says nothing, as a node that has just been killed.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Returns what the nodes have said, to which later answers are added. */
  Sights sights() {
    return sights;
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
