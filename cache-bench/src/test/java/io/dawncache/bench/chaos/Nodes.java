package io.dawncache.bench.chaos;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;

/** Nodes that are never started. */
final class Nodes {
  private Nodes() {}

  /** Returns node 1, on port 80 of a host. */
  static ChaosNode at(String host) {
    return at(InetSocketAddress.createUnresolved(host, 80));
  }

  /** Returns node 1, at an address. */
  static ChaosNode at(InetSocketAddress address) {
    return at(1, address);
  }

  /** Returns some nodes, with numbers from 1 on. */
  static List<ChaosNode> some(int count) {
    return IntStream.rangeClosed(1, count)
        .mapToObj(
            number -> at(number, InetSocketAddress.createUnresolved("127.0.0.1", 8000 + number)))
        .toList();
  }

  private static ChaosNode at(int number, InetSocketAddress address) {
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
    return new ChaosNode(
        number, network, Path.of("members"), "http://origin/{key}", Path.of("log"));
  }
}
