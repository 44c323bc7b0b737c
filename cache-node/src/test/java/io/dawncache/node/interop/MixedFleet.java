package io.dawncache.node.interop;

import io.dawncache.core.consistenthash.Ring;
import io.dawncache.core.consistenthash.Scheme;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;

/**
 * Two Go nodes and two Java nodes in one ring of the {@code groupcache} dialect, over one origin,
 * and the ring as this test draws it.
 */
final class MixedFleet implements AutoCloseable {
  private static final int SIZE = 4; // nodes 0 and 1 are Go's, 2 and 3 ours
  private static final int REPLICAS = 50;

  private final CountingOrigin origin;
  private final Ring ring;
  private final List<NodeProcess> nodes = new ArrayList<>();

  /** Starts the fleet; every node is healthy when this returns, and none runs if it throws. */
  MixedFleet(boolean peerFrames) throws IOException, InterruptedException {
    origin = new CountingOrigin();
    List<String> members = freeUrls();
    ring = Ring.of(Scheme.GROUPCACHE, REPLICAS, members);
    try {
      for (int index = 0; index < SIZE; index++) {
        Seat seat = new Seat(index, members, "scores", origin.template(index));
        nodes.add(index < 2 ? new GoNode(seat) : new JavaNode(seat, peerFrames));
      }
      for (NodeProcess node : nodes) {
        node.awaitHealthy();
      }
    } catch (IOException | InterruptedException | RuntimeException e) {
      close();
      throw e;
    }
  }

  List<NodeProcess> nodes() {
    return Collections.unmodifiableList(nodes);
  }

  List<NodeProcess> goNodes() {
    return nodes().subList(0, 2);
  }

  List<NodeProcess> javaNodes() {
    return nodes().subList(2, SIZE);
  }

  CountingOrigin origin() {
    return origin;
  }

  /** Returns the node that the ring names for {@code key}. */
  NodeProcess owner(String key) {
    return owners(key).get(0);
  }

  /** Returns all nodes in the order in which the ring names them for {@code key}. */
  List<NodeProcess> owners(String key) {
    List<NodeProcess> owners = new ArrayList<>();
    for (Iterator<String> urls = ring.owners(key); urls.hasNext(); ) {
      owners.add(nodes.get(ring.members().indexOf(urls.next())));
    }
    return owners;
  }

  /** Returns the first key of {@code owner} among {@code text} followed by 0, 1, 2, ... */
  String keyOwnedBy(NodeProcess owner, String text) {
    int number = 0;
    while (owner(text + number) != owner) {
      number++;
    }
    return text + number;
  }

  @Override
  public void close() {
    nodes.forEach(NodeProcess::close);
    origin.close();
  }

  /**
   * Returns the URLs of free ports. A node must know all members before any of them listens, so the
   * ports are found by binding port 0, all at the same time, and let go again.
   */
  private static List<String> freeUrls() throws IOException {
    List<ServerSocket> sockets = new ArrayList<>();
    try {
      List<String> urls = new ArrayList<>();
      for (int i = 0; i < SIZE; i++) {
        ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        sockets.add(socket);
        urls.add("http://127.0.0.1:" + socket.getLocalPort());
      }
      return List.copyOf(urls);
    } finally {
      for (ServerSocket socket : sockets) {
        socket.close();
      }
    }
  }
}
