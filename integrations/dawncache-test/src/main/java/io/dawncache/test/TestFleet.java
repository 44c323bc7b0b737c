package io.dawncache.test;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.dawncache.core.CacheNode;
import io.dawncache.core.Membership;
import io.dawncache.core.consistenthash.Ring;
import io.dawncache.server.CacheServer;
import io.dawncache.server.PeerHealth;
import io.dawncache.server.ServerConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * A fleet in this JVM: some nodes with real servers on loopback, which know each other and speak
 * the protocol of production.
 *
 * <p>Each member has the same groups, which the test adds once, for a node. A member listens at a
 * free port behind an address of its own, which stays the same while the member is silent or gone.
 * The nodes divide the heap evenly. Needs no file, no configuration and no network beyond loopback.
 *
 * <p>Safe for use by any thread. Calls that start, stop or wait block.
 *
 * @since 0.1.0
 */
public final class TestFleet implements AutoCloseable {
  private final Consumer<? super CacheNode> groups;
  private final Consumer<? super CacheNode.Builder> nodes;
  private final Consumer<? super ServerConfig.Builder> servers;
  private final Duration patience;
  private final long heapBytes;
  private final List<TestMember> members = new ArrayList<>(); // complete when it is started

  private TestFleet(Builder builder) {
    groups = builder.groups;
    nodes = builder.nodes;
    servers = builder.servers;
    patience = builder.patience;
    heapBytes = Runtime.getRuntime().maxMemory() / builder.size;
  }

  /**
   * Starts a fleet with the defaults. Returns when every member has the same list.
   *
   * @param size the number of members, at least 1
   * @param groups adds the groups to a node; called for each member, and again when one comes back
   * @return the fleet, to be closed
   * @throws IllegalArgumentException if {@code size} is below 1
   * @throws UncheckedIOException if a port on loopback cannot be opened
   */
  public static TestFleet start(int size, Consumer<? super CacheNode> groups) {
    return builder(size, groups).start();
  }

  /**
   * {@return a builder with the defaults}
   *
   * @param size the number of members, at least 1
   * @param groups adds the groups to a node; called for each member, and again when one comes back
   * @throws IllegalArgumentException if {@code size} is below 1
   */
  public static Builder builder(int size, Consumer<? super CacheNode> groups) {
    return new Builder(size, groups);
  }

  /** {@return all members, those that are gone too; unmodifiable} */
  public List<TestMember> members() {
    return List.copyOf(members);
  }

  /**
   * {@return one member}
   *
   * @param index from 0
   * @throws IndexOutOfBoundsException if there is none
   */
  public TestMember member(int index) {
    return members.get(index);
  }

  /**
   * {@return the member that owns a key while all members have the same list}
   *
   * @param key any key
   */
  public TestMember ownerOf(String key) {
    String url = ring().owner(key);
    return members.stream().filter(member -> member.url().equals(url)).findFirst().orElseThrow();
  }

  /** Returns the ring of the whole list. */
  Ring ring() {
    ServerConfig config = newServerConfig(members.get(0).url(), urls());
    return Ring.of(config.ring(), Membership.REPLICAS, urls());
  }

  List<String> urls() {
    return members.stream().map(TestMember::url).toList();
  }

  /** Returns a short name of the member of that URL. */
  String nameOf(String url) {
    return members.stream()
        .filter(member -> member.url().equals(url))
        .findFirst()
        .map(member -> "member " + member.index())
        .orElse(url);
  }

  CacheNode newNode() {
    CacheNode.Builder builder = CacheNode.builder().heapBytes(heapBytes);
    nodes.accept(builder);
    CacheNode node = builder.build();
    try {
      groups.accept(node);
    } catch (RuntimeException | Error e) {
      node.close();
      throw e;
    }
    return node;
  }

  ServerConfig newServerConfig(String self, List<String> members) {
    ServerConfig.Builder builder = ServerConfig.builder().eventLoops(1);
    servers.accept(builder);
    return builder.host(Gate.HOST).port(0).self(self).members(members).build();
  }

  /**
   * Ends all faults of members: those that are silent answer again, those that are gone are started
   * again, and all get the list of all members. Returns when each member asks each other one again.
   * Values and counters stay as they are; an origin has its own {@link TestOrigin#recover}.
   *
   * @throws AssertionError if that takes longer than the fleet's patience
   */
  public void heal() {
    for (TestMember member : members) {
      member.start(); // if it is gone
      member.resume();
    }
    shareList();
    await("every member reaches every other", this::isWhole);
  }

