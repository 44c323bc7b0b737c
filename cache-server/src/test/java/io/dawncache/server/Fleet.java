package io.dawncache.server;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dawncache.core.CacheNode;
import io.dawncache.core.Getter;
import io.dawncache.core.Group;
import io.dawncache.core.GroupConfig;
import io.dawncache.core.GroupStats;
import io.dawncache.core.Membership;
import io.dawncache.core.consistenthash.Ring;
import io.dawncache.core.consistenthash.Scheme;
import io.dawncache.server.testing.Books;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Some nodes on loopback that know each other; checks their books when it closes. */
final class Fleet implements AutoCloseable {
  static final String GROUP = "scores";

  /** Nodes keep no copies of others' values, so that a test can count who asks whom. */
  static final GroupConfig WITHOUT_COPIES = GroupConfig.builder().hotBytes(0).build();

  private final Scheme scheme;
  private final List<CacheNode> nodes = new ArrayList<>();
  private final List<CacheServer> servers = new ArrayList<>();

  private Fleet(Scheme scheme) {
    this.scheme = scheme;
  }

  /** Starts nodes whose getters the index makes, all members of one ring. */
  static Fleet of(int size, IntFunction<Getter> getters) throws IOException {
    return of(size, ServerConfig.builder(), getters);
  }

  static Fleet of(int size, ServerConfig.Builder config, IntFunction<Getter> getters)
      throws IOException {
    Fleet fleet = strangers(size, config, getters);
    List<String> members = fleet.servers.stream().map(CacheServer::self).toList();
    fleet.servers.forEach(server -> server.setMembers(members));
    return fleet;
  }

  /** Starts nodes that stand alone until a test has them join. */
  static Fleet strangers(int size, ServerConfig.Builder config, IntFunction<Getter> getters)
      throws IOException {
    Fleet fleet = new Fleet(config.build().ring());
    for (int i = 0; i < size; i++) {
      CacheNode node = CacheNode.create();
      fleet.nodes.add(node);
      node.addGroup(GROUP, WITHOUT_COPIES, getters.apply(i));
      fleet.servers.add(CacheServer.start(node, config.build()));
    }
    return fleet;
  }

  /**
   * Stops a server as a process ends that is killed: it notifies no member, and hands nothing over.
   */
  static void kill(CacheServer server) {
    server.closeNow();
  }

  CacheServer server(int index) {
    return servers.get(index);
  }

  CacheNode node(int index) {
    return nodes.get(index);
  }

  Group group(int index) {
    Group group = nodes.get(index).group(GROUP);
    assertTrue(group != null);
    return group;
  }

  GroupStats stats(int index) {
    return group(index).stats();
  }

  /** Returns the index of the node that the ring names for {@code key}. */
  int ownerOf(String key) {
    String owner = ring().owner(key);
    return IntStream.range(0, servers.size())
        .filter(i -> servers.get(i).self().equals(owner))
        .findFirst()
        .orElseThrow();
  }

  /** Returns a key that the node of this index owns. */
  String keyOwnedBy(int index) {
    return keyOwnedBy(servers.get(index).self(), ring());
  }

  /** Returns a key with this beginning whose first owners are these nodes, in this order. */
  String keyOwnedInTurnBy(String beginning, List<Integer> owners) {
    List<String> urls = owners.stream().map(i -> servers.get(i).self()).toList();
    return Stream.iterate(0, i -> i + 1)
        .map(i -> beginning + i)
        .filter(key -> urls.equals(firstOwners(key, urls.size())))
        .findFirst()
        .orElseThrow();
  }

  private List<String> firstOwners(String key, int count) {
    Iterator<String> owners = ring().owners(key);
    return Stream.generate(owners::next).limit(count).toList();
  }

  /** Returns a key that this one of the members owns, if they divide keys as by default. */
  static String keyOwnedBy(String member, List<String> members) {
    Scheme scheme = ServerConfig.builder().build().ring();
    return keyOwnedBy(member, Ring.of(scheme, Membership.REPLICAS, members));
  }

  /** Returns the first owner of a key among these members, if they divide keys as by default. */
  static String ownerOf(String key, List<String> members) {
    Scheme scheme = ServerConfig.builder().build().ring();
    return Ring.of(scheme, Membership.REPLICAS, members).owner(key);
  }

  private static String keyOwnedBy(String member, Ring ring) {
    return Stream.iterate(0, i -> i + 1)
        .map(i -> "key-" + i)
        .filter(key -> ring.owner(key).equals(member))
        .findFirst()
        .orElseThrow();
  }

  private Ring ring() {
    return Ring.of(scheme, Membership.REPLICAS, servers.get(0).members());
  }

  @Override
  public void close() {
    servers.forEach(CacheServer::close);
    nodes.forEach(CacheNode::close);
    nodes.forEach(Books::check);
  }

  /** How long a test waits for what must happen, before it fails. */
  static final Duration PATIENCE = Duration.ofSeconds(30);
}
