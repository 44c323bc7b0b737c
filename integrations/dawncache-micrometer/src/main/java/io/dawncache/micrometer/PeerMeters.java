package io.dawncache.micrometer;

import io.dawncache.core.PeerResult;
import io.dawncache.server.PeerHealth;
import io.dawncache.server.PeerStats;
import io.micrometer.core.instrument.Tags;
import java.util.Locale;
import java.util.function.DoubleSupplier;
import java.util.function.ToDoubleFunction;

/** The meters of one peer. */
final class PeerMeters {
  private PeerMeters() {}

  /** Registers them in {@code meters}, which it returns. */
  static MeterSet register(MeterSet meters, String url, Samples samples) {
    Tags tags = Tags.of("peer", url);
    meters.gauge(
        "dawncache.peer.up",
        "Whether the peer is asked: 1, or 0 if it is suspect, ejected or leaving.",
        tags,
        of(url, samples, peer -> peer.health().state() == PeerHealth.State.UP ? 1 : 0));
    for (PeerResult.Status status : PeerResult.Status.values()) {
      meters.counter(
          "dawncache.fetches",
          "Fetches from the peer, by how they ended.",
          tags.and("outcome", status.name().toLowerCase(Locale.ROOT)),
          of(url, samples, peer -> peer.fetches().getOrDefault(status, 0L)));
    }
    return meters;
  }

  private static DoubleSupplier of(String url, Samples samples, ToDoubleFunction<PeerStats> value) {
    return () -> {
      PeerStats peer = samples.present().peers().get(url);
      return peer == null ? Double.NaN : value.applyAsDouble(peer);
    };
  }
}
