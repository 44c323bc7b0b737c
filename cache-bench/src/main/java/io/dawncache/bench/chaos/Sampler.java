package io.dawncache.bench.chaos;

import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Measures the processes of nodes at equal distances of time. What is done to a node that would
 * stop its process, or end it, goes between two measurements of it.
 */
final class Sampler implements AutoCloseable {
  private final Curves curves = new Curves();
  private final Map<ChaosNode, Lock> locks = new HashMap<>();
  private final Map<Integer, Long> processes = new HashMap<>(); // belongs to the thread
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "soak-sampler");
            thread.setDaemon(true);
            return thread;
          });
  private final long beginNanos;
  private int rounds; // belongs to the thread

  /** Measures nodes that run, from now on. */
  Sampler(List<ChaosNode> nodes, SoakPlan plan, long beginNanos) {
    this.beginNanos = beginNanos;
    for (ChaosNode node : nodes) {
      locks.put(node, new ReentrantLock());
    }
    long period = plan.betweenSamples().toNanos();
    thread.scheduleAtFixedRate(() -> measure(nodes), 0, period, TimeUnit.NANOSECONDS);
  }

  Curves curves() {
    return curves;
  }

  /** Waits until a node is not being measured; it is not, until the lock is released. */
  Lock lock(ChaosNode node) {
    Lock lock = locks.get(node);
    if (lock == null) {
      throw new IllegalArgumentException(node.url() + ": unknown (expected: one that is measured)");
    }
    lock.lock();
    return lock;
  }

  private void measure(List<ChaosNode> nodes) {
    boolean all = rounds++ % SoakPlan.SAMPLES_A_COLLECTION == 0;
    for (ChaosNode node : nodes) {
      Lock lock = locks.get(node);
      if (lock != null && lock.tryLock()) {
        try {
          measure(node, all);
        } catch (IOException e) {
          // The process has ended by itself: that is found where it is missed.
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        } finally {
          lock.unlock();
        }
      }
    }
  }

  private void measure(ChaosNode node, boolean all) throws IOException, InterruptedException {
    if (!node.isAlive()) {
      return;
    }
    Long before = processes.put(node.number(), node.pid());
    if (before != null && before != node.pid()) {
      for (Gauge gauge : Gauge.values()) {
        add(gauge, node, Double.NaN);
      }
    }
    add(Gauge.RESIDENT_MEMORY, node, (double) Footprint.residentBytes(node));
    add(Gauge.DESCRIPTORS, node, (double) Footprint.entries(node, "fd"));
    add(Gauge.THREADS, node, (double) Footprint.entries(node, "task"));
    if (all) {
      add(Gauge.LIVE_HEAP, node, (double) Footprint.liveBytes(node));
      add(Gauge.DIRECT_MEMORY, node, (double) Footprint.directBytes(node));
    }
  }

  private void add(Gauge gauge, ChaosNode node, double value) {
    curves.add(gauge, node.number(), (System.nanoTime() - beginNanos) / 1e9, value);
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }
}
