package io.dawncache.bench.hot;

import io.dawncache.bench.workload.Zipf;
import io.dawncache.core.consistenthash.Ring;
import io.dawncache.core.consistenthash.Scheme;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * A fleet of nodes in one thread and in simulated time: each get arrives at a random node and asks
 * for a key by Zipf's law; the ring says which node owns it; a node's own keys are always in
 * memory.
 *
 * <p>Every chooser of copies sees the same gets, since all of them run side by side.
 */
final class Simulation {
  private static final int KEYS = 100_000;
  private static final int REPLICAS = 50;
  private static final int TICKS_A_SECOND = 100;
  private static final long TICK_NANOS = 1_000_000_000 / TICKS_A_SECOND;
  private static final long HOT_TTL_NANOS = 10_000_000_000L; // the default of a group
  private static final long SEED = 42;

  private final int nodes;
  private final int copies;
  private final int getsATick;
  private final int warmUpSeconds;
  private final int seconds;
  private final Zipf zipf;
  private final String[] keys = new String[KEYS];
  private final int[] owners = new int[KEYS];
  private long nowNanos = 0;

  /**
   * Draws the fleet.
   *
   * @param getsASecond gets per second at each node
   * @param copies how many copies of others' values each node has room for
   * @param warmUpSeconds simulated time before anything is counted
   * @param seconds simulated time that is counted
   */
  Simulation(int nodes, double skew, int getsASecond, int copies, int warmUpSeconds, int seconds) {
    this.nodes = nodes;
    this.copies = copies;
    this.getsATick = nodes * getsASecond / TICKS_A_SECOND;
    this.warmUpSeconds = warmUpSeconds;
    this.seconds = seconds;
    this.zipf = new Zipf(KEYS, skew);
    List<String> members =
        IntStream.range(0, nodes).mapToObj(node -> "http://10.0.0." + node + ":8001").toList();
    Ring ring = Ring.of(Scheme.DAWNCACHE, REPLICAS, members);
    Arrays.setAll(keys, key -> "key" + (KEYS + key));
    Arrays.setAll(owners, key -> members.indexOf(ring.owner(keys[key])));
  }

  /** Runs once; returns the traffic by chooser. */
  Map<Chooser, Traffic> run() {
    Chooser[] choosers = Chooser.values();
    Copies[] fleets = Arrays.stream(choosers).map(this::copiesOf).toArray(Copies[]::new);
    long[][] fetchesByOwner = new long[choosers.length][nodes];
    SplittableRandom random = new SplittableRandom(SEED);
    int firstCounted = warmUpSeconds * TICKS_A_SECOND;
    int end = firstCounted + seconds * TICKS_A_SECOND;
    for (int tick = 0; tick < end; tick++) {
      if (tick == firstCounted) {
        fetchesByOwner = new long[choosers.length][nodes];
      }
      nowNanos = TICK_NANOS * tick;
      for (Copies fleet : fleets) {
        fleet.tick();
      }
      for (int get = 0; get < getsATick; get++) {
        nowNanos = TICK_NANOS * tick + TICK_NANOS * get / getsATick;
        int node = random.nextInt(nodes);
        int key = zipf.draw(random);
        if (owners[key] != node) {
          for (int i = 0; i < fleets.length; i++) {
            getFromOther(node, key, fleets[i], fetchesByOwner[i]);
          }
        }
      }
    }
    Map<Chooser, Traffic> traffic = new EnumMap<>(Chooser.class);
    for (int i = 0; i < choosers.length; i++) {
      traffic.put(choosers[i], traffic(fetchesByOwner[i]));
    }
    return traffic;
  }

  private Copies copiesOf(Chooser chooser) {
    return switch (chooser) {
      case NOBODY -> new Clairvoyant(owners, nodes, 0, Clairvoyant.FOR_EVER, this::nowNanos);
      case DICE -> new DiceCopies(nodes, copies, HOT_TTL_NANOS, this::nowNanos, SEED);
      case RATE -> new ShippedCopies(keys, nodes, copies, this::nowNanos);
      case RENEWING_CLAIRVOYANT ->
          new Clairvoyant(owners, nodes, copies, HOT_TTL_NANOS, this::nowNanos);
      case CLAIRVOYANT ->
          new Clairvoyant(owners, nodes, copies, Clairvoyant.FOR_EVER, this::nowNanos);
    };
  }

  private long nowNanos() {
    return nowNanos;
  }

  private void getFromOther(int node, int key, Copies copies, long[] fetchesByOwner) {
    if (!copies.answer(node, key)) {
      copies.fetched(node, key, owners[key]);
      fetchesByOwner[owners[key]]++;
    }
  }

  private Traffic traffic(long[] fetchesByOwner) {
    return new Traffic(
        (long) getsATick * TICKS_A_SECOND * seconds,
        Arrays.stream(fetchesByOwner).sum(),
        Arrays.stream(fetchesByOwner).max().orElseThrow());
  }
}
