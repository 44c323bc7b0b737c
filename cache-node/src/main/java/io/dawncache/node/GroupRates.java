package io.dawncache.node;

import io.dawncache.operations.page.StatsPage;
import io.dawncache.operations.page.StatsPage.OfGroup;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a group does at a node, or at several together.
 *
 * @param node the node's URL in the member list, or {@link #ALL}
 * @param gets a second; so are hits, loads and evictions
 * @param loads runs of the getter, with any outcome
 * @param loadMillisP50 half of the loads since the start ended within this; of several nodes the
 *     longest
 * @param loadMillisP99 99 of 100 did
 * @param evictions entries that left to make room
 * @param entries held now
 * @param bytes that all entries take now
 */
record GroupRates(
    String node,
    String group,
    double gets,
    double hits,
    double loads,
    double loadMillisP50,
    double loadMillisP99,
    double evictions,
    long entries,
    long bytes) {
  /** The name of several nodes together. */
  static final String ALL = "all";

  /**
   * Returns the rates of a group between two looks at its node, by the node's own clock.
   *
   * @param group of the later look
   * @param earlier the earlier look, or null: the rates are then the means since the node's start,
   *     as they are if node or group have started again meanwhile
   */
  static GroupRates of(String group, @Nullable StatsPage earlier, StatsPage now) {
    OfGroup present = Objects.requireNonNull(now.groups().get(group), group);
    long[] counts = counts(present);
    double seconds = Math.max(0.001, now.uptimeSeconds()); // it is in milliseconds
    OfGroup before = earlier == null ? null : earlier.groups().get(group);
    if (earlier != null
        && before != null
        && earlier.uptimeSeconds() < now.uptimeSeconds()
        && before.gets() <= present.gets()) {
      seconds -= earlier.uptimeSeconds();
      long[] passed = counts(before);
      for (int i = 0; i < counts.length; i++) {
        counts[i] = Math.max(0, counts[i] - passed[i]);
      }
    }
    return new GroupRates(
        now.self(),
        group,
        counts[0] / seconds,
        counts[1] / seconds,
        counts[2] / seconds,
        present.loadTimes().p50(),
        present.loadTimes().p99(),
        counts[3] / seconds,
        entries(present),
        present.heldBytes());
  }

  private static long[] counts(OfGroup group) {
    return new long[] {group.gets(), group.cacheHits(), group.getterRuns(), evictions(group)};
  }

  private static long evictions(OfGroup group) {
    return group.mainCache().evictions()
        + group.hotCache().evictions()
        + group.missingKeys().evictions();
  }

  private static long entries(OfGroup group) {
    return group.mainCache().items() + group.hotCache().items() + group.missingKeys().items();
  }

  /** Returns which part of the gets memory answered, 0 to 1, or null if there was no get. */
  @Nullable Double hitRatio() {
    return gets == 0 ? null : Math.min(1, hits / gets);
  }

  /** Returns the same under the name of several nodes. */
  GroupRates ofAll() {
    return new GroupRates(
        ALL, group, gets, hits, loads, loadMillisP50, loadMillisP99, evictions, entries, bytes);
  }

  /** Returns the rates of this and another node together. */
  GroupRates plus(GroupRates other) {
    return new GroupRates(
        ALL,
        group,
        gets + other.gets,
        hits + other.hits,
        loads + other.loads,
        Math.max(loadMillisP50, other.loadMillisP50),
        Math.max(loadMillisP99, other.loadMillisP99),
        evictions + other.evictions,
        entries + other.entries,
        bytes + other.bytes);
  }
}
