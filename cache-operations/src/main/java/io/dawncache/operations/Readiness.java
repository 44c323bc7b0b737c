package io.dawncache.operations;

import io.dawncache.core.GroupStats;
import io.dawncache.server.ServerStats;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Whether a node should get requests, and if not, why: each check by itself.
 *
 * @param checks in the order in which they are shown
 */
record Readiness(List<Check> checks) {
  /** A node with less room than this for what is in flight refuses requests already. */
  private static final double LEAST_ROOM = 0.05;

  /**
   * One check.
   *
   * @param fault why the node is not ready; null if it is
   */
  record Check(String name, @Nullable String fault) {}

  /** Checks a node, then what its program adds. */
  static Readiness of(ServerStats stats, List<ReadyCheck> others) {
    List<Check> checks = new ArrayList<>();
    checks.add(new Check("discovery", discovery(stats.discovery())));
    checks.add(
        new Check("draining", stats.draining() ? "the node leaves, or has left, its fleet" : null));
    checks.add(new Check("memory", memory(stats.bytesInFlight())));
    for (ServerStats.GroupReport group : stats.groups()) {
      checks.add(new Check("origin of " + group.name(), origin(group.stats())));
    }
    for (ReadyCheck other : others) {
      checks.add(new Check(other.name(), other.fault().get()));
    }
    return new Readiness(checks);
  }

  private static @Nullable String discovery(ServerStats.@Nullable DiscoveryState discovery) {
    if (discovery == null || discovery.found()) {
      return null;
    }
    String trouble = discovery.trouble();
    return "no members yet from " + discovery.source() + (trouble == null ? "" : ": " + trouble);
  }

  private static @Nullable String memory(ServerStats.BytesInFlight inFlight) {
    long room = inFlight.maxBytes() - inFlight.bytes();
    return room >= inFlight.maxBytes() * LEAST_ROOM
        ? null
        : "bytes in flight: %d of %d".formatted(inFlight.bytes(), inFlight.maxBytes());
  }

  /**
   * An origin counts as unreachable only while it has never answered: when it fails later, the node
   * still has what it holds, and so have all others, which would all be taken out at once.
   */
  private static @Nullable String origin(GroupStats stats) {
    return stats.localLoads() > 0 || stats.localLoadErrs() == 0
        ? null
        : "the origin has answered none of " + stats.localLoadErrs() + " loads";
  }

  boolean isReady() {
    return checks.stream().allMatch(check -> check.fault() == null);
  }

  Answer answer() {
    Map<String, Object> page = new LinkedHashMap<>();
    page.put("ready", isReady());
    page.put("checks", checks.stream().map(Readiness::shown).toList());
    return Answer.json(isReady() ? 200 : 503, page);
  }

  private static Map<String, Object> shown(Check check) {
    Map<String, Object> shown = new LinkedHashMap<>();
    shown.put("name", check.name());
    shown.put("ok", check.fault() == null);
    if (check.fault() != null) {
      shown.put("fault", check.fault());
    }
    return shown;
  }
}
