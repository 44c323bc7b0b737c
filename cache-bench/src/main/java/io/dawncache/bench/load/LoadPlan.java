package io.dawncache.bench.load;

import io.dawncache.core.consistenthash.Scheme;
import io.dawncache.server.Dialect;
import io.dawncache.server.wire.NodeUrl;
import java.util.List;
import java.util.Objects;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;

/**
 * What a run does; the command line has checked it.
 *
 * @param ring the scheme of the ring by which the targets divide keys
 * @param basePath the path of all groups, with a slash at both ends
 * @param keysTold the keys in words
 * @param puts the fraction of the requests that are puts, from 0 to 1
 * @param rate requests a second over all targets; 0 for a closed loop
 * @param connections in all, at least one per target and thread
 * @param depth how many requests may be in flight on a connection
 * @param life after how many requests a connection is closed and opened again
 * @param requests how many are measured; {@link #UNBOUNDED} for as many as the duration has room
 *     for
 * @param durationNanos how long they are measured; {@link #UNBOUNDED} for as long as they take
 * @param tls the TLS of targets whose URLs ask for it; null if none does
 * @param spins whether a thread of an open loop stays awake for what is due in less than 2 ms
 */
record LoadPlan(
    List<NodeUrl> targets,
    Dialect dialect,
    Scheme ring,
    String basePath,
    String group,
    Keys keys,
    String keysTold,
    double puts,
    double rate,
    int connections,
    int depth,
    long life,
    int threads,
    long requests,
    long durationNanos,
    long warmUpNanos,
    long timeoutNanos,
    @Nullable SSLContext tls,
    boolean spins) {
  static final long UNBOUNDED = Long.MAX_VALUE;

  private static final double NANOS = 1e9;

  boolean isOpen() {
    return rate > 0;
  }

  /** Returns how many requests an open loop sends, or a closed loop sends at most. */
  long measuredRequests() {
    return isOpen() && requests == UNBOUNDED ? Math.round(rate * durationNanos / NANOS) : requests;
  }

  /** Returns for how long measured requests are sent; 0 if there is no limit. */
  long windowNanos() {
    if (isOpen()) {
      return (long) (measuredRequests() / rate * NANOS);
    }
    return durationNanos == UNBOUNDED ? 0 : durationNanos;
  }

  /** Returns the schedule of one thread for a run that starts at {@code startNanos}. */
  Schedule schedule(int thread, long startNanos) {
    if (!isOpen()) {
      long measuredFromNanos = startNanos + warmUpNanos;
      return new Schedule.Closed(
          startNanos,
          measuredFromNanos,
          durationNanos == UNBOUNDED ? Schedule.NEVER : measuredFromNanos + durationNanos,
          requests == UNBOUNDED ? UNBOUNDED : share(requests, thread));
    }
    // The threads take turns, so that the requests of all of them are evenly spread.
    double periodNanos = NANOS * threads / rate;
    double phaseNanos = NANOS * thread / rate;
    long warmUps = (long) Math.ceil(Math.max(0, warmUpNanos - phaseNanos) / periodNanos);
    return new Schedule.Open(
        startNanos + (long) phaseNanos, periodNanos, warmUps, share(measuredRequests(), thread));
  }

  /** Returns a thread's part of a total. */
  long share(long total, int thread) {
    return total / threads + (thread < total % threads ? 1 : 0);
  }

  /** Returns the TLS of a new connection to a target; null for none. */
  @Nullable SSLEngine engine(int target) {
    NodeUrl node = targets.get(target);
    if (!node.tls()) {
      return null;
    }
    SSLEngine engine = Objects.requireNonNull(tls).createSSLEngine(node.host(), node.port());
    engine.setUseClientMode(true);
    SSLParameters parameters = engine.getSSLParameters();
    parameters.setEndpointIdentificationAlgorithm("HTTPS");
    engine.setSSLParameters(parameters);
    return engine;
  }

  /** Returns which targets receive the puts. */
  KeyOwners owners() {
    return puts > 0 && targets.size() > 1
        ? KeyOwners.of(targets, ring, keys)
        : KeyOwners.everybody();
  }
}
