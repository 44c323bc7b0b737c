package io.dawncache.server;

import io.dawncache.core.Membership;
import io.dawncache.server.peer.Ejections;
import java.util.Objects;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Ejects members and readmits them on a thread of its own, because every change of owners sweeps
 * through this node's memory.
 */
final class EjectedMembers implements Ejections, AutoCloseable {
  private static final int IDLE_SECONDS = 10;

  private final int maxPercent;
  private final ThreadPoolExecutor thread;
  private volatile @Nullable Membership membership;

  /**
   * Ejects nobody yet.
   *
   * @param maxPercent how many of 100 members may be ejected
   */
  EjectedMembers(int maxPercent) {
    this.maxPercent = maxPercent;
    this.thread =
        new ThreadPoolExecutor(
            1,
            1,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            task -> {
              Thread made = new Thread(task, "dawncache-health");
              made.setDaemon(true);
              return made;
            });
    thread.allowCoreThreadTimeOut(true);
  }

  /** Sets the membership, before the first request is sent. */
  void setMembership(Membership membership) {
    this.membership = membership;
  }

  private Membership membership() {
    return Objects.requireNonNull(membership, "membership");
  }

  @Override
  public void eject(String url, Consumer<Boolean> done) {
    later(
        () -> {
          Membership present = membership();
          done.accept(present.eject(url, fewestLeft(present.members().size())));
        });
  }

  private int fewestLeft(int members) {
    return members - members * maxPercent / 100;
  }

  @Override
  public void readmit(String url, Runnable done) {
    later(
        () -> {
          membership().readmit(url);
          done.run();
        });
  }

  /** Another member has held this node ejected until now. */
  void wasEjected() {
    later(() -> membership().wasEjected());
  }

  private void later(Runnable task) {
    try {
      thread.execute(task);
    } catch (RejectedExecutionException e) {
      // The server has stopped.
    }
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }
}
