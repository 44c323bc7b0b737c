package io.dawncache.node.origin;

import io.dawncache.node.origin.OriginCounts.Count;
import io.dawncache.node.origin.OriginCounts.Outcome;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** Counts loads by outcome. Safe for use by several threads. */
final class LoadTally {
  /** The adders of one outcome. */
  private record Adders(LongAdder loads, LongAdder keys, LongAdder nanos) {
    Adders() {
      this(new LongAdder(), new LongAdder(), new LongAdder());
    }
  }

  private final Map<Outcome, Adders> adders = new EnumMap<>(Outcome.class);

  LoadTally() {
    for (Outcome outcome : Outcome.values()) {
      adders.put(outcome, new Adders());
    }
  }

  /** Counts a load of {@code keys} that took this time. */
  void add(Outcome outcome, int keys, long nanos) {
    Adders of = adders.get(outcome);
    if (of != null) {
      of.loads.increment();
      of.keys.add(keys);
      of.nanos.add(nanos);
    }
  }

  OriginCounts counts() {
    Map<Outcome, Count> counts = new EnumMap<>(Outcome.class);
    adders.forEach(
        (outcome, of) ->
            counts.put(outcome, new Count(of.loads.sum(), of.keys.sum(), of.nanos.sum())));
    return new OriginCounts(counts);
  }
}
