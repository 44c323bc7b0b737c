package io.dawncache.bench.chaos;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * From when on keys are loaded by whom the whole ring names: asks again and again for keys that
 * nobody has asked for, and sees who loads them.
 */
final class Takeover {
  private static final Duration INTERVAL = Duration.ofMillis(100);

  /** What came of one question. */
  private record Probe(long atNanos, boolean byOwner) {}

  private final Scene scene;
  private final FreshKeys keys;
  private final List<Probe> probes = new ArrayList<>();

  Takeover(Scene scene, Owners owners) {
    this.scene = scene;
    this.keys = new FreshKeys("fresh", owners);
  }

  /** Asks each of {@code asked} in turn for a key of each of {@code owners} in turn, until then. */
  void probe(List<ChaosNode> asked, List<ChaosNode> owners, long untilNanos)
      throws InterruptedException {
    for (int turn = 0; System.nanoTime() - untilNanos < 0; turn++) {
      ChaosNode owner = owners.get(turn % owners.size());
      // A step more in each round, so that in time each is asked for keys of each.
      ChaosNode at = asked.get((turn + turn / owners.size()) % asked.size());
      long atNanos = System.nanoTime();
      probes.add(new Probe(atNanos, isLoadedBy(owner, at)));
      scene.pause(INTERVAL);
    }
  }

  private boolean isLoadedBy(ChaosNode owner, ChaosNode asked) throws InterruptedException {
    String key = keys.of(owner);
    try {
      return Direct.get(asked, key).equals(scene.origin().value(key))
          && scene.origin().loads().stream()
              .filter(load -> load.key().equals(key))
              .allMatch(load -> load.node() == owner.number());
    } catch (IOException e) {
      return false;
    }
  }

  /** Returns from when on every key was loaded by its owner alone, or null if the last was not. */
  @Nullable Long sinceNanos() {
    Long since = null;
    for (Probe probe : probes) {
      if (!probe.byOwner()) {
        since = null;
      } else if (since == null) {
        since = probe.atNanos();
      }
    }
    return since;
  }
}
