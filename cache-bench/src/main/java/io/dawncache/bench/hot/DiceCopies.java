package io.dawncache.bench.hot;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.LongSupplier;

/**
 * Keeps one in ten of the values that a node fetches, chosen by dice, as golang/groupcache does;
 * the least recently used copy leaves. Copies expire as ours do, so that the choice alone differs.
 */
final class DiceCopies implements Copies {
  private static final int DICE_SIDES = 10;
  private static final float LOAD_FACTOR = 0.75f;

  private final LongSupplier nanoTime;
  private final long ttlNanos;
  private final int copies;
  private final SplittableRandom random;

  /** By node: when each copy expires, the least recently used first. */
  private final List<Map<Integer, Long>> endNanos = new ArrayList<>();

  /**
   * Holds nothing yet.
   *
   * @param copies how many copies a node has room for
   * @param ttlNanos how long a copy lasts
   * @param seed of the dice
   */
  DiceCopies(int nodes, int copies, long ttlNanos, LongSupplier nanoTime, long seed) {
    this.nanoTime = nanoTime;
    this.ttlNanos = ttlNanos;
    this.copies = copies;
    this.random = new SplittableRandom(seed);
    for (int node = 0; node < nodes; node++) {
      endNanos.add(new LinkedHashMap<>(copies, LOAD_FACTOR, true));
    }
  }

  @Override
  public boolean answer(int node, int key) {
    Long end = endNanos.get(node).get(key); // which notes the use
    return end != null && nanoTime.getAsLong() < end;
  }

  @Override
  public void fetched(int node, int key, int owner) {
    if (random.nextInt(DICE_SIDES) != 0) {
      return;
    }
    Map<Integer, Long> held = endNanos.get(node);
    held.put(key, nanoTime.getAsLong() + ttlNanos);
    if (held.size() > copies) {
      Iterator<Integer> leastRecentlyUsed = held.keySet().iterator();
      leastRecentlyUsed.next();
      leastRecentlyUsed.remove();
    }
  }
}
