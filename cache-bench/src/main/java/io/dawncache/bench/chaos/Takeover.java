package io.dawncache.bench.chaos;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * From when on keys are loaded by their owners alone: asks again and again for keys that nobody has
 * asked for, and sees who loads them. For use by one thread.
 */
final class Takeover {
  private static final Duration INTERVAL = Duration.ofMillis(100);

  private final FreshKeys keys;
  private final OriginValues origin;
  private final Loads loads;
  private final Client client;
  private final Since since = new Since();

  Takeover(Owners owners, OriginValues origin, Loads loads, Client client) {
    this.keys = new FreshKeys("fresh", owners);
    this.origin = origin;
    this.loads = loads;
    this.client = client;
  }

  /** Asks each of {@code asked} in turn for a key of each of {@code owners} in turn, until then. */
  void probe(List<ChaosNode> asked, List<ChaosNode> owners, long untilNanos)
      throws InterruptedException {
    for (int turn = 0; System.nanoTime() - untilNanos < 0; turn++) {
      probe(turn, asked, owners);
      Thread.sleep(INTERVAL.toMillis());
    }
  }

  /** Asks one node for a key of another one; in time each node is asked for keys of each. */
  void probe(int turn, List<ChaosNode> asked, List<ChaosNode> owners) throws InterruptedException {
    int owner = turn % owners.size();
    int round = turn / owners.size();
    ChaosNode at = asked.get((owner + round) % asked.size());
    long atNanos = System.nanoTime();
    since.look(atNanos, isLoadedBy(owners.get(owner), at));
  }

  private boolean isLoadedBy(ChaosNode owner, ChaosNode asked) throws InterruptedException {
    String key = keys.of(owner);
    try {
      return client.get(asked, key).equals(origin.of(key))
          && loads.of(key).stream().allMatch(load -> load.node() == owner.number());
    } catch (IOException e) {
      return false;
    }
  }

  /** Returns from when on every key was loaded by its owner alone, or null if the last was not. */
  @Nullable Long sinceNanos() {
    return since.nanos();
  }
}
