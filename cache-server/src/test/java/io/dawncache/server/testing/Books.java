package io.dawncache.server.testing;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dawncache.core.CacheNode;
import io.dawncache.core.Group;
import io.dawncache.core.GroupStats;

/** The identities between a group's counters that hold when no get is in flight. */
public final class Books {
  private Books() {}

  /** Checks the books of every group of {@code node}. */
  public static void check(CacheNode node) {
    assertAll(node.groups().stream().map(group -> () -> check(group)));
  }

  private static void check(Group group) {
    GroupStats stats = group.stats();
    assertAll(
        group.name() + ": " + stats,
        () -> assertEquals(stats.gets(), stats.cacheHits() + stats.loads(), "gets"),
        () ->
            assertEquals(
                stats.loadsDeduped(),
                stats.localLoads() + stats.localLoadErrs() + stats.peerLoads() + stats.peerErrors(),
                "loadsDeduped"),
        () -> assertTrue(stats.loadsDeduped() <= stats.loads() || stats.peerErrors() > 0, "loads"),
        () -> assertTrue(stats.serverRequests() <= stats.gets(), "serverRequests"));
  }
}
