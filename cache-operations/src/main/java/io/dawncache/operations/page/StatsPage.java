package io.dawncache.operations.page;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonParseException;
import io.dawncache.core.CacheStats;
import io.dawncache.core.EventStats;
import io.dawncache.core.GroupActivity;
import io.dawncache.core.GroupStats;
import io.dawncache.core.HotKey;
import io.dawncache.core.LoadTimeStats;
import io.dawncache.server.PeerHealth;
import io.dawncache.server.PeerStats;
import io.dawncache.server.ServerStats;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A node's {@link ServerStats}, as its page {@code /stats} shows them in JSON: these names are the
 * page's.
 *
 * @param self the node's URL in the member list
 * @param members the present member list, empty at a node that stands alone
 * @param otherLists the nodes, by URL, that are known to hold another member list
 * @param otherSemantics the members, by URL, whose groups are known to differ, with the groups'
 *     names; null on the page of an older node
 * @param ring the ring that divides keys among the members; null on the page of an older node
 * @param peers whether each of the other members can be asked; null on the page of an older node
 * @param discovery where the members are looked for; null if they are set, or on the page of an
 *     older node
 * @param uptimeSeconds how long the node has been serving
 * @param draining whether the node leaves its fleet, or has left it
 * @param membersWithHints the members, by URL, that have not received all changes; null on the page
 *     of an older node
 * @param ejections how many times this node has ejected a member
 * @param unprovenPeers how often another process was not treated as a peer, because it had not
 *     proven that it has a secret of this node
 * @param connections how many connections are open
 * @param refusedConnections how many were refused, because too many were open
 * @param bytesInFlight the bytes that requests and answers hold; null on the page of an older node
 * @param groups the groups by name
 * @param tls the certificate in force and the handshakes so far; null without TLS
 */
