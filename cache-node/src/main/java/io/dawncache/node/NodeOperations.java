package io.dawncache.node;

import io.dawncache.operations.OperationsConfig;
import io.dawncache.operations.OperationsServer;
import io.dawncache.server.CacheServer;
import java.io.IOException;
import java.net.InetSocketAddress;

/** The operations listener of a standalone node, with its log levels. */
final class NodeOperations implements AutoCloseable {
  private final OperationsServer listener;

  private NodeOperations(OperationsServer listener) {
    this.listener = listener;
  }

  /**
   * Starts it.
   *
   * @throws IOException if it cannot listen on the address
   */
  static NodeOperations start(CacheServer server, HostPort address) throws IOException {
    OperationsConfig config =
        OperationsConfig.builder()
            .host(address.host())
            .port(address.port())
            .logLevels(new JulLevels())
            .build();
    return new NodeOperations(OperationsServer.start(server, config));
  }

  InetSocketAddress address() {
    return listener.address();
  }

  @Override
  public void close() {
    listener.close();
  }
}
