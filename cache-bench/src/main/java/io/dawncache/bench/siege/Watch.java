package io.dawncache.bench.siege;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.dawncache.operations.page.StatsPage;
import java.io.IOException;
import java.net.InetSocketAddress;

/**
 * Looks at a node four times a second: whether it says that it is alive, on its data port and on
 * its operations listener, and what its process holds. Each look is a connection of its own.
 */
final class Watch implements AutoCloseable {
  private static final long INTERVAL_MILLIS = 250;
  private static final int PAGE_MILLIS = 10_000;

  private final SiegeNode node;
  private final Thread thread;

  @GuardedBy("this")
  private Seen seen = new Seen(0, 0, "", 0, 0, 0, 0, 0);

  /**
   * What was seen.
   *
   * @param asked how many times the node was asked whether it is alive
   * @param silent how many times it did not say so
   * @param trouble what it said then, the last time
   * @param slowestNanos how long the slowest answer took
   * @param residentBytes the most physical memory
   * @param descriptors the most open files and sockets
   * @param connections the most connections, as the node counts them
   * @param inFlightBytes the most bytes in flight, as the node counts them
   */
  record Seen(
      long asked,
      long silent,
      String trouble,
      long slowestNanos,
      long residentBytes,
      long descriptors,
      long connections,
      long inFlightBytes) {
    private Seen answered(long nanos) {
      return new Seen(
          asked + 1,
          silent,
          trouble,
          Math.max(slowestNanos, nanos),
          residentBytes,
          descriptors,
          connections,
          inFlightBytes);
    }

    private Seen silence(String why) {
      return new Seen(
          asked + 1,
          silent + 1,
          why,
          slowestNanos,
          residentBytes,
          descriptors,
          connections,
          inFlightBytes);
    }

    private Seen holds(SiegeNode.Held held) {
      return new Seen(
          asked,
          silent,
          trouble,
          slowestNanos,
          Math.max(residentBytes, held.residentBytes()),
          Math.max(descriptors, held.descriptors()),
          connections,
          inFlightBytes);
    }

    private Seen says(StatsPage page) {
      return new Seen(
          asked,
          silent,
          trouble,
          slowestNanos,
          residentBytes,
          descriptors,
          Math.max(connections, page.connections()),
          Math.max(inFlightBytes, inFlight(page)));
    }
  }

  /** Looks from now on. */
  Watch(SiegeNode node) {
    this.node = node;
    thread = new Thread(this::run, "siege-watch");
    thread.setDaemon(true);
    thread.start();
  }

  /** Returns the bytes in flight that a node's page has. */
  static long inFlight(StatsPage page) {
    return page.bytesInFlight() == null ? 0 : page.bytesInFlight().bytes();
  }

  private void run() {
    try {
      while (true) {
        ask(node.data());
        ask(node.operations());
        look();
        Thread.sleep(INTERVAL_MILLIS);
      }
    } catch (InterruptedException e) {
      // The watch has ended.
    }
  }

  private void ask(InetSocketAddress address) {
    try {
      SiegeNode.Page page = SiegeNode.page(address, "/healthz", PAGE_MILLIS);
      synchronized (this) {
        seen =
            page.status() == 200
                ? seen.answered(page.nanos())
                : seen.silence("status " + page.status());
      }
    } catch (IOException e) {
      synchronized (this) {
        seen = seen.silence(String.valueOf(e.getMessage()));
      }
    }
  }

  private void look() {
    try {
      SiegeNode.Held held = node.held();
      synchronized (this) {
        seen = seen.holds(held);
      }
      StatsPage page = node.stats();
      synchronized (this) {
        seen = seen.says(page);
      }
    } catch (IOException e) {
      // Whether it answers is asked elsewhere.
    }
  }

  /** Looks no more, and returns what was seen. */
  Seen end() throws InterruptedException {
    close();
    thread.join();
    synchronized (this) {
      return seen;
    }
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
