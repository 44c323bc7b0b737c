package io.dawncache.server.peer;

import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Whether this node can reach a peer. After a peer could not be asked it is not asked for a while:
 * its keys go to the next owner at once, and a dead node is dialled once in that time, not on every
 * miss.
 */
final class Reachability {
  private static final System.Logger LOG = System.getLogger(Reachability.class.getName());
  private static final long REACHABLE = Long.MIN_VALUE;

  private final @Nullable String peer;
  private final long avoidNanos;
  private final LongSupplier nanoTime;
  private volatile Consumer<String> onMissed = why -> {};
  private volatile Runnable onLost = () -> {};

  // REACHABLE, or the time from which the peer may be tried again.
  private final AtomicLong avoidedUntil = new AtomicLong(REACHABLE);

  /**
   * Starts with a peer that is reachable.
   *
   * @param peer the peer's URL for the log; null to log nothing
   */
  Reachability(@Nullable String peer, long avoidNanos, LongSupplier nanoTime) {
    this.peer = peer;
    this.avoidNanos = avoidNanos;
    this.nanoTime = nanoTime;
  }

  /** As {@link #Reachability}, but logs nothing. */
  static Reachability unlogged(long avoidNanos, LongSupplier nanoTime) {
    return new Reachability(null, avoidNanos, nanoTime);
  }

  /**
   * Returns whether the caller may ask the peer now. While the peer is avoided, one caller may in
   * each avoid time, to find out whether it is back; this takes that try.
   */
  boolean tryAcquire() {
    long until = avoidedUntil.get();
    if (until == REACHABLE) {
      return true;
    }
    long now = nanoTime.getAsLong();
    return now - until >= 0 && avoidedUntil.compareAndSet(until, now + avoidNanos);
  }

  /** Returns whether the peer is not avoided; takes no try. */
  boolean isReachable() {
    return avoidedUntil.get() == REACHABLE;
  }

  /** Returns a try that had no result: the next caller may ask at once. */
  void release() {
    long until = avoidedUntil.get();
    if (until != REACHABLE) {
      avoidedUntil.compareAndSet(until, nanoTime.getAsLong());
    }
  }

  /** The peer answered or took a connection. Logged once after {@link #missed}. */
  void reached() {
    boolean wasMissed =
        avoidedUntil.get() != REACHABLE && avoidedUntil.getAndSet(REACHABLE) != REACHABLE;
    if (wasMissed && peer != null) {
      LOG.log(System.Logger.Level.INFO, "peer {0}: reached again", peer);
    }
  }

  /** Sets what is called, with the reason, each time that a request could not ask the peer. */
  void onMissed(Consumer<String> listener) {
    onMissed = listener;
  }

  /** Sets what is called each time that a connection ended before the answer to a request. */
  void onLost(Runnable listener) {
    onLost = listener;
  }

  /** A connection ended before the answer: perhaps the peer cannot be asked any more. */
  void lost() {
    onLost.run();
  }

  /** A request could not ask the peer. Logged the first time. */
  void missed(String why) {
    missed();
    onMissed.accept(why);
  }

  /** The peer could not be asked. Logged the first time. */
  void missed() {
    long before = avoidedUntil.getAndSet(nanoTime.getAsLong() + avoidNanos);
    if (before == REACHABLE && peer != null) {
      LOG.log(
          System.Logger.Level.WARNING, "peer {0}: could not be asked, so others are asked", peer);
    }
  }
}