  /** Sets the list of all members at each of them. */
  private void shareList() {
    members.forEach(TestMember::hold); // nobody meets an older list meanwhile
    members.forEach(member -> member.setMembers(urls()));
    members.forEach(TestMember::release);
  }

  private boolean isWhole() {
    return members.stream().allMatch(TestFleet::reachesAll);
  }

  private static boolean reachesAll(TestMember member) {
    CacheServer server = member.server();
    return server.isReady()
        && server.otherLists().isEmpty()
        && server.peers().stream().allMatch(peer -> peer.state() == PeerHealth.State.UP);
  }

  /**
   * Waits until a condition holds. It is looked at again and again, so it may be a change that
   * nothing reports.
   *
   * @param what the condition in words, for the message
   * @param condition quick, and safe to be called many times
   * @throws AssertionError if it does not hold within the fleet's patience; the message has the
   *     {@link #state} of the fleet
   */
  public void await(String what, BooleanSupplier condition) {
    Await.until(patience, condition, () -> what + "\n" + state());
  }

  /**
   * {@return what each member knows, counts and holds, in some lines of text} For people: its form
   * may change.
   */
  public String state() {
    StringBuilder text = new StringBuilder();
    members.forEach(member -> member.describe(text));
    return text.toString();
  }

  /** Ends all members at once. Loads that run are interrupted. Closing again does nothing. */
  @Override
  public void close() {
    members.forEach(TestMember::close);
  }

  /** {@return its members, each with its state} */
  @Override
  public String toString() {
    return members.toString();
  }

  /** Collects what a {@link TestFleet} is made of; not thread-safe. */
  @SuppressWarnings("exports") // CanIgnoreReturnValue is for compilers that know it
  public static final class Builder {
    private final int size;
    private final Consumer<? super CacheNode> groups;
    private Consumer<? super CacheNode.Builder> nodes = node -> {};
    private Consumer<? super ServerConfig.Builder> servers = server -> {};
    private Duration patience = Await.PATIENCE;

    private Builder(int size, Consumer<? super CacheNode> groups) {
      if (size < 1) {
        throw new IllegalArgumentException("size: " + size + " (expected: >= 1)");
      }
      this.size = size;
      this.groups = Objects.requireNonNull(groups, "groups");
    }

    /**
     * Sets what changes the builder of each node before it is built, for example its heap.
     *
     * @param nodes called for each member, and again when one comes back
     * @return this builder
     */
    @CanIgnoreReturnValue
    public Builder nodes(Consumer<? super CacheNode.Builder> nodes) {
      this.nodes = Objects.requireNonNull(nodes, "nodes");
      return this;
    }

    /**
     * Sets what changes the configuration of each server before it is built, for example its
     * secrets. Host, port, own URL and members are the fleet's, and TLS and a discovery are
     * refused.
     *
     * @param servers called for each member, and again when one comes back
     * @return this builder
     */
    @CanIgnoreReturnValue
    public Builder servers(Consumer<? super ServerConfig.Builder> servers) {
      this.servers = Objects.requireNonNull(servers, "servers");
      return this;
    }

    /**
     * Sets how long {@link TestFleet#await} and {@link TestFleet#heal} wait at most; default 30 s.
     *
     * @param patience more than zero
     * @return this builder
     */
    @CanIgnoreReturnValue
    public Builder patience(Duration patience) {
      this.patience = Await.checked(patience);
      return this;
    }

    /** {@return the number of members} */
    @Override
    public String toString() {
      return "a fleet of " + size;
    }

    /**
     * Starts the fleet. Returns when every member has the same list.
     *
     * @return the fleet, to be closed
     * @throws UncheckedIOException if a port on loopback cannot be opened
     * @throws IllegalArgumentException if the configuration of a node or a server is refused
     */
    public TestFleet start() {
      TestFleet fleet = new TestFleet(this);
      boolean started = false;
      try {
        for (int i = 0; i < size; i++) {
          fleet.members.add(new TestMember(fleet, i));
        }
        fleet.members.forEach(member -> member.start(List.of())); // alone, it asks nobody
        fleet.shareList();
        started = true;
        return fleet;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      } finally {
        if (!started) {
          fleet.close();
        }
      }
    }
  }
}
