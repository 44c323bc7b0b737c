package io.dawncache.server.testing;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dawncache.core.CacheNode;
import io.dawncache.core.Group;
import io.dawncache.core.GroupStats;

/** The identities between a group's counters that hold when no get is in flight. */
public final class Books {
  private static final long PATIENCE_NANOS = 10_000_000_000L;

  private Books() {}

  /**
   * Checks the books of every group of {@code node}, and that no bytes are in flight. What another
   * thread is just ending is given the time for that.
   */
  public static void check(CacheNode node) {
    long end = System.nanoTime() + PATIENCE_NANOS;
    for (boolean addUp = false; !addUp; ) {
      try {
        checkNow(node);
        addUp = true;
      } catch (AssertionError e) {
        if (System.nanoTime() - end > 0) {
          throw e;
        }
        Thread.onSpinWait();
      }
    }
  }

  private static void checkNow(CacheNode node) {
    assertEquals(0, node.bytesInFlight().bytes(), "bytes in flight");
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
