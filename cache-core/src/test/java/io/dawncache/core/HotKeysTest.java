package io.dawncache.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class HotKeysTest {
  private static final long MINUTE = TimeUnit.MINUTES.toNanos(1);

  private final AtomicLong nanos = new AtomicLong(630);
  private final HotKeys hot = new HotKeys(nanos::get);

  @Test
  void nothingIsHotWithoutGets() {
    assertEquals(List.of(), hot.top(10));
  }

  @Test
  void theKeysWithTheMostGetsComeFirstWithTheirShares() {
    for (int i = 0; i < 30; i++) {
      nanos.addAndGet(TimeUnit.SECONDS.toNanos(1) - 1);
      hot.count("Tom", 70);
      hot.count("Jack", 30);
    }

    List<HotKey> top = hot.top(10);
    assertEquals(List.of("Tom", "Jack"), top.stream().map(HotKey::key).toList());
    assertEquals(70 * 60, top.get(0).minuteGets(), 1);
    assertEquals(0.7, top.get(0).share(), 1e-9);
    assertEquals(0, top.get(0).minuteError());
    assertEquals(List.of(top.get(0)), hot.top(1));
  }

  /** One key in ten gets, among so many that each is asked for about once. */
  @Test
  void aHotKeyIsFoundAmongManyMoreKeysThanThereArePlaces() {
    SplittableRandom random = new SplittableRandom(7);
    nanos.addAndGet(MINUTE / 2 - 1);
    for (int i = 0; i < 100_000; i++) {
      hot.count(i % 10 == 0 ? "Tom" : "key-" + random.nextInt(1_000_000), 1);
    }

    HotKey first = hot.top(10).get(0);
    assertEquals("Tom", first.key());
    assertTrue(first.share() > 0.09 && first.share() <= 0.1, first.toString());
    assertTrue(hot.top(1000).size() <= HotKeys.PLACES);
    for (HotKey other : hot.top(1000).subList(1, 10)) {
      assertTrue(other.share() < 0.01, other.toString());
    }
  }

  @Test
  void aSteadyRateStaysAsItIsAndAKeyThatIsNoLongerAskedForFades() {
    hot.count("Jack", 6000);
    for (int second = 0; second < 600; second++) {
      nanos.addAndGet(TimeUnit.SECONDS.toNanos(1));
      hot.count("Tom", 10);
    }
    List<HotKey> top = hot.top(10);
    assertEquals(List.of("Tom"), top.stream().map(HotKey::key).toList());
    assertEquals(600, top.get(0).minuteGets(), 20);

    nanos.addAndGet(100 * MINUTE);
    assertEquals(List.of(), hot.top(10));
  }

  @Test
  void oneGetInSixtyFourIsCountedForAll() {
    nanos.addAndGet(MINUTE / 2 - 1);
    for (int i = 0; i < 640_000; i++) {
      hot.got("Tom");
      hot.got("Jack", 2);
    }
    hot.got("Ann", 100_000);

    List<HotKey> top = hot.top(10);
    assertEquals(List.of("Jack", "Tom", "Ann"), top.stream().map(HotKey::key).toList());
    assertEquals(2 * 1_280_000, top.get(0).minuteGets(), 0.05 * 2 * 1_280_000);
    assertEquals(1_280_000, top.get(1).minuteGets(), 0.05 * 1_280_000);
    assertEquals(200_000, top.get(2).minuteGets(), 1);
  }

  @Test
  void aKeyOfAThousandCharactersIsNotKept() {
    hot.count("x".repeat(1025), 1000);
    assertEquals(List.of(), hot.top(10));
  }

  @Test
  void getsOfAGroupsOwnKeysAreSampled() {
    try (CacheNode node = CacheNode.create()) {
      Group group = node.addGroup("scores", Loaded::ofUtf8);
      for (int i = 0; i < 100_000; i++) {
        group.get("Tom");
      }
      HotKey first = group.hotKeys(10).get(0);
      assertEquals("Tom", first.key());
      assertEquals(1, first.share());
    }
  }

  @Test
  void getsOfPeersAndOfTheirCopiesCountAtTheOwner() {
    try (CacheNode node = CacheNode.create()) {
      Group group = node.addGroup("scores", Loaded::ofUtf8);
      GetCallback ignored =
          new GetCallback() {
            @Override
            public void value(Entry entry, double minuteQps) {}

            @Override
            public void error(GetException error) {}
          };
      group.get("Tom");
      group.forServers().getForPeer("Tom", null, 6399, ignored);

      assertEquals("Tom", group.hotKeys(10).get(0).key());
      assertTrue(group.hotKeys(10).get(0).minuteGets() >= 6400);
    }
  }
}
