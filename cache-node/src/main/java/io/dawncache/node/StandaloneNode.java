package io.dawncache.node;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.dawncache.core.CacheNode;
import io.dawncache.core.CachePolicy;
import io.dawncache.core.Group;
import io.dawncache.core.GroupConfig;
import io.dawncache.node.config.NodeConfig;
import io.dawncache.node.origin.GuardedOrigin;
import io.dawncache.node.origin.OriginHealth;
import io.dawncache.operations.page.StatsPage;
import io.dawncache.server.CacheServer;
import io.dawncache.server.Page;
import io.dawncache.server.ServerConfig;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * A node in a process of its own: groups with their origins, the server in front of them, and the
 * pages {@code /healthz}, {@code /readyz} and {@code /stats}.
 */
final class StandaloneNode implements AutoCloseable {
  private final CacheNode node = CacheNode.create();

  /**
   * Null until {@link #start} is about to return; a request for a page may arrive a moment earlier.
   */
  private volatile @Nullable CacheServer server;

  /** The open origins, by group. */
  private final Map<String, GuardedOrigin> origins = new ConcurrentHashMap<>();

  private StandaloneNode() {}

  /**
   * Starts a node that serves when this returns, as a member of its fleet.
   *
   * @param server where, how and with which members to serve; this adds the pages to it
   * @param groups no name twice; their origins are closed with the node, also if it does not start
   * @throws IOException if the server cannot listen on the address
   * @throws IllegalArgumentException if no node could work with the configuration
   */
  static StandaloneNode start(ServerConfig.Builder server, List<GroupOrigin> groups)
      throws IOException {
    StandaloneNode started = new StandaloneNode();
    try {
      groups.forEach(started::addGroup);
      server.page("/healthz", new Page("text/plain; charset=utf-8", started::health));
      server.page(
          "/readyz", new Page("text/plain; charset=utf-8", started::readiness, started::isReady));
      if (server.build().clientTokens()
          == null) { // else clients without a token would see the groups
        server.page(
            "/stats", new Page("application/json", started::stats, () -> started.server != null));
      }
      started.server = CacheServer.start(started.node, server.build());
      started.origins.keySet().forEach(started::joinOrigin);
      return started;
    } catch (Throwable e) {
      started.closeGroups();
      groups.stream()
          .map(GroupOrigin::origin)
          .filter(origin -> !started.origins.containsValue(origin)) // not closed yet
          .forEach(GuardedOrigin::close);
      throw e;
    }
  }

  /**
   * Adds a group.
   *
   * @throws IllegalArgumentException as {@link CacheNode#addGroup(String, GroupConfig, Getter)}
   */
  void addGroup(GroupOrigin group) {
    var unused =
        node.addGroup(group.name(), group.config(), WatchedGetter.of(group.origin().getter()));
    origins.put(group.name(), group.origin());
    if (server != null) { // else at the end of the start
      joinOrigin(group.name());
    }
  }

  /** Returns the names of the groups. */
  Set<String> groups() {
    return Set.copyOf(origins.keySet());
  }

  /** Removes a group, and closes its origin. */
  void removeGroup(String name) {
    var unused = node.removeGroup(name);
    GuardedOrigin origin = origins.remove(name);
    if (origin != null) {
      origin.close();
    }
  }

  /**
   * Changes how a group keeps its values; all but its policy, which takes a restart.
   *
   * @throws IllegalArgumentException as {@link CacheNode#reconfigureGroup}
   */
  void reconfigure(NodeConfig.Group group) {
    reconfigure(group.name(), group.builder());
  }

  /**
   * As {@link #reconfigure(NodeConfig.Group)}, with another budget.
   *
   * @throws IllegalArgumentException as {@link CacheNode#reconfigureGroup}
   */
  void resize(NodeConfig.Group group, long maxBytes) {
    reconfigure(group.name(), group.builder().maxBytes(maxBytes));
  }

  private void reconfigure(String name, GroupConfig.Builder config) {
    CachePolicy policy = Objects.requireNonNull(node.group(name), "group").config().policy();
    node.reconfigureGroup(name, config.policy(policy).build());
  }

  /** Makes a group load from another origin; returns the former one, which loads may still ask. */
  GuardedOrigin changeOrigin(String name, GuardedOrigin origin) {
    node.changeOrigin(name, WatchedGetter.of(origin.getter()));
    GuardedOrigin former = Objects.requireNonNull(origins.put(name, origin), "former origin");
    joinOrigin(name);
    return former;
  }

  /** Returns the server in front of the groups. */
  CacheServer server() {
    return Objects.requireNonNull(server, "server");
  }

  /**
   * Stops the server when requests in flight are answered or its grace is over; then the groups and
   * their origins.
   */
  @Override
  public void close() {
    server().close();
    closeGroups();
  }

  /** Tells an origin which keys this node owns, and has it say which keys have changed. */
  private void joinOrigin(String group) {
    GuardedOrigin origin = Objects.requireNonNull(origins.get(group), "origin");
    origin.join(new RingOwnership(server()));
    origin.listen(new OriginChanges(Objects.requireNonNull(node.group(group), "group")));
  }

  /**
   * Returns why an origin cannot be asked that has never answered this node, or null. One that
   * fails later leaves the node ready: it still has what it holds.
   */
  @Nullable String originTrouble() {
    for (Map.Entry<String, GuardedOrigin> origin : origins.entrySet()) {
      OriginHealth health = origin.getValue().health();
      Group group = node.group(origin.getKey());
      if (health.state() == OriginHealth.State.UNREACHABLE
          && group != null
          && group.stats().localLoads() == 0) {
        return origin.getKey() + ": " + health.reason();
      }
    }
    return null;
  }

  private void closeGroups() {
    node.close();
    origins.values().forEach(GuardedOrigin::close);
  }

  /** Runs on an event loop. Any answer means that the node is healthy. */
  private byte[] health() {
    return "ok\n".getBytes(UTF_8);
  }

  /** Runs on an event loop. */
  private boolean isReady() {
    CacheServer present = server;
    return present != null && present.isReady();
  }

  /** Runs on an event loop. Says why the node is not ready, or what else is wrong. */
  private byte[] readiness() {
    CacheServer present = server;
    if (present == null) {
      return "not ready: starting\n".getBytes(UTF_8);
    }
    String trouble = present.discoveryTrouble();
    StringBuilder text = new StringBuilder();
    if (present.isReady()) {
      text.append("ready\n");
    } else if (present.members().isEmpty() && present.discovery() != null) {
      text.append("not ready: no members yet from ").append(present.discovery()).append('\n');
    } else {
      text.append("not ready: stopping\n");
    }
    if (trouble != null) {
      text.append("members: ").append(trouble).append('\n');
    }
    return text.toString().getBytes(UTF_8);
  }

  /** Runs on an event loop. Without a body of its own until the server is there. */
  private byte[] stats() {
    CacheServer present = server;
    String page = present == null ? "{}\n" : StatsPage.of(present.stats()).toJson();
    return page.getBytes(UTF_8);
  }
}
