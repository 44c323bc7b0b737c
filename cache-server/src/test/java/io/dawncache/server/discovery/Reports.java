package io.dawncache.server.discovery;

import io.dawncache.server.Discovery;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** Keeps what a discovery reports, in its order. */
final class Reports implements Discovery.Listener {
  private static final long PATIENCE_SECONDS = 60;

  private final BlockingQueue<String> reports = new LinkedBlockingQueue<>();

  @Override
  public void found(List<String> members) {
    reports.add("found " + String.join(" ", members));
  }

  @Override
  public void failed(String reason) {
    reports.add("failed " + reason);
  }

  /** Takes all reports so far. */
  List<String> take() {
    List<String> taken = new java.util.ArrayList<>();
    reports.drainTo(taken);
    return taken;
  }

  /** Waits for the next report that is not {@code last}. */
  String nextAfter(String last) throws InterruptedException {
    String next;
    do {
      next = reports.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
      if (next == null) {
        throw new AssertionError("no report after " + last);
      }
    } while (next.equals(last));
    return next;
  }
}
