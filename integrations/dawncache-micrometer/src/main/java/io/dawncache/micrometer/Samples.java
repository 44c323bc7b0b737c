package io.dawncache.micrometer;

import io.dawncache.core.CacheNode;
import io.dawncache.server.CacheServer;
import io.dawncache.server.PeerStats;
import io.dawncache.server.ServerStats;
import io.dawncache.server.ServerStats.GroupReport;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Reads a node's statistics once for all its meters: a registry asks each meter by itself, a
 * hundred times within one scrape. Safe for use by any thread.
 */
final class Samples {
  private static final long HOLDS_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

  /**
   * The statistics at one moment.
   *
   * @param server null for a node without a server
   */
  record Sample(
      Map<String, GroupReport> groups, @Nullable ServerStats server, Map<String, PeerStats> peers) {
    static Sample of(CacheNode node, @Nullable CacheServer server) {
      ServerStats stats = server == null ? null : server.stats();
      List<GroupReport> reports =
          stats == null ? node.groups().stream().map(GroupReport::of).toList() : stats.groups();
      return new Sample(
          reports.stream().collect(Collectors.toMap(GroupReport::name, Function.identity())),
          stats,
          stats == null
              ? Map.of()
              : stats.peers().stream()
                  .collect(Collectors.toMap(peer -> peer.health().url(), Function.identity())));
    }
  }

  private record Read(long nanos, Sample sample) {}

  private final CacheNode node;
  private final @Nullable CacheServer server;
  private final LongSupplier nanoTime;
  private final Consumer<Sample> onNew;
  private volatile @Nullable Read last; // two threads may read at once, which does no harm

  /** Reads a node's; {@code onNew} is called with each new sample, by the thread that reads it. */
  Samples(
      CacheNode node, @Nullable CacheServer server, LongSupplier nanoTime, Consumer<Sample> onNew) {
    this.node = node;
    this.server = server;
    this.nanoTime = nanoTime;
    this.onNew = onNew;
  }

  /** Returns a sample that is at most half a second old. */
  Sample present() {
    long now = nanoTime.getAsLong();
    Read read = last;
    if (read == null || now - read.nanos >= HOLDS_NANOS) {
      read = new Read(now, Sample.of(node, server));
      last = read;
      onNew.accept(read.sample);
    }
    return read.sample;
  }
}