public record StatsPage(
    String self,
    List<String> members,
    List<String> otherLists,
    @Nullable Map<String, List<String>> otherSemantics,
    @Nullable OfRing ring,
    @Nullable List<OfPeer> peers,
    @Nullable Discovered discovery,
    double uptimeSeconds,
    boolean draining,
    @Nullable List<String> membersWithHints,
    long ejections,
    long unprovenPeers,
    int connections,
    long refusedConnections,
    @Nullable InFlight bytesInFlight,
    Map<String, OfGroup> groups,
    @Nullable OfTls tls) {
  private static final Gson GSON =
      new GsonBuilder().disableHtmlEscaping().setPrettyPrinting().create();

  /**
   * The ring that divides keys among the members.
   *
   * @param inForce its name, as the option {@code --ring} has it; in a Go dialect the dialect's
   * @param lackedBy the members, by URL, because of which the native ring is not in force
   */
  public record OfRing(String inForce, List<String> lackedBy) {}

  /**
   * Whether another member can be asked, as this node sees it.
   *
   * @param url the member's URL
   * @param state {@code up}, {@code suspect}, {@code ejected} or {@code leaving}
   * @param reason why it is not asked; empty if it is
   * @param since from when on it has been in this state, in ISO 8601
   * @param zone in which it is; null if it has said none
   * @param fetches how many fetches from it ended in each way; null on the page of an older node
   */
  public record OfPeer(
      String url,
      String state,
      String reason,
      String since,
      @Nullable String zone,
      @Nullable Map<String, Long> fetches) {
    private static OfPeer of(PeerStats peer) {
      PeerHealth health = peer.health();
      Map<String, Long> fetches = new TreeMap<>();
      peer.fetches().forEach((status, count) -> fetches.put(Labels.of(status), count));
      return new OfPeer(
          health.url(),
          Labels.of(health.state()),
          health.reason(),
          health.since().truncatedTo(ChronoUnit.MILLIS).toString(),
          health.zone(),
          fetches);
    }
  }

  /**
   * Where the members are looked for.
   *
   * @param source as the option {@code --discovery} has it
   * @param found whether a list was found, so that the node is ready
   * @param trouble why there is no newer list than the one in force; null if there is
   */
  public record Discovered(String source, boolean found, @Nullable String trouble) {
    private static Discovered of(ServerStats.DiscoveryState state) {
      return new Discovered(state.source(), state.found(), state.trouble());
    }
  }

  /**
   * The node's account of bytes in flight.
   *
   * @param bytes the bytes in flight now
   * @param maxBytes the limit of {@code bytes}
   * @param refused how often there was no room for more
   * @param closed how many connections were closed to make room
   */
  public record InFlight(long bytes, long maxBytes, long refused, long closed) {
    private static InFlight of(ServerStats.BytesInFlight account) {
      return new InFlight(account.bytes(), account.maxBytes(), account.refused(), account.closed());
    }
  }

  /**
   * The TLS of the data port.
   *
   * @param expires when the certificate in force expires, in ISO 8601
   * @param crlsExpire when the first CRL in force has to be replaced; null if there is none
   * @param trouble why the files that are there now are not in force; null if they are
   * @param handshakes how many have succeeded
   * @param failedHandshakes how many connections have ended without one
   */
  public record OfTls(
      String expires,
      @Nullable String crlsExpire,
      @Nullable String trouble,
      long handshakes,
      long failedHandshakes) {
    private static @Nullable OfTls of(ServerStats.@Nullable TlsState tls) {
      return tls == null
          ? null
          : new OfTls(
              tls.expires().toString(),
              tls.crlsExpire() == null ? null : tls.crlsExpire().toString(),
              tls.trouble(),
              tls.handshakes(),
              tls.failedHandshakes());
    }
  }

  /**
   * One group: its policy and budget, then {@link GroupStats} with its misses.
   *
   * @param policy {@code lru} or {@code tinylfu}
   * @param maxBytes the group's budget, 0 for unbounded
   * @param activity what runs and what waits; null on the page of an older node
   * @param hotKeys the keys that are asked for most; null on the page of an older node
   */
  public record OfGroup(
      String policy,
      long maxBytes,
      long gets,
      long cacheHits,
      long misses,
      long loads,
      long loadsDeduped,
      long localLoads,
      long localLoadErrs,
      long peerLoads,
      long peerErrors,
      long serverRequests,
      CacheStats mainCache,
      CacheStats hotCache,
      CacheStats missingKeys,
      EventStats events,
      LoadMillis loadTimes,
      @Nullable GroupActivity activity,
      @Nullable List<HotKey> hotKeys) {
    private static OfGroup of(ServerStats.GroupReport group) {
      GroupStats stats = group.stats();
      return new OfGroup(
          Labels.of(group.config().policy()),
          group.config().maxBytes(),
          stats.gets(),
          stats.cacheHits(),
          stats.misses(),
          stats.loads(),
          stats.loadsDeduped(),
          stats.localLoads(),
          stats.localLoadErrs(),
          stats.peerLoads(),
          stats.peerErrors(),
          stats.serverRequests(),
          stats.mainCache(),
          stats.hotCache(),
          stats.missingKeys(),
          stats.events(),
          LoadMillis.of(stats.loadTimes()),
          group.activity(),
          group.hotKeys());
    }

    /** Returns whether a page that was read lacks a field that every node has. */
    private static boolean isPart(@Nullable OfGroup read) {
      return read == null
          || Stream.of(read.mainCache, read.hotCache, read.missingKeys, read.events, read.loadTimes)
              .anyMatch(Objects::isNull);
    }

    /** Returns how often the getter ran, with any outcome. */
    public long getterRuns() {
      return localLoads + localLoadErrs;
    }

    /** Returns the bytes of all entries held. */
    public long heldBytes() {
      return mainCache.bytes() + hotCache.bytes() + missingKeys.bytes();
    }

    /** Returns how many fetches this node made, with any outcome. */
    public long fetchesMade() {
      return peerLoads + peerErrors;
    }
  }

  /**
   * How long runs of the getter took, in milliseconds.
   *
   * @param count how many runs there were
   * @param p50 half of them ended within this
   * @param p99 99 of 100 ended within this
   * @param max all ended within this
   */
  public record LoadMillis(long count, double p50, double p99, double max) {
    private static LoadMillis of(LoadTimeStats stats) {
      return new LoadMillis(
          stats.count(),
          millis(stats.percentile(50)),
          millis(stats.percentile(99)),
          millis(stats.percentile(100)));
    }

    private static double millis(Duration duration) {
      return TimeUnit.NANOSECONDS.toMicros(duration.toNanos()) / 1e3;
    }
  }

  /** Returns the page of a node. */
  public static StatsPage of(ServerStats stats) {
    Map<String, OfGroup> byName = new TreeMap<>();
    stats.groups().forEach(group -> byName.put(group.name(), OfGroup.of(group)));
    ServerStats.DiscoveryState discovery = stats.discovery();
    return new StatsPage(
        stats.self(),
        stats.members(),
        stats.otherLists(),
        new TreeMap<>(stats.otherSemantics()),
        new OfRing(stats.ring().name(), stats.ring().lackedBy()),
        stats.peers().stream().map(OfPeer::of).toList(),
        discovery == null ? null : Discovered.of(discovery),
        stats.uptime().toMillis() / 1e3,
        stats.draining(),
        stats.membersWithHints(),
        stats.ejections(),
        stats.unprovenPeers(),
        stats.connections(),
        stats.refusedConnections(),
        InFlight.of(stats.bytesInFlight()),
        byName,
        OfTls.of(stats.tls()));
  }

  /**
   * Reads a page.
   *
   * @throws JsonParseException if it is not a node's page
   */
  public static StatsPage fromJson(String json) {
    StatsPage read = GSON.fromJson(json, StatsPage.class);
    if (read == null
        || read.groups == null
        || read.self == null
        || read.members == null
        || read.groups.values().stream().anyMatch(OfGroup::isPart)) {
      throw new JsonParseException("not a node's statistics");
    }
    return read.otherLists != null
        ? read
        : new StatsPage( // an older node's page
            read.self,
            read.members,
            List.of(),
            read.otherSemantics,
            read.ring,
            read.peers,
            read.discovery,
            read.uptimeSeconds,
            read.draining,
            read.membersWithHints,
            read.ejections,
            read.unprovenPeers,
            read.connections,
            read.refusedConnections,
            read.bytesInFlight,
            read.groups,
            read.tls);
  }

  /** Returns the members, by URL, that this node knows to leave or to have left. */
  public List<String> leaving() {
    String leaving = Labels.of(PeerHealth.State.LEAVING);
    return peers == null
        ? List.of()
        : peers.stream().filter(peer -> leaving.equals(peer.state())).map(OfPeer::url).toList();
  }

  /** Returns the page as it is sent. */
  public String toJson() {
    return GSON.toJson(this) + "\n";
  }
}
