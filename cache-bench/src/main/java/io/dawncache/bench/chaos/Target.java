package io.dawncache.bench.chaos;

import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Queue;
import java.util.Set;

/**
 * A node as the clients know it. Everything but {@link #isReady} belongs to the event loop of an
 * {@link OpenLoad}.
 */
final class Target {
  private final InetSocketAddress address;
  private final String authority;

  /** Connections without a request, the one that was used last in front. */
  final Deque<ClientConnection> idle = new ArrayDeque<>();

  final Set<ClientConnection> busy = new HashSet<>();

  /** Requests that wait because there are too many connections. */
  final Queue<Ask> waiting = new ArrayDeque<>();

  int connections;

  private volatile boolean ready = true;

  Target(ChaosNode node) {
    this.address = new InetSocketAddress(node.address().getHostString(), node.address().getPort());
    this.authority = node.authority();
  }

  InetSocketAddress address() {
    return address;
  }

  String authority() {
    return authority;
  }

  /** Returns whether new requests go there. */
  boolean isReady() {
    return ready;
  }

  /** Takes the node into the rotation, or out of it. Safe for use by any thread. */
  void setReady(boolean ready) {
    this.ready = ready;
  }
}
