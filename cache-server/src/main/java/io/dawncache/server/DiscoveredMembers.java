package io.dawncache.server;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Puts the lists that a {@link Discovery} reports into force, and logs what keeps it from that: a
 * failure once, until it is over or another one takes its place.
 */
final class DiscoveredMembers implements Discovery.Listener, AutoCloseable {
  /*
   * The first list is put into force at once. A later one waits for a moment, and only the last of
   * those that come in it counts: when many nodes start, each change of the list would otherwise
   * move keys that the next change moves again.
   */
  private static final long PAUSE_MILLIS = 200;

  private static final System.Logger LOG = System.getLogger(CacheServer.class.getName());

  private final Discovery discovery;
  private final Consumer<List<String>> inForce;
  private final ScheduledThreadPoolExecutor thread;

  @GuardedBy("this")
  private @Nullable List<String> waiting; // the last list that was reported and not looked at

  @GuardedBy("this")
  private @Nullable String trouble;

  private volatile boolean ready;

  /**
   * Waits for the first report.
   *
   * @param inForce puts a list into force, or throws an {@link IllegalArgumentException}; may block
   */
  DiscoveredMembers(Discovery discovery, Consumer<List<String>> inForce) {
    this.discovery = discovery;
    this.inForce = inForce;
    this.thread =
        new ScheduledThreadPoolExecutor(
            1,
            task -> {
              Thread made = new Thread(task, "dawncache-members");
              made.setDaemon(true);
              return made;
            });
  }

  /** Starts the discovery of a node whose URL is {@code self}. */
  void start(String self) {
    LOG.log(Level.INFO, "members: looked for in {0}", discovery.toString());
    discovery.start(self, this);
  }

  @Override
  public synchronized void found(List<String> members) {
    boolean comes = waiting != null;
    waiting = List.copyOf(members);
    if (!comes && !thread.isShutdown()) {
      thread.schedule(this::putIntoForce, ready ? PAUSE_MILLIS : 0, TimeUnit.MILLISECONDS);
    }
  }

  private void putIntoForce() {
    List<String> members;
    synchronized (this) {
      members = waiting;
      waiting = null;
    }
    try {
      if (members == null || members.isEmpty()) {
        throw new IllegalArgumentException("no member (expected: one at least)");
      }
      inForce.accept(members);
      ready = true;
      over();
    } catch (IllegalArgumentException e) {
      failed(discovery + ": " + e.getMessage());
    }
  }

  private synchronized void over() {
    if (trouble != null) {
      trouble = null;
      LOG.log(Level.INFO, "{0}: a list that can be used again", discovery.toString());
    }
  }

  @Override
  public synchronized void failed(String reason) {
    if (!thread.isShutdown() && !reason.equals(trouble)) {
      trouble = reason;
      LOG.log(
          Level.WARNING,
          "{0}; {1}",
          reason,
          ready ? "the last list stays in force" : "the node is not ready without a list");
    }
  }

  /** Returns whether a list is in force. */
  boolean isReady() {
    return ready;
  }

  /** Returns why no newer list can be had, or null. */
  synchronized @Nullable String trouble() {
    return trouble;
  }

  /** Returns where the members are looked for. */
  String source() {
    return discovery.toString();
  }

  /** A member could not be reached: perhaps the list has changed. */
  void lookAgain() {
    discovery.lookAgain();
  }

  @Override
  public void close() {
    discovery.close();
    synchronized (this) {
      thread.shutdownNow();
    }
  }
}
