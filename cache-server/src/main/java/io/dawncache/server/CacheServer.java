package io.dawncache.server;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.dawncache.core.ByteAccount;
import io.dawncache.core.CacheNode;
import io.dawncache.core.Group;
import io.dawncache.core.MemberList;
import io.dawncache.core.Membership;
import io.dawncache.core.consistenthash.Scheme;
import io.dawncache.server.inbound.ConnectionLimit;
import io.dawncache.server.inbound.Inbound;
import io.dawncache.server.inbound.InboundPipeline;
import io.dawncache.server.peer.Outbound;
import io.dawncache.server.peer.PeerDirectory;
import io.dawncache.server.peer.PeerTimings;
import io.dawncache.server.tls.Tls;
import io.dawncache.server.wire.ClusterSecrets;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.util.concurrent.EventExecutor;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * Makes a {@link CacheNode} a member of a fleet: serves its groups over HTTP and gives it clients
 * for its peers.
 *
 * <p>Owns the sockets and the event loops, but not the node, which stays open after it. Safe for
 * use by any thread; {@link #start} and {@link #close} block.
 *
 * @since 0.1.0
 */
public final class CacheServer implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(CacheServer.class.getName());
  private static final int BACKLOG = 1024;

  private final CacheNode node;
  private final ServerConfig config;
  private final ClusterSecrets secrets;
  private final @Nullable AtomicReference<AccessTokens> clientTokens; // null if they need none
  private final EventLoopGroup loops;
  private final NameResolver resolver;
  private final ChannelGroup connections;
  private final ConnectionLimit connectionLimit;
  private final GoPeers goPeers;
  private final Object settingMembers = new Object(); // keeps the two lists of one call together
  private final Channel listener;
  private final PeerDirectory peers;
  private final PresentFleet fleet;
  private final OwnersThread ownersThread = new OwnersThread();
  private final EjectedMembers ejected;
  private final Membership membership;
  private final @Nullable DiscoveredMembers discovered;
  private final Departure departure;
  private final @Nullable Tls tls;
  private final @Nullable TlsWatch tlsWatch;
  private final AtomicReference<MemberList> lastSentList; // or about to be sent
  private final ListComparison listComparison;
  private final ValueOffers valueOffers;
  private final Object closing = new Object(); // a later close waits for the first
  private final long startNanos = System.nanoTime();
  private volatile boolean stopping; // or draining

  @GuardedBy("closing")
  private boolean left;

  @GuardedBy("closing")
  private boolean closed;

  /**
   * Starts to serve {@code node} and registers itself as its peer picker. Accepts connections only
   * when the member list of {@code config} is set, as by {@link #setMembers}. With a {@link
   * ServerConfig.Builder#discovery discovery} it accepts them at once; it {@linkplain #isReady is
   * ready} when the first list is found.
   *
   * <p>A node may be started again, with this or another configuration, when its earlier server is
   * closed. It then keeps the entries that it owns under the new member list. A graceful close of a
   * member makes all its entries guests, which are dropped after about a minute; so after a longer
   * pause the node starts empty.
   *
   * @param node holds the groups that are served
   * @param config where and how it serves
   * @return the server, which accepts connections
   * @throws IOException if the server cannot listen there, such as {@link BindException}, or a file
   *     of its TLS cannot be used
   * @throws IllegalStateException if the node has a peer picker already, or the server does not run
   *     on this version of Netty
   */
  public static CacheServer start(CacheNode node, ServerConfig config) throws IOException {
    Objects.requireNonNull(node, "node");
    Objects.requireNonNull(config, "config");
    NettyVersion.check();
    return new CacheServer(node, config);
  }

  private CacheServer(CacheNode node, ServerConfig config) throws IOException {
    this.node = node;
    this.config = config;
    TlsConfig files = config.tls();
    tlsWatch =
        files == null ? null : new TlsWatch(files, this::reloadIfGood); // before they are read
    tls = files == null ? null : Tls.of(files);
    Transport transport = Transport.best();
    loops = transport.loops().make(config.eventLoops(), new LoopThreads());
    resolver = new NameResolver();
    connections = new DefaultChannelGroup(loops.next());
    connectionLimit =
        new ConnectionLimit(
            config.maxConnections(), config.maxConnectionsFromOneAddress(), System::nanoTime);
    goPeers = new GoPeers();
    secrets = new ClusterSecrets(config.secrets());
    AccessTokens tokens = config.clientTokens();
    clientTokens = tokens == null ? null : new AtomicReference<>(tokens);
    fleet =
        new PresentFleet(
            config.cluster(), config.zone(), secrets, node::membersWithHints, node::semantics);
    ejected = new EjectedMembers(config.maxEjectedPercent(), ownersThread);
    try {
      listener = bind(node, transport);
      peers = peers(node, transport);
      membership =
          new Membership(
              self(config),
              config.ring(),
              config.dialect().scheme(),
              Membership.REPLICAS,
              peers,
              ownersThread);
      lastSentList = new AtomicReference<>(membership.list());
      listComparison =
          new ListComparison(membership, peers::compareLists, loops, config.dialect().isOurs());
      membership.onChange(this::ownersChanged);
      fleet.setMembership(membership);
      ejected.setMembership(membership);
      fleet.setPeers(peers);
      fleet.onReadmitted(ejected::wasEjected);
      ejected.onLeft(this::askForHints);
      valueOffers = new ValueOffers(this::offerValues, loops);
      ejected.onReadmitted(url -> valueOffers.add(List.of(url)));
      membership.whenPeeking(() -> peers.compareLists(membership.members()));
      node.registerPeerPicker(membership);
      Discovery discovery = config.discovery();
      discovered = discovery == null ? null : new DiscoveredMembers(discovery, this::setMembers);
      departure =
          new Departure(
              node, membership, peers, fleet, config.handOverTimeout(), config.handOverBytes());
      startOrLeave();
      listener.config().setAutoRead(true);
      if (tlsWatch != null) {
        tlsWatch.start();
      }
      LOG.log(
          System.Logger.Level.INFO,
          "started: self {0}, listening on {1}, members {2}, groups {3}",
          self(),
          address().toString(),
          listed(members()),
          listed(node.groups().stream().map(Group::name).toList()));
      warnIfOpen();
    } catch (IOException | RuntimeException e) {
      ownersThread.close();
      resolver.close();
      loops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
      throw e;
    }
  }

  private void warnIfOpen() {
    if (!config.hasSecrets() && PublicAddress.test(address().getAddress())) {
      boolean knowsSecrets = config.dialect().isOurs() && !config.goPeers();
      LOG.log(
          System.Logger.Level.WARNING,
          "listening on {0} without a secret: each process that reaches this port reads every"
              + " group, and changes and removes what the whole fleet holds (expected: {1})",
          address().toString(),
          knowsSecrets ? "secrets" : "a private address, since Go nodes know no secrets");
    }
  }

  /** A start that fails must not leave its picker on the node. */
  private void startOrLeave() {
    try {
      if (discovered == null) {
        setMembers(config.members());
      } else {
        fleet.onUnreachable(discovered::lookAgain);
        discovered.start(self());
      }
    } catch (RuntimeException e) {
      membership.close();
      throw e;
    }
  }

  private Channel bind(CacheNode node, Transport transport) throws IOException {
    Inbound inbound =
        new Inbound(
            node,
            config.dialect(),
            config.limits(),
            connectionLimit,
            config.pages(),
            address -> config.goPeers() && goPeers.test(address),
            InstantSource.system(),
            node::wakeUp,
            config.peerFrames(),
            clientTokens == null ? null : clientTokens::get,
            fleet,
            config.requestListener(),
            tls);
    ChannelFuture bound =
        new ServerBootstrap()
            .group(loops)
            .channel(transport.serverChannel())
            .option(ChannelOption.SO_BACKLOG, BACKLOG)
            .option(ChannelOption.SO_REUSEADDR, true)
            .option(ChannelOption.AUTO_READ, false) // accepts no client until its members are set
            .handler(new Accepts(connections, System::nanoTime))
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true) // its output still open
            .childOption(ChannelOption.ALLOCATOR, PooledByteBufAllocator.DEFAULT)
            .childHandler(new InboundPipeline(inbound, connections))
            .bind(config.host(), config.port())
            .awaitUninterruptibly();
    if (!bound.isSuccess()) {
      Throwable cause = bound.cause();
      String why =
          cause instanceof UnresolvedAddressException
              ? "the host has no address"
              : String.valueOf(cause.getMessage());
      BindException failure =
          new BindException("listen on " + config.host() + ":" + config.port() + ": " + why);
      failure.initCause(cause);
      throw failure;
    }
    return bound.channel();
  }

  private PeerDirectory peers(CacheNode node, Transport transport) {
    Bootstrap bootstrap =
        new Bootstrap()
            .channel(transport.channel())
            .resolver(resolver)
            .option(ChannelOption.TCP_NODELAY, true)
            .option(ChannelOption.ALLOCATOR, PooledByteBufAllocator.DEFAULT);
    return new PeerDirectory(
        new Outbound(
            bootstrap,
            loops,
            config.dialect(),
            config.limits(),
            PeerTimings.DEFAULT,
            config.maxPeerConnections(),
            config.peerFrames(),
            fleet,
            node.bytesInFlight(),
            InstantSource.system(),
            ejected,
            tls));
  }

  private String self(ServerConfig config) {
    String own = config.self() != null ? config.self() : urlOfListener();
    return MemberUrls.normal(own, config.dialect());
  }

  private String urlOfListener() {
    String host = config.host();
    return (tls == null ? "http://" : "https://")
        + (host.indexOf(':') < 0 ? host : "[" + host + "]")
        + ":"
        + address().getPort();
  }

  /** {@return the node that is served} */
  public CacheNode node() {
    return node;
  }

  /**
   * Checks whether a server could use the files of its TLS as they are now.
   *
   * @param config names the files
   * @throws IOException if one cannot be used; the message says which and why
   */
  public static void checkTls(TlsConfig config) throws IOException {
    Tls.check(config);
  }

  /**
   * Reads the files of the server's {@linkplain ServerConfig#tls TLS} again; the server also does
   * that by itself, within two seconds after they have changed. Connections that begin from then on
   * use what they hold; those that are open stay, except those whose other side's certificate is
   * {@linkplain TlsConfig#revoked revoked}, or peers whose names are no longer among the
   * {@linkplain TlsConfig#peerNames names of peers}. If a file cannot be used, nothing changes.
   * Does nothing without TLS.
   *
   * @throws IOException if a file cannot be used; the message says which and why
   */
  public void reloadTls() throws IOException {
    if (tls != null) {
      Predicate<Channel> hasToEnd = tls.reload();
      connections.close(hasToEnd::test);
    }
  }

  private void reloadIfGood() {
    try {
      reloadTls();
    } catch (IOException e) {
      LOG.log(
          System.Logger.Level.WARNING,
          "TLS files not put into force, the ones before stay: {0}",
          e.getMessage());
    }
  }

  /**
   * {@return a new engine for the server's side of a TLS connection, with the certificate in force;
   * null without TLS} For further listeners of a program, such as an operator's.
   */
  public @Nullable SSLEngine newTlsEngine() {
    return tls == null ? null : tls.newEngine(ByteBufAllocator.DEFAULT);
  }

  /**
   * {@return whether the certificate that the other side of a session has presented is trusted by
   * the files that are in force; true if it has presented none, or without TLS} For sessions of
   * {@link #newTlsEngine}: a further listener should ask at each request, as the certificate may be
   * revoked.
   *
   * @param session of an engine whose handshake has ended
   */
  public boolean isTlsTrusted(SSLSession session) {
    return tls == null || tls.isTrusted(session);
  }

  /** {@return the node's URL, how many members its list has, and whether it serves} */
  @Override
  public String toString() {
    return "server "
        + self()
        + ", members "
        + members().size()
        + (stopping ? ", stopping or stopped" : isReady() ? ", ready" : ", looking for members");
  }

  /** {@return the address on which the server listens, with its actual port} */
  public InetSocketAddress address() {
    return (InetSocketAddress) listener.localAddress();
  }

  /**
   * {@return whether the node knows its members and is not stopping} Until then it still answers:
   * it loads what it is asked for.
   */
  public boolean isReady() {
    return !stopping && (discovered == null || discovered.isReady());
  }

  /** {@return where the members are looked for; null if {@link #setMembers} alone sets them} */
  public @Nullable String discovery() {
    return discovered == null ? null : discovered.source();
  }

  /** {@return why the discovery has no newer list than the one in force; null if it has} */
  public @Nullable String discoveryTrouble() {
    return discovered == null ? null : discovered.trouble();
  }

  /**
   * {@return what this node knows about whether each of the other members can be asked} A member
   * that is ejected stays in {@link #members}, but others act in its place.
   */
  public List<PeerHealth> peers() {
    return peers.health();
  }

  /**
   * {@return what this server and its node know, count and hold} Counts nothing itself; O(groups +
   * members).
   */
  public ServerStats stats() {
    ByteAccount account = node.bytesInFlight();
    return new ServerStats(
        self(),
        members(),
        otherLists(),
        otherSemantics(),
        new ServerStats.RingInForce(ring().name(), ringLackedBy()),
        peers.stats(),
        List.copyOf(node.membersWithHints()),
        ejected.ejections(),
        fleet.unproven(),
        discoveryState(),
        stopping,
        Duration.ofNanos(System.nanoTime() - startNanos),
        new ServerStats.BytesInFlight(
            account.bytes(), account.maxBytes(), account.refused(), account.closed()),
        connections.size(),
        connectionLimit.refused(),
        node.groups().stream()
            .map(ServerStats.GroupReport::of)
            .sorted(Comparator.comparing(ServerStats.GroupReport::name))
            .toList(),
        tls == null
            ? null
            : new ServerStats.TlsState(
                tls.expires(),
                tls.crlsExpire(),
                tls.trouble(),
                tls.handshakes(),
                tls.failedHandshakes()));
  }

  private ServerStats.@Nullable DiscoveryState discoveryState() {
    return discovered == null
        ? null
        : new ServerStats.DiscoveryState(
            discovered.source(), discovered.isReady(), discovered.trouble());
  }

  /** {@return this node's URL, as the member lists have it} */
  public String self() {
    return membership.self();
  }

  /** {@return the present member list in the order in which it was given} */
  public List<String> members() {
    return membership.members();
  }

  /**
   * {@return the ring that is in force} It is {@link ServerConfig#ring} unless {@linkplain
   * #ringLackedBy a member lacks it}.
   */
  public Scheme ring() {
    return membership.scheme();
  }

  /** {@return the URLs of the members that are known to lack {@link ServerConfig#ring}} */
  public List<String> ringLackedBy() {
    return membership.ringLackedBy();
  }

  /**
   * {@return the URLs of the nodes that are known to hold another member list than this node} Each
   * is also logged once, with the difference. While there are any, a change may not reach every
   * node.
   */
  public List<String> otherLists() {
    return membership.otherLists();
  }

  /**
   * {@return the members, by their URLs, whose groups are known to differ from this node's in what
   * should be the same at every node, each with the names of those groups} A group that only one of
   * the two has is among them. Each difference is also logged once.
   *
   * @see io.dawncache.core.GroupSemantics
   */
  public Map<String, List<String>> otherSemantics() {
    return fleet.otherSemantics();
  }

  /**
   * Replaces the member list; an empty one makes the node stand alone. Before this returns, entries
   * that the node no longer owns become guests: they answer for the hot TTL, and are dropped a
   * minute later. If Go nodes may be among the members, looks up their names, which blocks.
   *
   * <p>A list without this node's own URL is accepted: the node then owns no key and only asks
   * others. Usually that is a mistake, so it is logged as a warning.
   *
   * @param members every member's URL, this node's too, exactly as all other members have it
   * @throws IllegalArgumentException if a URL is not a node's; then nothing has changed
   */
  public void setMembers(List<String> members) {
    List<String> checked = MemberUrls.checked(members, config.dialect(), tls != null);
    synchronized (settingMembers) {
      String own = MemberUrls.selfIn(checked, self(), address());
      MemberUrls.requireScheme("members", own, tls != null);
      Set<InetAddress> addresses = config.goPeers() ? GoPeers.addressesOf(checked) : Set.of();
      List<String> before = membership.members();
      membership.set(own, checked);
      peers.resetCapabilities();
      goPeers.set(addresses);
      List<String> now = membership.members();
      logChange(before, now);
      valueOffers.add(now.stream().filter(url -> !before.contains(url)).toList());
    }
    warnUnlessAmong(checked);
  }

  /**
   * Replaces the secrets with which peers prove that they are peers. If a former one is not among
   * them, all connections to and from peers end when they have nothing in flight, and new ones are
   * proven by the new secrets.
   *
   * @param secrets as for {@link ServerConfig.Builder#secrets}
   * @throws IllegalArgumentException if there are none or too many, or if one is too short
   * @throws IllegalStateException if this server was started without secrets; then its peers have
   *     proven nothing
   */
  public void setSecrets(List<byte[]> secrets) {
    List<byte[]> checked = ServerConfig.checkedSecrets(secrets);
    if (!config.hasSecrets()) {
      throw new IllegalStateException(
          "secrets: some, at a server that was started without (expected: to start it again)");
    }
    if (this.secrets.set(checked)) {
      InboundPipeline.drainPeers(connections);
      peers.redial();
    }
  }

  /**
   * Replaces the tokens that clients need for a get, from the next request on.
   *
   * @param clientTokens as for {@link ServerConfig.Builder#clientTokens}
   * @throws IllegalStateException if this server was started without tokens of clients
   */
  public void setClientTokens(AccessTokens clientTokens) {
    Objects.requireNonNull(clientTokens, "clientTokens");
    if (this.clientTokens == null) {
      throw new IllegalStateException(
          "clientTokens: some, at a server that was started without (expected: to start it again)");
    }
    this.clientTokens.set(clientTokens);
  }

  /**
   * The list, the ring, or the set of ejected members has changed; the others receive the first
   * two.
   */
  private void ownersChanged() {
    MemberList now = membership.list();
    MemberList before = lastSentList.getAndSet(now);
    if (!now.rings().inForce().equals(before.rings().inForce())) {
      logRing();
    }
    if (now.fingerprint() != before.fingerprint()) {
      boolean onlyRing = now.members().equals(before.members());
      listComparison.changed(onlyRing);
    }
  }

  /** A member leaves: asks all members which hints they hold, before it is peeked. */
  private void askForHints(Runnable done) {
    if (fleet.isLeaving()) {
      done.run(); // this node takes over nothing
    } else {
      peers.compareLists(membership.members(), done);
    }
  }

  private void offerValues(Set<String> members) {
    Duration timeout = config.handOverTimeout();
    if (!timeout.isZero() && !fleet.isLeaving()) { // a leaver offers all that it holds
      ownersThread.execute(
          () -> node.offerValues(members, config.handOverBytes(), timeout, () -> {}));
    }
  }

  private void logRing() {
    List<String> lackedBy = ringLackedBy();
    String why =
        lackedBy.isEmpty()
            ? "no member is known to lack it"
            : lackedBy.get(0) + " does not know " + config.ring().name();
    LOG.log(System.Logger.Level.INFO, "ring: {0} is in force, {1}", ring().name(), why);
  }

  private static void logChange(List<String> before, List<String> now) {
    List<String> added = now.stream().filter(url -> !before.contains(url)).toList();
    List<String> removed = before.stream().filter(url -> !now.contains(url)).toList();
    if (!added.isEmpty() || !removed.isEmpty()) {
      LOG.log(
          System.Logger.Level.INFO,
          "members: added {0}, removed {1}",
          listed(added),
          listed(removed));
    }
  }

  private static String listed(List<String> names) {
    return names.isEmpty() ? "none" : String.join(",", names);
  }

  private void warnUnlessAmong(List<String> members) {
    if (!members.isEmpty() && !members.contains(self())) {
      LOG.log(
          System.Logger.Level.WARNING,
          "members: {0} (expected: {1} among them, or self as it stands there):"
              + " this node owns no key",
          String.join(",", members),
          self());
    }
  }

  /**
   * Leaves the fleet as {@link #close} does, and goes on answering: clients' gets go to the members
   * that own the keys then. From its begin on the node is not {@linkplain #isReady ready}, so that
   * a load balancer takes it out, and its member list no longer changes. Only a {@link #close} can
   * follow.
   *
   * <p>Blocks for {@link ServerConfig#handOverTimeout} and a second at most; draining again does
   * nothing.
   */
  public void drain() {
    stopping = true;
    synchronized (closing) {
      if (!left) {
        LOG.log(System.Logger.Level.INFO, "draining: self {0}", self());
        leaveOnce();
      }
    }
  }

  /**
   * Leaves the fleet and stops gracefully. It notifies the members, which from then on ask others
   * for its keys; within {@link ServerConfig#handOverTimeout} they take over its hottest values.
   * Then it accepts no more connections, answers within the configured grace period, of 200 ms at
   * least, what has arrived or is on its way, hands over the changes that members have not
   * received, and closes all connections.
   *
   * <p>Blocks; closing again does nothing. Close the node after its server.
   */
  @Override
  public void close() {
    stopping = true;
    synchronized (closing) {
      if (!closed) {
        closed = true;
        stop();
      }
    }
  }

  /**
   * Stops at once, as a process that is killed does: it notifies no member, answers nothing more,
   * and hands nothing over.
   *
   * <p>Blocks until all threads have ended, after the end of a {@link #drain} or {@link #close}
   * that runs; does nothing if the server is closed.
   */
  public void closeNow() {
    stopping = true;
    synchronized (closing) {
      if (!closed) {
        closed = true;
        if (!left) {
          left = true;
          endDiscovery();
        }
        stopNow();
      }
    }
  }

  @GuardedBy("closing")
  private void leaveOnce() {
    if (left) {
      return;
    }
    left = true;
    endDiscovery();
    departure.leave();
  }

  private void endDiscovery() {
    if (discovered != null) {
      discovered.close();
    }
  }

  @GuardedBy("closing")
  private void stop() {
    LOG.log(System.Logger.Level.INFO, "stopping: self {0}", self());
    leaveOnce();
    listener.close().awaitUninterruptibly();
    for (EventExecutor loop : loops) {
      loop.submit(() -> {}).awaitUninterruptibly(); // what was accepted last is registered
    }
    InboundPipeline.drain(connections);
    connections
        .newCloseFuture()
        .awaitUninterruptibly(
            Math.max(config.stopGrace().toMillis(), InboundPipeline.MIN_DRAIN_MILLIS),
            TimeUnit.MILLISECONDS);
    connections.close().awaitUninterruptibly();
    departure.handOverChanges();
    stopNow();
  }

  @GuardedBy("closing")
  private void stopNow() {
    if (tlsWatch != null) {
      tlsWatch.close();
    }
    listener.close().awaitUninterruptibly();
    connections.close().awaitUninterruptibly();
    peers.stop();
    ownersThread.close();
    membership.close();
    resolver.close();
    loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
  }
}
