package io.dawncache.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** For how long values have been held when they leave to make room. */
class EvictedAgeTest {
  @RegisterExtension final Books books = new Books();

  private final HandClock time = new HandClock();
  private final CacheNode node = books.keepFor(time.node());
  private final Group scores =
      node.addGroup(
          "scores",
          GroupConfig.builder().maxBytes(100_000).policy(CachePolicy.LRU).build(),
          key -> Loaded.ofUtf8("x".repeat(1000)));

  private void get(int from, int to) {
    for (int i = from; i < to; i++) {
      scores.get("key-" + i);
    }
  }

  private long evictions() {
    return scores.stats().mainCache().evictions();
  }

  private long ageSeconds() {
    return scores.stats().events().evictedAgeSeconds();
  }

  @Test
  void theAgesOfEvictedValuesAddUp() {
    get(0, 50);
    time.pass(Duration.ofHours(1));
    assertEquals(0, evictions());

    get(50, 150);
    assertTrue(evictions() > 50, "evictions: " + evictions());
    assertAge(50, Duration.ofHours(1), ageSeconds()); // the others were new

    time.pass(Duration.ofDays(6));
    long before = ageSeconds();
    long evicted = evictions();
    get(150, 160);
    long more = evictions() - evicted;
    assertAge(more, Duration.ofDays(6), ageSeconds() - before);
  }

  private static void assertAge(long values, Duration each, long seconds) {
    double expected = values * (double) each.toSeconds();
    assertEquals(expected, (double) seconds, values * Entry.AGE_UNIT_SECONDS + 1);
  }

  @Test
  void aValueThatIsLoadedAnewIsNew() {
    get(0, 50);
    time.pass(Duration.ofHours(1));
    for (int i = 0; i < 50; i++) {
      scores.refreshAsync("key-" + i).join();
    }

    get(50, 150);

    assertTrue(evictions() > 50, "evictions: " + evictions());
    assertEquals(0, ageSeconds());
  }

  @Test
  void whatLeavesOtherwiseDoesNotCount() {
    get(0, 50);
    time.pass(Duration.ofHours(1));

    scores.clear();

    assertEquals(0, ageSeconds());
  }
}
