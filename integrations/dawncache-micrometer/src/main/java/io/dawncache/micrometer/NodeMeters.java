package io.dawncache.micrometer;

import io.dawncache.server.PeerHealth;
import io.dawncache.server.ServerStats;
import io.micrometer.core.instrument.Tags;
import java.util.Locale;
import java.util.Objects;
import java.util.function.DoubleSupplier;
import java.util.function.ToDoubleFunction;

/** The meters of a server as a whole. */
final class NodeMeters {
  private final Samples samples;

  private NodeMeters(Samples samples) {
    this.samples = samples;
  }

  static void register(MeterSet meters, Samples samples) {
    NodeMeters node = new NodeMeters(samples);
    node.registerFleet(meters);
    node.registerConnections(meters);
    if (Objects.requireNonNull(samples.present().server()).tls() != null) {
      node.registerTls(meters);
    }
  }

  private void registerFleet(MeterSet meters) {
    meters.gauge(
        "dawncache.members",
        "The members in the list in force; 0 if the node stands alone.",
        Tags.empty(),
        of(stats -> stats.members().size()));
    for (PeerHealth.State state : PeerHealth.State.values()) {
      meters.gauge(
          "dawncache.peers",
          "The other members, by whether they are asked.",
          Tags.of("state", state.name().toLowerCase(Locale.ROOT)),
          of(stats -> stats.peers().stream().filter(p -> p.health().state() == state).count()));
    }
    meters.counter(
        "dawncache.ejections",
        "How many times this node has ejected a member.",
        Tags.empty(),
        of(ServerStats::ejections));
    meters.counter(
        "dawncache.peers.unproven",
        "How often a process was not treated as a peer: it had not proven a secret of this node.",
        Tags.empty(),
        of(ServerStats::unprovenPeers));
    meters.gauge(
        "dawncache.members.hinted",
        "Members that have not received all changes.",
        Tags.empty(),
        of(stats -> stats.membersWithHints().size()));
    meters.gauge(
        "dawncache.lists.other",
        "Nodes that are known to hold another member list.",
        Tags.empty(),
        of(stats -> stats.otherLists().size()));
    meters.gauge(
        "dawncache.semantics.other",
        "Members whose groups are known to have other TTLs or limits.",
        Tags.empty(),
        of(stats -> stats.otherSemantics().size()));
    meters.gauge(
        "dawncache.draining",
        "1 if the node leaves its fleet or has left it, else 0.",
        Tags.empty(),
        of(stats -> stats.draining() ? 1 : 0));
  }

  private void registerConnections(MeterSet meters) {
    meters.gauge(
        "dawncache.connections",
        "Open connections, of clients and of peers.",
        Tags.empty(),
        of(ServerStats::connections));
    meters.counter(
        "dawncache.connections.refused",
        "Connections that were refused, because too many were open.",
        Tags.empty(),
        of(ServerStats::refusedConnections));
    meters.bytes(
        "dawncache.inflight.bytes",
        "What requests, answers and loads hold.",
        Tags.empty(),
        of(stats -> stats.bytesInFlight().bytes()));
    meters.bytes(
        "dawncache.inflight.most.bytes",
        "What they may hold at most.",
        Tags.empty(),
        of(stats -> stats.bytesInFlight().maxBytes()));
    meters.counter(
        "dawncache.inflight.refused",
        "How often there was no room for more.",
        Tags.empty(),
        of(stats -> stats.bytesInFlight().refused()));
    meters.counter(
        "dawncache.inflight.closed",
        "Connections that were closed to make room.",
        Tags.empty(),
        of(stats -> stats.bytesInFlight().closed()));
  }

  private void registerTls(MeterSet meters) {
    meters.counter(
        "dawncache.tls.handshakes",
        "Connections accepted, by whether TLS was agreed on.",
        Tags.of("result", "success"),
        ofTls(ServerStats.TlsState::handshakes));
    meters.counter(
        "dawncache.tls.handshakes",
        "Connections accepted, by whether TLS was agreed on.",
        Tags.of("result", "failure"),
        ofTls(ServerStats.TlsState::failedHandshakes));
    meters.gauge(
        "dawncache.tls.certificate.expires",
        "When the certificate in force expires, in seconds since 1970.",
        Tags.empty(),
        ofTls(tls -> tls.expires().getEpochSecond()));
    meters.gauge(
        "dawncache.tls.crl.expires",
        "When the first CRL in force has to be replaced, in seconds since 1970; NaN for none.",
        Tags.empty(),
        ofTls(tls -> tls.crlsExpire() == null ? Double.NaN : tls.crlsExpire().getEpochSecond()));
    meters.gauge(
        "dawncache.tls.files.refused",
        "1 if the files that are there now are not in force, else 0.",
        Tags.empty(),
        ofTls(tls -> tls.trouble() == null ? 0 : 1));
  }

  private DoubleSupplier ofTls(ToDoubleFunction<ServerStats.TlsState> value) {
    return of(stats -> value.applyAsDouble(Objects.requireNonNull(stats.tls())));
  }

  private DoubleSupplier of(ToDoubleFunction<ServerStats> value) {
    return () -> value.applyAsDouble(Objects.requireNonNull(samples.present().server()));
  }
}
