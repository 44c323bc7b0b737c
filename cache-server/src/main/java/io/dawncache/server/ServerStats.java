package io.dawncache.server;

import io.dawncache.core.CacheNode;
import io.dawncache.core.Group;
import io.dawncache.core.GroupActivity;
import io.dawncache.core.GroupConfig;
import io.dawncache.core.GroupStats;
import io.dawncache.core.HotKey;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a server and its node know, count and hold, for pages, metrics and tools; see {@link
 * CacheServer#stats}. Each part is read by itself, so that they may be of slightly different times.
 *
 * @param self the node's URL in the member list
 * @param members the member list in force; empty at a node that stands alone
 * @param otherLists the URLs of the nodes that are known to hold another member list
 * @param otherSemantics the URLs of the members whose groups are known to differ from this node's,
 *     each with the names of those groups; see {@link CacheServer#otherSemantics}
 * @param ring the ring that divides keys among the members
 * @param peers the other members, sorted by URL
 * @param membersWithHints the URLs of the members that have not received all changes
 * @param ejections how many times this node has ejected a member
 * @param unprovenPeers how often another process was not treated as a peer, because it had not
 *     proven, by a secret of this node or by its certificate, that it is one
 * @param discovery where the members are looked for; null if they are set
 * @param draining whether the node leaves its fleet, or has left it
 * @param uptime how long the server has been there
 * @param bytesInFlight the bytes that requests, answers and loads hold
 * @param connections how many connections are open, of clients and of peers
 * @param refusedConnections how many were refused, because too many were open
 * @param groups the groups, sorted by name
 * @param tls the certificate in force and the handshakes so far; null without TLS
 * @since 0.1.0
 */
public record ServerStats(
    String self,
    List<String> members,
    List<String> otherLists,
    Map<String, List<String>> otherSemantics,
    RingInForce ring,
    List<PeerStats> peers,
    List<String> membersWithHints,
    long ejections,
    long unprovenPeers,
    @Nullable DiscoveryState discovery,
    boolean draining,
    Duration uptime,
    BytesInFlight bytesInFlight,
    int connections,
    long refusedConnections,
    List<GroupReport> groups,
    @Nullable TlsState tls) {
  /** Refuses nulls, and copies the lists. */
  public ServerStats {
    Objects.requireNonNull(self, "self");
    members = List.copyOf(members);
    otherLists = List.copyOf(otherLists);
    otherSemantics = Map.copyOf(otherSemantics);
    peers = List.copyOf(peers);
    membersWithHints = List.copyOf(membersWithHints);
    groups = List.copyOf(groups);
  }

  /**
   * The ring that divides keys among the members.
   *
   * @param name its name
   * @param lackedBy the URLs of the members because of which the configured ring is not in force
   */
  public record RingInForce(String name, List<String> lackedBy) {
    /** Copies the list. */
    public RingInForce {
      Objects.requireNonNull(name, "name");
      lackedBy = List.copyOf(lackedBy);
    }
  }

  /**
   * Where the members are looked for.
   *
   * @param source as the configuration names it
   * @param found whether a list was found
   * @param trouble why there is no newer list than the one in force; null if there is
   */
  public record DiscoveryState(String source, boolean found, @Nullable String trouble) {}

  /**
   * The node's account of bytes in flight, {@link CacheNode#bytesInFlight}.
   *
   * @param bytes the bytes in flight
   * @param maxBytes the limit of {@code bytes}
   * @param refused how often there was no room for more
   * @param closed how many connections were closed to make room
   */
  public record BytesInFlight(long bytes, long maxBytes, long refused, long closed) {}

  /**
   * The TLS of connections that the server accepts.
   *
   * @param expires when the certificate in force expires
   * @param crlsExpire when the first CRL in force has to be replaced; null if there is none
   * @param trouble why the files that are there now are not in force; null if they are
   * @param handshakes how many have succeeded
   * @param failedHandshakes how many connections have ended without one, also of clients that do
   *     not speak TLS
   */
  public record TlsState(
      Instant expires,
      @Nullable Instant crlsExpire,
      @Nullable String trouble,
      long handshakes,
      long failedHandshakes) {}

  /**
   * One group.
   *
   * @param name the group's name
   * @param config its bounds and policies
   * @param stats its counters, and what it holds
   * @param activity what runs and what waits in it
   * @param hotKeys its ten keys that are asked for most here, the hottest first
   */
  public record GroupReport(
      String name,
      GroupConfig config,
      GroupStats stats,
      GroupActivity activity,
      List<HotKey> hotKeys) {
    private static final int MOST_HOT_KEYS = 10;

    /**
     * {@return the present report of a group}
     *
     * @param group any group
     */
    public static GroupReport of(Group group) {
      return new GroupReport(
          group.name(),
          group.config(),
          group.stats(),
          group.activity(),
          group.hotKeys(MOST_HOT_KEYS));
    }
  }
}
