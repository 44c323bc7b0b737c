package io.dawncache.node.origin;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLSocket;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.impl.io.DefaultHttpClientConnectionOperator;
import org.apache.hc.client5.http.impl.io.ManagedHttpClientConnectionFactory;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManager;
import org.apache.hc.client5.http.io.ManagedHttpClientConnection;
import org.apache.hc.client5.http.ssl.DefaultClientTlsStrategy;
import org.apache.hc.client5.http.ssl.TlsSocketStrategy;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.config.RegistryBuilder;
import org.apache.hc.core5.http.io.SocketConfig;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.net.NamedEndpoint;
import org.apache.hc.core5.pool.PoolConcurrencyPolicy;
import org.apache.hc.core5.pool.PoolReusePolicy;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;

/**
 * The connections to one origin: kept open between loads, as many as there are loads at a time,
 * each to any address of the origin's name that answers.
 */
final class OriginConnections extends PoolingHttpClientConnectionManager {
  /**
   * Less than the idle time-outs in use, so that a server seldom closes a connection that is about
   * to be used.
   */
  private static final Timeout IDLE = Timeout.ofSeconds(30);

  /**
   * Connections are replaced after this time, even busy ones, to follow a name whose addresses
   * change.
   */
  private static final TimeValue LIFE = TimeValue.ofMinutes(1);

  private static final int MAX_HEADER_LINE_BYTES = 16 << 10;
  private static final int MAX_HEADER_LINES = 200;

  private OriginConnections(NameLookup names) {
    super(
        new AllAddresses(names),
        PoolConcurrencyPolicy.STRICT,
        PoolReusePolicy.LIFO,
        LIFE,
        ManagedHttpClientConnectionFactory.builder()
            .http1Config(limits())
            .responseParserFactory(StrictHeads::new)
            .build());
  }

  /**
   * Returns the connections to one origin; opens none yet.
   *
   * @param connectTimeout for all addresses of a name together
   */
  static OriginConnections open(NameLookup names, Duration connectTimeout) {
    OriginConnections connections = new OriginConnections(names);
    connections.setMaxTotal(Integer.MAX_VALUE); // the group's load executor bounds the loads
    connections.setDefaultMaxPerRoute(Integer.MAX_VALUE);
    connections.setDefaultConnectionConfig(
        ConnectionConfig.custom()
            .setConnectTimeout(Timeout.of(connectTimeout))
            .setIdleTimeout(IDLE)
            .setTimeToLive(LIFE)
            // An idle connection costs nothing to try: a request that it loses is sent again on a
            // fresh one.
            .setValidateAfterInactivity(TimeValue.NEG_ONE_MILLISECOND)
            .build());
    return connections;
  }

  /** Uses the JDK's trust store, which is read when it is first needed. */
  private static SSLSocket startTls(
      Socket socket, String host, int port, @Nullable Object attachment, HttpContext context)
      throws IOException {
    return DefaultClientTlsStrategy.createSystemDefault()
        .upgrade(socket, host, port, attachment, context);
  }

  private static Http1Config limits() {
    return Http1Config.custom()
        .setMaxLineLength(MAX_HEADER_LINE_BYTES)
        .setMaxHeaderCount(MAX_HEADER_LINES)
        .build();
  }

  /** Closes the connections that no load uses. */
  void closeIdle() {
    closeIdle(TimeValue.ZERO_MILLISECONDS);
  }

  @Override
  public void close() {
    closeIdle();
  }

  /**
   * Closes the idle connections and stays open. The client closes its connection manager when an
   * exchange throws an {@link Error}; without this, a heap that was full once would end the origin
   * for ever.
   */
  @Override
  public void close(CloseMode mode) {
    closeIdle();
  }

  /**
   * Connects to the addresses of a name in turn, each within its share of the time that is left.
   */
  private static final class AllAddresses extends DefaultHttpClientConnectionOperator {
    private final NameLookup names;

    /** Tried first, so that an address that does not answer costs its share once. */
    private volatile @Nullable InetAddress lastGood;

    AllAddresses(NameLookup names) {
      super(
          // A channel's socket: an interrupt ends a wait on it, but not on a plain socket.
          proxy -> SocketChannel.open().socket(),
          null,
          new Resolver(names),
          RegistryBuilder.<TlsSocketStrategy>create()
              .register("https", OriginConnections::startTls)
              .build());
      this.names = names;
    }

    @Override
    public void connect(
        ManagedHttpClientConnection connection,
        HttpHost host,
        @Nullable NamedEndpoint endpointName,
        @Nullable Path unixDomainSocket,
        @Nullable InetSocketAddress localAddress,
        Timeout timeout,
        SocketConfig socketConfig,
        @Nullable Object attachment,
        HttpContext context)
        throws IOException {
      InetAddress[] addresses = inOrder(names.addresses(host.getHostName()));
      long endNanos = System.nanoTime() + timeout.convert(TimeUnit.NANOSECONDS);
      IOException failure = null;
      for (int i = 0; i < addresses.length; i++) {
        long shareNanos = (endNanos - System.nanoTime()) / (addresses.length - i);
        HttpHost address =
            new HttpHost(host.getSchemeName(), addresses[i], host.getHostName(), host.getPort());
        try {
          super.connect(
              connection,
              address,
              endpointName,
              unixDomainSocket,
              localAddress,
              Timeout.ofMilliseconds(Math.max(1, TimeUnit.NANOSECONDS.toMillis(shareNanos))),
              socketConfig,
              attachment,
              context);
          lastGood = addresses[i];
          return;
        } catch (IOException e) {
          if (failure != null) {
            e.addSuppressed(failure);
          }
          failure = e;
        }
      }
      throw failure == null ? new UnknownHostException(host.getHostName()) : failure;
    }

    private InetAddress[] inOrder(InetAddress[] addresses) {
      InetAddress[] ordered = addresses.clone();
      InetAddress good = lastGood;
      for (int i = 1; i < ordered.length; i++) {
        if (ordered[i].equals(good)) {
          ordered[i] = ordered[0];
          ordered[0] = addresses[i];
        }
      }
      return ordered;
    }
  }

  private record Resolver(NameLookup names) implements DnsResolver {
    @Override
    public InetAddress[] resolve(String host) throws UnknownHostException {
      return names.addresses(host);
    }

    @Override
    public String resolveCanonicalHostname(String host) {
      return host;
    }
  }
}
