package io.dawncache.bench.server;

import io.dawncache.core.Membership;
import io.dawncache.core.consistenthash.Ring;
import io.dawncache.core.consistenthash.Scheme;
import io.dawncache.node.NodeMain;
import io.dawncache.server.Dialect;
import io.dawncache.server.wire.KeyPath;
import java.io.IOException;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A fleet of two node processes; requests go to the first. Their origin is in the processes
 * themselves and costs nothing.
 */
final class TwoNodes implements AutoCloseable {
  static final String GROUP = "bench";

  private static final int ASKED = 0;
  private static final int OTHER = 1;

  private final int[] ports = ServerProcess.freePorts(2);
  private final List<String> members =
      IntStream.of(ports).mapToObj(port -> "http://127.0.0.1:" + port).toList();
  private final Ring ring = Ring.of(Scheme.NATIVE, Membership.REPLICAS, members);
  private final ServerProcess asked;
  private final ServerProcess other;

  private TwoNodes(int valueBytes) throws IOException, InterruptedException {
    asked = startNode(ASKED, valueBytes);
    other = startNode(OTHER, valueBytes);
  }

  /** Starts two nodes whose values are {@code valueBytes} long; both serve when this returns. */
  static TwoNodes start(int valueBytes) throws IOException, InterruptedException {
    return new TwoNodes(valueBytes);
  }

  private ServerProcess startNode(int index, int valueBytes)
      throws IOException, InterruptedException {
    return ServerProcess.start(
        NodeMain.class,
        List.of(
            "--listen",
            "127.0.0.1:" + ports[index],
            "--self",
            members.get(index),
            "--peers",
            String.join(",", members),
            "--group",
            GROUP + "=fixed:" + valueBytes,
            "--hot-bytes",
            "0")); // a copy would answer in the other's place
  }

  /** Returns the port of the node that receives the requests. */
  int askedPort() {
    return ports[ASKED];
  }

  /** Returns the port of the other node. */
  int otherPort() {
    return ports[OTHER];
  }

  /** Returns whether the node that receives the requests owns {@code key}; else the other does. */
  boolean isOwnedByAsked(String key) {
    return members.get(ASKED).equals(ring.owner(key));
  }

  /** Returns the bytes of a request for {@code key}. */
  static byte[] request(String key) {
    return KeepAliveConnection.request(new KeyPath(GROUP, key).path(Dialect.DAWNCACHE));
  }

  @Override
  public void close() {
    asked.close();
    other.close();
  }
}
