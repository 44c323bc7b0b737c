package io.dawncache.server.tls;

import io.dawncache.core.ByteAccount;
import io.dawncache.server.TlsConfig;
import io.dawncache.server.TlsConfig.ClientCertificates;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.ssl.OpenSsl;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * The TLS of one server: what was read last from its files serves the connections that begin, and
 * those that are open keep what they began with. Safe for use by any thread.
 */
public final class Tls {
  private static final Duration HANDSHAKE_TIMEOUT = Duration.ofSeconds(10);

  private static final System.Logger LOG = System.getLogger(Tls.class.getName());

  private final TlsConfig config;
  private final TlsCounts counts = new TlsCounts();
  private final Set<Channel> dialled = ConcurrentHashMap.newKeySet(); // to peers
  private volatile TlsContexts present;
  private volatile @Nullable String trouble;

  private Tls(TlsConfig config, TlsContexts first) {
    this.config = config;
    this.present = first;
  }

  /**
   * Reads the files for the first time.
   *
   * @throws IOException if one cannot be used; the message begins with the file
   */
  public static Tls of(TlsConfig config) throws IOException {
    Tls tls = new Tls(config, TlsContexts.read(config));
    tls.log("TLS by " + (OpenSsl.isAvailable() ? OpenSsl.versionString() : "the JDK"));
    return tls;
  }

  /**
   * Reads the files, and uses nothing of them.
   *
   * @throws IOException if one cannot be used; the message begins with the file
   */
  public static void check(TlsConfig config) throws IOException {
    var unused = TlsContexts.read(config);
  }

  /**
   * Reads the files again; connections that begin from now on use what they hold, and those to
   * peers whose certificate is revoked, or whose name is taken away, end. If a file cannot be used,
   * nothing changes.
   *
   * @return whether an accepted connection has to end: the other side's certificate is revoked, or
   *     it was a peer until now and is none any more, as its name is no longer among those of peers
   * @throws IOException if a file cannot be used; the message begins with the file
   */
  public synchronized Predicate<Channel> reload() throws IOException {
    TlsContexts before = present;
    try {
      present = TlsContexts.read(config);
      trouble = null;
    } catch (IOException e) {
      trouble = String.valueOf(e.getMessage());
      throw e;
    }
    log("TLS files read again");
    TlsContexts now = present;
    for (Channel channel : dialled) {
      if (hasToEnd(presented(channel), before, now)) {
        channel.close();
      }
    }
    return channel -> provesPeers() && hasToEnd(presented(channel), before, now);
  }

  private static boolean hasToEnd(Certificate[] chain, TlsContexts before, TlsContexts now) {
    return now.authorities().haveRevoked(chain) || (before.isPeer(chain) && !now.isPeer(chain));
  }

  private void log(String what) {
    Instant expires = expires();
    boolean isExpired = expires.isBefore(Instant.now());
    LOG.log(
        isExpired ? Level.WARNING : Level.INFO,
        "{0}: certificate of {1} {2} {3}",
        what,
        String.join(", ", PeerNames.namesOf(present.certificate())),
        isExpired ? "has expired, so that it is refused, at" : "expires at",
        expires);
  }

  /** Returns when the certificate in force expires. */
  public Instant expires() {
    return present.expires();
  }

  /** Returns when the first CRL in force has to be replaced; null if none has to be. */
  public @Nullable Instant crlsExpire() {
    return present.authorities().crlsExpire();
  }

  /** Returns why the files that are there now are not in force; null if they are. */
  public @Nullable String trouble() {
    return trouble;
  }

  /** Returns how many handshakes of accepted connections have succeeded. */
  public long handshakes() {
    return counts.handshakes().sum();
  }

  /** Returns how many accepted connections have ended without a handshake. */
  public long failedHandshakes() {
    return counts.failures().sum();
  }

  /** Adds TLS as the first handlers of a connection that was accepted. */
  public void addTo(ChannelPipeline pipeline, ByteAccount account, Duration requestTimeout) {
    Duration timeout =
        requestTimeout.compareTo(HANDSHAKE_TIMEOUT) < 0 ? requestTimeout : HANDSHAKE_TIMEOUT;
    SSLEngine engine = newEngine(pipeline.channel().alloc());
    pipeline
        .addLast(new AcceptedTls(engine, timeout, account, counts, this::check))
        .addLast(new DecryptedReads());
  }

  /** Adds TLS as the first handler of a connection to a peer, which is to be that host. */
  public void addTo(ChannelPipeline pipeline, String host, int port, Duration timeout) {
    SSLEngine engine = present.client().newEngine(pipeline.channel().alloc(), host, port);
    Channel channel = pipeline.channel();
    dialled.add(channel);
    channel.closeFuture().addListener(closed -> dialled.remove(channel));
    pipeline.addLast(new TlsHandler(engine, timeout, this::checkPeer));
  }

  /** Returns a new engine for the server's side of a connection. */
  public SSLEngine newEngine(ByteBufAllocator alloc) {
    return present.server().newEngine(alloc);
  }

  /** Returns whether peers have to prove by their certificate that they are peers. */
  public boolean provesPeers() {
    return config.clientCertificates() != ClientCertificates.NONE;
  }

  /** Returns whether the other side of an accepted connection has the certificate of a peer. */
  public boolean isPeer(Channel channel) {
    return present.isPeer(presented(channel));
  }

  /**
   * Returns whether the chain of the other side of a session is trusted by what is in force now, or
   * there is none.
   */
  public boolean isTrusted(SSLSession session) {
    Certificate[] chain = TlsHandler.chain(session);
    try {
      if (chain.length > 0) {
        check(chain);
      }
      return true;
    } catch (CertificateException e) {
      return false;
    }
  }

  private void check(Certificate[] chain) throws CertificateException {
    present.authorities().checkClient(chain);
  }

  /** As {@link #check}, for the chain of a peer that this node has asked. */
  private void checkPeer(Certificate[] chain) throws CertificateException {
    TlsContexts now = present;
    now.authorities().checkServer(chain);
    if (!now.isPeer(chain)) {
      throw new CertificateException("names (expected: one of the names of peers)");
    }
  }

  /** Returns the chain that the other side has presented; empty if it has presented none yet. */
  private static Certificate[] presented(Channel channel) {
    TlsHandler tls = TlsHandler.of(channel);
    return tls == null ? TlsHandler.NOTHING : tls.presented();
  }
}
