package io.dawncache.micrometer;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.dawncache.core.CacheNode;
import io.dawncache.core.Group;
import io.dawncache.server.CacheServer;
import io.dawncache.server.PeerStats;
import io.dawncache.server.ServerStats;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The meters of one node in one registry: for each group those of Micrometer's own cache binders,
 * with the tag {@code cache}, and {@code dawncache.*} beside them, with the tag {@code group}; for
 * a server also those of the node and of each peer. {@code docs/operations.md} lists them.
 *
 * <p>Reads the counters that the node has anyway, when the registry asks for them: a hit does not
 * notice it. Only the timers of loads are told of each load when it ends. Groups and peers that
 * come later get their meters when the registry asks next, and those that have gone lose theirs.
 *
 * <p>Safe for use by any thread.
 *
 * @since 0.1.0
 */
public final class DawncacheMetrics implements AutoCloseable {
  private final CacheNode node;
  private final Samples samples;
  private final MeterSet meters;

  @GuardedBy("this")
  private final Map<Group, GroupMeters> groups = new HashMap<>();

  @GuardedBy("this")
  private final Map<String, MeterSet> peers = new HashMap<>();

  @GuardedBy("this")
  private boolean closed;

  /**
   * Binds a server and its node.
   *
   * @param registry gets the meters
   * @param server the server
   * @param tags put on all of them
   * @return what takes them out again when it is closed
   */
  public static DawncacheMetrics bind(MeterRegistry registry, CacheServer server, Tag... tags) {
    return new DawncacheMetrics(registry, server.node(), server, List.of(tags), System::nanoTime);
  }

  /**
   * Binds the groups of a node that has no server.
   *
   * @param registry gets the meters
   * @param node the node
   * @param tags put on all of them
   * @return what takes them out again when it is closed
   */
  public static DawncacheMetrics bind(MeterRegistry registry, CacheNode node, Tag... tags) {
    return new DawncacheMetrics(registry, node, null, List.of(tags), System::nanoTime);
  }

  DawncacheMetrics(
      MeterRegistry registry,
      CacheNode node,
      @Nullable CacheServer server,
      List<Tag> tags,
      LongSupplier nanoTime) {
    this.node = Objects.requireNonNull(node, "node");
    this.samples = new Samples(node, server, nanoTime, this::follow);
    this.meters = new MeterSet(registry, node, tags);
    if (server != null) {
      NodeMeters.register(meters, samples);
    }
    follow(samples.present());
  }

  /** Adds the meters of what has come since the last sample, and removes those of what has gone. */
  private synchronized void follow(Samples.Sample sample) {
    if (closed) {
      return;
    }
    Collection<Group> present = node.groups();
    groups.entrySet().removeIf(each -> !present.contains(each.getKey()) && each.getValue().close());
    for (Group group : present) {
      groups.computeIfAbsent(group, added -> new GroupMeters(added, meters.empty(), samples));
    }
    ServerStats server = sample.server();
    if (server != null) {
      followPeers(server.peers());
    }
  }

  @GuardedBy("this")
  private void followPeers(List<PeerStats> present) {
    Set<String> urls =
        present.stream().map(peer -> peer.health().url()).collect(Collectors.toSet());
    for (String gone : new HashSet<>(peers.keySet())) {
      if (!urls.contains(gone)) {
        Objects.requireNonNull(peers.remove(gone)).removeAll();
      }
    }
    for (String url : urls) {
      peers.computeIfAbsent(url, added -> PeerMeters.register(meters.empty(), added, samples));
    }
  }

  /** {@return of which node the meters are} */
  @Override
  public String toString() {
    return "meters of the " + node;
  }

  /** Removes all meters from the registry. Closing again does nothing. */
  @Override
  public synchronized void close() {
    closed = true;
    groups.values().forEach(GroupMeters::close);
    groups.clear();
    peers.values().forEach(MeterSet::removeAll);
    peers.clear();
    meters.removeAll();
  }
}
