package io.dawncache.bench.chaos;

import io.dawncache.bench.server.ServerProcess;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;

/** Where the nodes of a scene live, numbered from 1. */
interface Network extends AutoCloseable {
  /** Returns the address of the origin as the nodes reach it; port 0 is replaced by a free one. */
  String originHost();

  /** Returns the address on which a node listens. */
  InetSocketAddress address(int node);

  /** Returns the command that runs {@code command} where the node lives. */
  List<String> command(int node, List<String> command);

  @Override
  void close() throws IOException;

  /** All of them on the loopback address, on free ports. */
  static Network loopback(int nodes) throws IOException {
    return loopback(ServerProcess.freePorts(nodes));
  }

  /** All of them on the loopback address, on these ports. */
  static Network loopback(int[] ports) {
    return new Network() {
      @Override
      public String originHost() {
        return "127.0.0.1";
      }

      @Override
      public InetSocketAddress address(int node) {
        return InetSocketAddress.createUnresolved("127.0.0.1", ports[node - 1]);
      }

      @Override
      public List<String> command(int node, List<String> command) {
        return new ArrayList<>(command);
      }

      @Override
      public void close() {}
    };
  }
}
