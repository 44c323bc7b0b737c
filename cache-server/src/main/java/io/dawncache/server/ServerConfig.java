package io.dawncache.server;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.dawncache.core.consistenthash.Scheme;
import io.dawncache.server.wire.ClusterSecrets;
import io.dawncache.server.wire.NodeUrl;
import io.dawncache.server.wire.PeerCodec;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Where and how a server serves; immutable, made by a {@linkplain #builder() builder}.
 *
 * @since 0.1.0
 */
public final class ServerConfig {
  private final String host;
  private final int port;
  private final @Nullable String self;
  private final @Nullable String cluster;
  private final @Nullable String zone;
  private final List<byte[]> secrets;
  private final @Nullable AccessTokens clientTokens;
  private final List<String> members;
  private final @Nullable Discovery discovery;
  private final Dialect dialect;
  private final Scheme ring;
  private final boolean goPeers;
  private final int eventLoops;
  private final int maxPeerConnections;
  private final int maxConnections;
  private final int maxConnectionsFromOneAddress;
  private final boolean peerFrames;
  private final int maxEjectedPercent;
  private final Limits limits;
  private final Duration stopGrace;
  private final Duration handOverTimeout;
  private final long handOverBytes;
  private final @Nullable RequestListener requestListener;
  private final Map<String, Page> pages;
  private final @Nullable TlsConfig tls;

  private ServerConfig(Builder builder) {
    host = builder.host;
    port = builder.port;
    self = builder.self;
    cluster = builder.cluster;
    zone = builder.zone;
    secrets = builder.secrets;
    clientTokens = builder.clientTokens;
    members = builder.members;
    discovery = builder.discovery;
    dialect = builder.dialect;
    ring = builder.ring();
    goPeers = builder.goPeers;
    eventLoops = builder.eventLoops;
    maxPeerConnections = builder.maxPeerConnections;
    maxConnections = builder.maxConnections;
    maxConnectionsFromOneAddress =
        builder.maxConnectionsFromOneAddress > 0
            ? builder.maxConnectionsFromOneAddress
            : Math.max(1, (int) (maxConnections * 3L / 4));
    peerFrames = builder.peerFrames;
    maxEjectedPercent = builder.maxEjectedPercent;
    limits =
        new Limits(
            builder.maxRequestLineBytes,
            builder.maxHeaderBytes,
            builder.maxValueBytes,
            builder.idleTimeout,
            builder.requestTimeout);
    stopGrace = builder.stopGrace;
    handOverTimeout = builder.handOverTimeout;
    handOverBytes = builder.handOverBytes;
    requestListener = builder.requestListener;
    pages = Map.copyOf(builder.pages);
    tls = builder.tls;
    pages.keySet().forEach(path -> requireBeside(dialect, path));
  }

  /** Returns copies of secrets that are fit for use. */
  static List<byte[]> checkedSecrets(List<byte[]> secrets) {
    Objects.requireNonNull(secrets, "secrets");
    if (secrets.isEmpty() || secrets.size() > ClusterSecrets.MOST) {
      throw new IllegalArgumentException(
          "secrets: " + secrets.size() + " (expected: 1 to " + ClusterSecrets.MOST + ")");
    }
    for (byte[] secret : secrets) {
      if (Objects.requireNonNull(secret, "secrets").length < ClusterSecrets.MIN_BYTES) {
        throw new IllegalArgumentException(
            "secrets: one of "
                + secret.length
                + " bytes (expected: >= "
                + ClusterSecrets.MIN_BYTES
                + ", random)");
      }
    }
    return secrets.stream().map(byte[]::clone).toList();
  }

  private static void requireBeside(Dialect dialect, String path) {
    if (path.startsWith(dialect.basePath())) {
      throw new IllegalArgumentException(
          "page " + path + ": among the groups (expected: not under " + dialect.basePath() + ")");
    }
  }

  /** {@return a builder with the defaults} */
  public static Builder builder() {
    return new Builder();
  }

  /** {@return the host name or address to listen on} */
  public String host() {
    return host;
  }

  /** {@return the port to listen on; 0 for any free port} */
  public int port() {
    return port;
  }

  /**
   * {@return this node's URL in member lists; null to derive it from the address on which the
   * server listens}
   */
  public @Nullable String self() {
    return self;
  }

  /** {@return the name of this node's cluster; null if it has none} */
  public @Nullable String cluster() {
    return cluster;
  }

  /** {@return the zone in which this node is; null if it has none} */
  public @Nullable String zone() {
    return zone;
  }

  /** {@return whether peers have to prove that they have a secret} The secrets are not shown. */
  public boolean hasSecrets() {
    return !secrets.isEmpty();
  }

  List<byte[]> secrets() {
    return secrets;
  }

  /** {@return the tokens of which clients need one for a get; null if they need none} */
  public @Nullable AccessTokens clientTokens() {
    return clientTokens;
  }

  /** {@return the first member list; empty for a node that stands alone, or with a discovery} */
  public List<String> members() {
    return members;
  }

  /** {@return what finds the members; null if they are set} */
  public @Nullable Discovery discovery() {
    return discovery;
  }

  /** {@return the dialect that the fleet speaks} */
  public Dialect dialect() {
    return dialect;
  }

  /**
   * {@return the ring that names the owners of keys, if all members know it; if not, it is the
   * dialect's {@link Dialect#scheme}}
   */
  public Scheme ring() {
    return ring;
  }

  /** {@return whether Go programs at members' addresses are peers} */
  public boolean goPeers() {
    return goPeers;
  }

  /** {@return how many event loops serve all connections} */
  public int eventLoops() {
    return eventLoops;
  }

  /** {@return how many connections one event loop opens to one peer that does not take frames} */
  public int maxPeerConnections() {
    return maxPeerConnections;
  }

  /** {@return how many connections others may have open to the server} */
  public int maxConnections() {
    return maxConnections;
  }

  /** {@return how many of them may come from one address} */
  public int maxConnectionsFromOneAddress() {
    return maxConnectionsFromOneAddress;
  }

  /** {@return whether this node and its peers use frames with each other if both can} */
  public boolean peerFrames() {
    return peerFrames;
  }

  /** {@return how many of 100 members this node may eject at a time} */
  public int maxEjectedPercent() {
    return maxEjectedPercent;
  }

  /** {@return how much is accepted from a socket} */
  public Limits limits() {
    return limits;
  }

  /** {@return how long a stop waits for requests in flight} */
  public Duration stopGrace() {
    return stopGrace;
  }

  /**
   * {@return how long values are offered to the members that have come to own them; zero for not}
   */
  public Duration handOverTimeout() {
    return handOverTimeout;
  }

  /** {@return how many bytes of heap the values may weigh that are offered at a time} */
  public long handOverBytes() {
    return handOverBytes;
  }

  /** {@return the pages beside the groups, by path} */
  public Map<String, Page> pages() {
    return pages;
  }

  /** {@return what receives each answered HTTP request; null for nothing} */
  public @Nullable RequestListener requestListener() {
    return requestListener;
  }

  /** {@return the certificate and the trust of the server; null for no TLS} */
  public @Nullable TlsConfig tls() {
    return tls;
  }

  @Override
  public String toString() {
    return "ServerConfig["
        + "host="
        + host
        + ", port="
        + port
        + ", self="
        + self
        + ", cluster="
        + cluster
        + ", zone="
        + zone
        + ", secrets="
        + (secrets.isEmpty() ? "none" : secrets.size() + " hidden")
        + ", clientTokens="
        + clientTokens
        + ", members="
        + members
        + ", discovery="
        + discovery
        + ", dialect="
        + dialect
        + ", ring="
        + ring
        + ", goPeers="
        + goPeers
        + ", eventLoops="
        + eventLoops
        + ", maxPeerConnections="
        + maxPeerConnections
        + ", maxConnections="
        + maxConnections
        + ", maxConnectionsFromOneAddress="
        + maxConnectionsFromOneAddress
        + ", peerFrames="
        + peerFrames
        + ", maxEjectedPercent="
        + maxEjectedPercent
        + ", limits="
        + limits
        + ", stopGrace="
        + stopGrace
        + ", handOverTimeout="
        + handOverTimeout
        + ", handOverBytes="
        + handOverBytes
        + ", requestListener="
        + requestListener
        + ", pages="
        + new TreeSet<>(pages.keySet())
        + ", tls="
        + tls
        + "]";
  }

  /** Collects a {@link ServerConfig}; refuses a bad value at once. Not thread-safe. */
  public static final class Builder {
    private static final long HEAP_PER_CONNECTION_BYTES = 8 << 10;
    private static final int LEAST_CONNECTIONS = 64;

    private String host = "127.0.0.1";
    private int port;
    private @Nullable String self;
    private @Nullable String cluster;
    private @Nullable String zone;
    private List<byte[]> secrets = List.of();
    private @Nullable AccessTokens clientTokens;
    private List<String> members = List.of();
    private @Nullable Discovery discovery;
    private Dialect dialect = Dialect.DAWNCACHE;
    private @Nullable Scheme ring;
    private boolean goPeers;
    private int eventLoops = Runtime.getRuntime().availableProcessors();
    private int maxPeerConnections = 512;
    private int maxConnections = connectionsByHeap(Runtime.getRuntime().maxMemory());
    private int maxConnectionsFromOneAddress; // 0 for three quarters of all
    private boolean peerFrames = true;
    private int maxEjectedPercent = 67;
    private int maxRequestLineBytes = 64 << 10;
    private int maxHeaderBytes = 16 << 10;
    private int maxValueBytes = 16 << 20;
    private Duration idleTimeout = Duration.ofMinutes(2);
    private Duration requestTimeout = Limits.DEFAULT_REQUEST_TIMEOUT;
    private Duration stopGrace = Duration.ofSeconds(5);
    private Duration handOverTimeout = Duration.ofSeconds(5);
    private long handOverBytes = 256 << 20;
    private @Nullable RequestListener requestListener;
    private final Map<String, Page> pages = new LinkedHashMap<>();
    private @Nullable TlsConfig tls;

    private Builder() {}

    private static int connectionsByHeap(long heapBytes) {
      long most = heapBytes / HEAP_PER_CONNECTION_BYTES / 4;
      return (int) Math.max(LEAST_CONNECTIONS, Math.min(Integer.MAX_VALUE, most));
    }

    /**
     * Sets the host name or address to listen on; default 127.0.0.1, because no request is
     * authenticated.
     *
     * @param host the host name or address
     * @return this builder
     */
    @CanIgnoreReturnValue
    public Builder host(String host) {
      this.host = Objects.requireNonNull(host, "host");
      return this;
    }

    /**
     * Sets the port to listen on; 0, the default, for any free port.
     *
     * @param port the port
     * @return this builder
     */
    @CanIgnoreReturnValue
    public Builder port(int port) {
      if (port < 0 || port > 0xffff) {
        throw new IllegalArgumentException("port: " + port + " (expected: 0 to 65535)");
      }
      this.port = port;
      return this;
    }

    /**
     * Sets this node's URL, exactly as the other members' lists have it; by default it is made of
     * the host and port to listen on.
     *
     * @param self the URL
     * @return this builder
     */
    @CanIgnoreReturnValue
    public Builder self(String self) {
      this.self = NodeUrl.parse(Objects.requireNonNull(self, "self")).text();
      return this;
    }

    /**
     * Sets the name of this node's cluster, the same at every node of it; default none. Our nodes
     * of other clusters, and of none, are neither asked nor answered: each is logged once, and
     * counts as a member that could not be asked. So two fleets do not mix if one of them has an
     * address of the other in its list. Go nodes do not know clusters.
     *
     * @param cluster the name
     * @return this builder
     * @throws IllegalArgumentException unless it is 1 to 100 visible ASCII characters
     */
    @CanIgnoreReturnValue
    public Builder cluster(String cluster) {
      Objects.requireNonNull(cluster, "cluster");
      if (!cluster.matches("[!-~]{1,100}")) {
        throw new IllegalArgumentException(
            "cluster: " + cluster + " (expected: 1 to 100 visible ASCII characters)");
      }
      this.cluster = cluster;
      return this;
    }

    /**
     * Sets the zone in which this node is, such as a data centre or an availability zone; default
     * none. The node prefers to keep copies of values whose owners are in another zone, and counts
     * the bytes that it fetches from there. Who owns a key does not depend on zones.
     *
     * @param zone the name of the zone
     * @return this builder
     * @throws IllegalArgumentException unless it is 1 to 64 visible ASCII characters, none of them
     *     a comma or a double quote
     */
    @CanIgnoreReturnValue
    public Builder zone(String zone) {
      Objects.requireNonNull(zone, "zone");
      if (!PeerCodec.isZone(zone)) {
        throw new IllegalArgumentException(
            "zone: "
                + zone
                + " (expected: 1 to 64 visible ASCII characters without comma and double quote)");
      }
      this.zone = zone;
      return this;
    }

    /**
     * Sets the secrets of the cluster; default none, and then every process that names itself a
     * node is treated as a peer. With a secret a node's peers prove to it, and it to them, that
     * they have one in common, once for each connection between them. A process that does not prove
     * it is no peer: it can only ask for values, as a client. Nothing is encrypted.
     *
     * <p>Two nodes understand each other if they have any secret in common. So to replace a secret,
     * first give every node the new one beside the old one, and then only the new one; see {@link
     * CacheServer#setSecrets}.
     *
     * @param secrets one to 8 of them, of 16 bytes at least, which should be random; copied
     * @return this builder
     * @throws IllegalArgumentException if there are none or too many, or if one is too short
     */
    @CanIgnoreReturnValue
    public Builder secrets(List<byte[]> secrets) {
      this.secrets = checkedSecrets(secrets);
      return this;
    }

    /**
     * Sets the tokens of which clients need one for a get, as {@code Authorization: Bearer TOKEN},
     * with the role {@link AccessTokens.Role#READ} in the group; by default they need none. Needs
     * {@link #secrets}, since peers send no token. The {@linkplain #page pages} need none.
     *
     * @param clientTokens the tokens; see {@link CacheServer#setClientTokens}
     * @return this builder
     */
    @CanIgnoreReturnValue
    public Builder clientTokens(AccessTokens clientTokens) {
      this.clientTokens = Objects.requireNonNull(clientTokens, "clientTokens");
      return this;
    }

    /**
     * Sets the first member list, exactly as the other members have it.
     *
     * @param members the URLs of all members
     * @return this builder
     */
    @CanIgnoreReturnValue
    public Builder members(List<String> members) {
      Objects.requireNonNull(members, "members");
      members.forEach(member -> Objects.requireNonNull(member, "members"));
      this.members = List.copyOf(members);
      return this;
    }

    /**
     * Sets what finds the members, in place of a list; default none. The server starts it, and
     * closes it when it is closed itself; so one discovery serves one server.
     *
     * @param discovery what {@link Discoveries} makes, or an application's own
     * @return this builder
     */
    @CanIgnoreReturnValue
    public Builder discovery(Discovery discovery) {
      this.discovery = Objects.requireNonNull(discovery, "discovery");
      return this;
    }

    /**
     * Sets the dialect; default dawncache.
     *
     * @param dialect the dialect
     * @return this builder
     */
    @CanIgnoreReturnValue
    public Builder dialect(Dialect dialect) {
      this.dialect = Objects.requireNonNull(dialect, "dialect");
      return this;
    }

    /**
     * Sets the ring that names the owners of keys; by default {@link Scheme#NATIVE} in our own
     * dialect, and the dialect's own in the others. The native ring divides keys more evenly, but
     * older nodes do not know it. So it is in force while no member of the list is known to lack
     * it, and {@link Scheme#DAWNCACHE}, which every node knows, otherwise. Nodes exchange what they
     * know, so a fleet can be upgraded node by node.
     *
     * @param ring the native ring, to use it if possible, or the dialect's own, to use no other
     * @return this builder
     */
    @CanIgnoreReturnValue
    public Builder ring(Scheme ring) {
      this.ring = Objects.requireNonNull(ring, "ring");
      return this;
    }

    private Scheme ring() {
      if (ring != null) {
        return ring;
      }
      return dialect.isOurs() ? Scheme.NATIVE : dialect.scheme();
    }

    /**
     * Sets whether a request by a Go program from a member's address comes from a peer: it is then
     * answered here and never forwarded. Default false.
     *
     * @param goPeers whether it does
     * @return this builder
     */
    @CanIgnoreReturnValue
    public Builder goPeers(boolean goPeers) {
      this.goPeers = goPeers;
      return this;
    }

    /**
     * Sets the number of event loops, at least 1; default one per core.
     *
     * @param eventLoops the number of event loops
     * @return this builder
     */
    @CanIgnoreReturnValue
    public Builder eventLoops(int eventLoops) {
      this.eventLoops = atLeastOne("eventLoops", eventLoops);
      return this;
    }

    /**
     * Sets whether this node and its peers use frames with each other if both can: many requests at
     * a time on one connection. Default true; if false, it asks in HTTP as older nodes do, one
     * request at a time per connection.
     *
     * @param peerFrames whether frames are used
     * @return this builder
     */
    @CanIgnoreReturnValue
    public Builder peerFrames(boolean peerFrames) {
      this.peerFrames = peerFrames;
      return this;
    }

    /**
     * Sets how many of 100 members this node may eject at a time, because they cannot be asked; 0
     * to 99, default 67. The others act in their place, so too few would be overloaded; if this
     * node cannot ask that many, it is probably its own network that is broken. Members beyond that
     * are still avoided, but stay owners.
     *
     * @param maxEjectedPercent the percentage, rounded down to whole members
     * @return this builder
     */
    @CanIgnoreReturnValue
    public Builder maxEjectedPercent(int maxEjectedPercent) {
      if (maxEjectedPercent < 0 || maxEjectedPercent > 99) {
        throw new IllegalArgumentException(
            "maxEjectedPercent: " + maxEjectedPercent + " (expected: 0 to 99)");
      }
      this.maxEjectedPercent = maxEjectedPercent;
      return this;
    }

    /**
     * Sets how many connections one event loop opens to one peer that does not take frames, at
     * least 1; default 512.
     *
     * @param maxPeerConnections the number of connections
     * @return this builder
     */
    @CanIgnoreReturnValue
    public Builder maxPeerConnections(int maxPeerConnections) {
      this.maxPeerConnections = atLeastOne("maxPeerConnections", maxPeerConnections);
      return this;
    }

    /**
     * Sets how many connections others may have open to the server, clients and peers together; at
     * least 1, by default a quarter of the heap at 8 KiB each, at least 64. One more is answered
     * 503 and closed; with TLS it is closed.
     *
     * @param maxConnections the number of connections
     * @return this builder
     */
    @CanIgnoreReturnValue
    public Builder maxConnections(int maxConnections) {
      this.maxConnections = atLeastOne("maxConnections", maxConnections);
      return this;
    }

    /**
     * Sets how many connections may come from one address, so that one client does not take the
     * place of all others; at least 1, by default three quarters of {@link #maxConnections}. A
     * proxy or load balancer in front of the server is one address.
     *
     * @param maxConnectionsFromOneAddress the number of connections
     * @return this builder
     */
    @CanIgnoreReturnValue
    public Builder maxConnectionsFromOneAddress(int maxConnectionsFromOneAddress) {
      this.maxConnectionsFromOneAddress =
          atLeastOne("maxConnectionsFromOneAddress", maxConnectionsFromOneAddress);
      return this;
    }

    /**
     * Sets the longest request line; default 64 KiB.
     *
     * @param maxRequestLineBytes the number of bytes
     * @return this builder
     */
    @CanIgnoreReturnValue
    public Builder maxRequestLineBytes(int maxRequestLineBytes) {
      this.maxRequestLineBytes = maxRequestLineBytes;
      return this;
    }

    /**
     * Sets the greatest length of all headers of a message together; default 16 KiB.
     *
     * @param maxHeaderBytes the number of bytes
     * @return this builder
     */
    @CanIgnoreReturnValue
    public Builder maxHeaderBytes(int maxHeaderBytes) {
      this.maxHeaderBytes = maxHeaderBytes;
      return this;
    }

    /**
     * Sets the longest value, sent or received; default 16 MiB.
     *
     * @param maxValueBytes the number of bytes
     * @return this builder
     */
    @CanIgnoreReturnValue
    public Builder maxValueBytes(int maxValueBytes) {
      this.maxValueBytes = maxValueBytes;
      return this;
    }

    /**
     * Sets how long a connection may stay open with nothing in flight, or while its client takes
     * none of its answers; default 2 minutes.
     *
     * @param idleTimeout how long
     * @return this builder
     */
    @CanIgnoreReturnValue
    public Builder idleTimeout(Duration idleTimeout) {
      this.idleTimeout = Objects.requireNonNull(idleTimeout, "idleTimeout");
      return this;
    }

    /**
     * Sets how long a request may take to arrive, from its first byte to its last; default 1
     * minute. A longer one is answered 408, or its connection is closed.
     *
     * @param requestTimeout how long
     * @return this builder
     */
    @CanIgnoreReturnValue
    public Builder requestTimeout(Duration requestTimeout) {
      this.requestTimeout = Objects.requireNonNull(requestTimeout, "requestTimeout");
      return this;
    }

    /**
     * Sets how long a stop waits for requests in flight, 200 ms at least; default 5 s.
     *
     * @param stopGrace how long
     * @return this builder
     */
    @CanIgnoreReturnValue
    public Builder stopGrace(Duration stopGrace) {
      Objects.requireNonNull(stopGrace, "stopGrace");
      if (stopGrace.isNegative()) {
        throw new IllegalArgumentException("stopGrace: " + stopGrace + " (expected: >= 0)");
      }
      this.stopGrace = stopGrace;
      return this;
    }

    /**
     * Sets how long the values that this node holds are offered to the members that own their keys
     * now: when this node stops, before it stops accepting connections, and when members have
     * joined or come back; default 5 s. Zero offers none.
     *
     * @param handOverTimeout how long at most; less if all values are taken over earlier
     * @return this builder
     */
    @CanIgnoreReturnValue
    public Builder handOverTimeout(Duration handOverTimeout) {
      Objects.requireNonNull(handOverTimeout, "handOverTimeout");
      if (handOverTimeout.isNegative()) {
        throw new IllegalArgumentException(
            "handOverTimeout: " + handOverTimeout + " (expected: >= 0)");
      }
      this.handOverTimeout = handOverTimeout;
      return this;
    }

    /**
     * Sets how many bytes of heap the values that are offered at a time may weigh, the hottest
     * first; default 256 MiB.
     *
     * @param handOverBytes the most bytes, of all groups together
     * @return this builder
     */
    @CanIgnoreReturnValue
    public Builder handOverBytes(long handOverBytes) {
      if (handOverBytes < 0) {
        throw new IllegalArgumentException("handOverBytes: " + handOverBytes + " (expected: >= 0)");
      }
      this.handOverBytes = handOverBytes;
      return this;
    }

    /**
     * Sets what receives each HTTP request of clients and peers when it is answered, for a log of
     * accesses; nothing by default.
     *
     * @param requestListener called on event loops
     * @return this builder
     */
    @CanIgnoreReturnValue
    public Builder requestListener(RequestListener requestListener) {
      this.requestListener = Objects.requireNonNull(requestListener, "requestListener");
      return this;
    }

    /**
     * Adds a page beside the groups, answered at exactly {@code path}, outside the groups' paths.
     *
     * @param path the path of the page
     * @param page makes the answer
     * @return this builder
     */
    @CanIgnoreReturnValue
    public Builder page(String path, Page page) {
      Objects.requireNonNull(path, "path");
      if (!path.startsWith("/")) {
        throw new IllegalArgumentException("path: " + path + " (expected: it starts with /)");
      }
      pages.put(path, Objects.requireNonNull(page, "page"));
      return this;
    }

    /**
     * Sets the certificate and the trust of the server; default none. With them the server accepts
     * TLS alone, its URL begins with {@code https://}, and so do those of the members that it asks
     * with TLS.
     *
     * @param tls the files
     * @return this builder
     */
    @CanIgnoreReturnValue
    public Builder tls(TlsConfig tls) {
      this.tls = Objects.requireNonNull(tls, "tls");
      return this;
    }

    /**
     * {@return the configuration collected so far}
     *
     * @throws IllegalArgumentException if a limit is out of its range, if a member's URL is not a
     *     node's, if there are members but this node's own URL is unknown, if there are both
     *     members and a discovery, if the dialect does not have the ring, if there are tokens of
     *     clients and no secrets, or secrets and the fleet may have Go nodes, does not use frames,
     *     or has a discovery that {@linkplain Discovery#missingForSecrets lacks} something for
     *     them, or if a URL begins with {@code https://} and there is no TLS, or this node's own
     *     with {@code http://} and there is
     */
    public ServerConfig build() {
      var unused = MemberUrls.checked(members, dialect, tls != null);
      if (self != null) {
        MemberUrls.requireScheme("self", self, tls != null);
      }
      if (discovery != null && !members.isEmpty()) {
        throw new IllegalArgumentException(
            "members: " + members + " beside discovery " + discovery + " (expected: one of them)");
      }
      boolean isNative = dialect.isOurs() && ring().equals(Scheme.NATIVE);
      if (!isNative && !ring().equals(dialect.scheme())) {
        throw new IllegalArgumentException(
            "ring: "
                + ring()
                + " (expected: "
                + dialect.scheme()
                + (dialect.isOurs() ? " or " + Scheme.NATIVE : ", the ring of Go nodes")
                + ")");
      }
      if (clientTokens != null && secrets.isEmpty()) {
        throw new IllegalArgumentException(
            "clientTokens: some, without secrets (expected: secrets, so that peers are known)");
      }
      if (!secrets.isEmpty() && (!dialect.isOurs() || goPeers || !peerFrames)) {
        throw new IllegalArgumentException(
            "secrets: some, with "
                + (!dialect.isOurs()
                    ? "dialect " + dialect + " (expected: none, Go nodes know no secrets)"
                    : goPeers
                        ? "goPeers (expected: none, Go nodes know no secrets)"
                        : "peerFrames=false (expected: frames, peers prove secrets on them alone)"));
      }
      String missing =
          secrets.isEmpty() || discovery == null ? null : discovery.missingForSecrets();
      if (missing != null) {
        throw new IllegalArgumentException(
            "discovery: " + discovery + " with secrets (expected: " + missing + ")");
      }
      if (self == null && !members.isEmpty() && isAnyAddress(host)) {
        throw new IllegalArgumentException(
            "self: none, listening on "
                + host
                + " (expected: this node's URL, as members have it)");
      }
      return new ServerConfig(this);
    }

    private static boolean isAnyAddress(String host) {
      return host.equals("0.0.0.0") || host.equals("::");
    }

    private static int atLeastOne(String name, int value) {
      if (value < 1) {
        throw new IllegalArgumentException(name + ": " + value + " (expected: >= 1)");
      }
      return value;
    }
  }
}
