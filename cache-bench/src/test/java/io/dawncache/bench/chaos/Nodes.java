package io.dawncache.bench.chaos;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;

/** Nodes that are never started. */
final class Nodes {
  private Nodes() {}

  /** Returns a node on port 80 of a host. */
  static ChaosNode at(String host) {
    return at(InetSocketAddress.createUnresolved(host, 80));
  }

  /** Returns a node at an address. */
  static ChaosNode at(InetSocketAddress address) {
    Network network =
        new Network() {
          @Override
          public String originHost() {
            return "127.0.0.1";
          }

          @Override
          public InetSocketAddress address(int node) {
            return address;
          }

          @Override
          public List<String> command(int node, List<String> command) {
            return command;
          }

          @Override
          public void close() {}
        };
    return new ChaosNode(1, network, Path.of("members"), "http://origin/{key}", Path.of("log"));
  }
}
