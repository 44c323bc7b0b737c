package io.dawncache.server.peer;

import io.dawncache.server.wire.NodeUrl;
import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.List;

/**
 * Finds out whether a peer that has not answered yet is alive. A plain refusal is a yes: a peer
 * that drains accepts no connections, but still answers what it has; if it had been killed, the
 * connection of the waiting fetch would be lost. Concurrent callers share one probe. Confined to
 * one event loop.
 */
final class Prober {
  /** Receives whether the peer gave any answer in time. */
  @FunctionalInterface
  interface Verdict {
    void probed(boolean answered);
  }

  private final Outbound outbound;
  private final NodeUrl peer;
  private final EventLoop loop;
  private List<Verdict> asking = new ArrayList<>();

  Prober(Outbound outbound, NodeUrl peer, EventLoop loop) {
    this.outbound = outbound;
    this.peer = peer;
    this.loop = loop;
  }

  /**
   * Probes the peer and calls {@code verdict} once, no later than the probe's time-out from now,
   * with TLS that for its handshake.
   */
  void probe(Verdict verdict) {
    assert loop.inEventLoop();
    asking.add(verdict);
    if (asking.size() == 1) {
      Probe.start(outbound, loop, peer, outbound.timings().probe(), this::ended);
    }
  }

  private void ended(Probe.Outcome outcome) {
    boolean answered =
        switch (outcome) {
          case ANSWERED, REFUSED, OF_ANOTHER_CLUSTER, NOT_PROVEN -> true;
          case SILENT, LOST, NOT_TRUSTED -> false;
        };
    List<Verdict> callers = asking;
    asking = new ArrayList<>();
    callers.forEach(verdict -> verdict.probed(answered));
  }
}
