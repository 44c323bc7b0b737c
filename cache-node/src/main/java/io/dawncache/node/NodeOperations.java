package io.dawncache.node;

import io.dawncache.node.text.HostPort;
import io.dawncache.operations.OperationsConfig;
import io.dawncache.operations.OperationsServer;
import io.dawncache.operations.ReadyCheck;
import io.dawncache.server.AccessTokens;
import io.dawncache.server.CacheServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The operations listener of a standalone node, with its metrics and its log levels. */
final class NodeOperations implements AutoCloseable {
  private final NodeMetrics metrics;
  private final OperationsServer listener;

  private NodeOperations(NodeMetrics metrics, OperationsServer listener) {
    this.metrics = metrics;
    this.listener = listener;
  }

  /**
   * Starts it.
   *
   * @param tls whether it accepts TLS alone
   * @param edits knows the configuration in force
   * @param accesses the node's access log, if it has one
   * @throws IOException if it cannot listen on the address
   */
  static NodeOperations start(
      StandaloneNode node,
      HostPort address,
      boolean tls,
      Reconfiguration edits,
      @Nullable AccessLog accesses)
      throws IOException {
    CacheServer server = node.server();
    NodeMetrics metrics = new NodeMetrics(server, accesses);
    try {
      OperationsConfig.Builder config =
          OperationsConfig.builder()
              .host(address.host())
              .port(address.port())
              .tls(tls)
              .metrics(metrics::scrape)
              .configuration(edits::inForce)
              .remoteChanges(edits::remoteChanges)
              .resize(edits::resize)
              .readyCheck(new ReadyCheck("origins", node::originTrouble))
              .logLevels(new JdkLogLevels());
      if (edits.tokens() != null) {
        config.tokens(() -> Objects.requireNonNullElse(edits.tokens(), AccessTokens.NONE));
      }
      return new NodeOperations(metrics, OperationsServer.start(server, config.build()));
    } catch (IOException e) {
      metrics.close();
      throw e;
    }
  }

  InetSocketAddress address() {
    return listener.address();
  }

  @Override
  public void close() {
    listener.close();
    metrics.close();
  }
}
