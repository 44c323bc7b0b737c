package io.dawncache.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Room for three copies of equal weight, unless a test says otherwise. */
class HotCopiesTest {
  private static final long ONE = new HotCopies(0, e -> {}).weigh(copy("Tom"));

  private final List<HotCopies> all = new ArrayList<>();
  private final List<String> evicted = new ArrayList<>();

  private HotCopies copies(long maxBytes) {
    HotCopies copies = new HotCopies(maxBytes, entry -> evicted.add(entry.key()));
    all.add(copies);
    return copies;
  }

  @AfterEach
  void theBooksAddUp() {
    all.forEach(HotCopiesTest::assertBooks);
  }

  private static void assertBooks(HotCopies copies) {
    var bytes = new AtomicLong();
    var items = new AtomicLong();
    copies.forEach(
        entry -> {
          bytes.addAndGet(copies.weigh(entry));
          items.incrementAndGet();
          assertSame(entry, copies.peek(entry.key()));
        });
    assertEquals(bytes.get(), copies.stats().bytes());
    assertEquals(items.get(), copies.stats().items());
    long evictions = copies.stats().evictions();

    copies.resize(0); // the order holds the same copies as the map

    assertEquals(new CacheStats(0, 0, evictions + items.get()), copies.stats());
  }

  private static Entry.Copy copy(String key) {
    return copy(key, 8);
  }

  private static Entry.Copy copy(String key, int valueBytes) {
    return new Entry.Copy(key, ByteView.copyOf(new byte[valueBytes]), CoarseClock.NEVER);
  }

  private static Set<String> keys(HotCopies copies) {
    Set<String> keys = new TreeSet<>();
    copies.forEach(entry -> keys.add(entry.key()));
    return keys;
  }

  private static void assertKeys(HotCopies copies, String... keys) {
    assertEquals(Set.of(keys), keys(copies));
  }

  private static void get(HotCopies copies, String key, int times) {
    for (int i = 0; i < times; i++) {
      copies.get(key);
    }
  }

  @Test
  void whatWasKeptIsThereUntilItIsRemoved() {
    HotCopies copies = copies(3 * ONE);
    Entry.Copy tom = copy("Tom");
    assertNull(copies.get("Tom"));

    assertTrue(copies.offer(tom, 60));
    assertSame(tom, copies.get("Tom"));
    assertSame(tom, copies.peek("Tom"));
    assertEquals(new CacheStats(ONE, 1, 0), copies.stats());

    assertSame(tom, copies.remove("Tom"));
    assertNull(copies.remove("Tom"));
    assertNull(copies.get("Tom"));
    assertNull(copies.peek("Tom"));
    assertEquals(new CacheStats(0, 0, 0), copies.stats());
  }

  @Test
  void whileThereIsRoomEveryCopyIsKept() {
    HotCopies copies = copies(3 * ONE);

    assertTrue(copies.offer(copy("Tom"), 60));
    assertTrue(copies.offer(copy("Sam"), 0));
    assertTrue(copies.offer(copy("Max"), 1));

    assertKeys(copies, "Max", "Sam", "Tom");
  }

  @Test
  void theCopyWithTheLowestRateLeavesForOneWithAHigherRate() {
    HotCopies copies = full();

    assertTrue(copies.offer(copy("Joe"), 15));

    assertKeys(copies, "Joe", "Max", "Tom");
    assertEquals(List.of("Sam"), evicted);
    assertEquals(1, copies.stats().evictions());
  }

  private HotCopies full() {
    HotCopies copies = copies(3 * ONE);
    copies.offer(copy("Tom"), 30);
    copies.offer(copy("Sam"), 10);
    copies.offer(copy("Max"), 20);
    return copies;
  }

  @Test
  void aRateThatIsNotHigherGetsNoPlaceAndEvictsNothing() {
    HotCopies copies = full();

    for (double rate : new double[] {9, 10, 0, -1, Double.NaN}) {
      assertFalse(copies.offer(copy("Joe"), rate), "rate: " + rate);
    }

    assertKeys(copies, "Max", "Sam", "Tom");
    assertEquals(0, copies.stats().evictions());
  }

  @Test
  void aRateThatIsNoNumberIsTheLowest() {
    HotCopies copies = copies(3 * ONE);
    copies.offer(copy("Nan"), Double.NaN);
    copies.offer(copy("Tom"), 30);
    copies.offer(copy("Max"), 20);

    assertTrue(copies.offer(copy("Joe"), 1));

    assertEquals(List.of("Nan"), evicted);
  }

  @Test
  void aLargeCopyMustOutrankByteForByteAllThatWouldLeaveForIt() {
    HotCopies copies = full();
    int twoPlaces = (int) ONE + 8;
    assertEquals(2 * ONE, copies.weigh(copy("Big", twoPlaces)));

    assertFalse(copies.offer(copy("Big", twoPlaces), 2 * 20), "as many a byte as Max");
    assertKeys(copies, "Max", "Sam", "Tom");
    assertTrue(copies.offer(copy("Big", twoPlaces), 2 * 21));

    assertKeys(copies, "Big", "Tom");
    assertEquals(List.of("Sam", "Max"), evicted);
    assertEquals(new CacheStats(3 * ONE, 2, 2), copies.stats());
  }

  @Test
  void aCopyHeavierThanTheBoundIsNotKeptAndEvictsNothing() {
    HotCopies copies = copies(ONE);
    copies.offer(copy("Tom"), 1);

    assertFalse(copies.offer(copy("Big", 9), 1e9));

    assertKeys(copies, "Tom");
    assertEquals(List.of(), evicted);
  }

  @Test
  void aBoundOfNothingKeepsNothing() {
    HotCopies copies = copies(0);

    assertFalse(copies.offer(copy("Tom"), 60));

    assertEquals(new CacheStats(0, 0, 0), copies.stats());
  }

  @Test
  void withoutABoundNothingLeaves() {
    HotCopies copies = copies(Long.MAX_VALUE);

    for (int i = 0; i < 1_000; i++) {
      assertTrue(copies.offer(copy(String.format("%03d", i)), 1));
    }

    assertEquals(new CacheStats(1_000 * ONE, 1_000, 0), copies.stats());
  }

  @Test
  void aLaterCopyOfAKeyTakesTheEarliersPlaceAndRate() {
    HotCopies copies = copies(3 * ONE);
    copies.offer(copy("Tom"), 30);
    Entry.Copy later = copy("Tom", 16);

    assertTrue(copies.offer(later, 10));

    assertSame(later, copies.get("Tom"));
    assertEquals(new CacheStats(ONE + 8, 1, 0), copies.stats());
    assertEquals(List.of(), evicted, "it did not leave to make room");
  }

  @Test
  void anEarlierCopyGoesEvenIfTheLaterIsNotKept() {
    HotCopies copies = full();

    assertFalse(copies.offer(copy("Tom", 1_000_000), 60));
    assertNull(copies.peek("Tom"));

    copies.offer(copy("Joe"), 15);
    assertFalse(copies.offer(copy("Max", 16), 1), "Sam would have to leave");
    assertKeys(copies, "Joe", "Sam");
  }

  @Test
  void onlyTheVeryCopyIsRemoved() {
    HotCopies copies = copies(3 * ONE);
    Entry.Copy earlier = copy("Tom");
    Entry.Copy later = copy("Tom");
    copies.offer(earlier, 60);
    copies.offer(later, 60);

    assertFalse(copies.remove(earlier));
    assertFalse(copies.remove(copy("Sam")));
    assertSame(later, copies.peek("Tom"));
    assertTrue(copies.remove(later));
    assertFalse(copies.remove(later));
  }

  @Test
  void removeIfRemovesWhatItIsToldAndCountsNoEviction() {
    HotCopies copies = full();

    copies.removeIf(entry -> !entry.key().equals("Max"));

    assertKeys(copies, "Max");
    assertEquals(0, copies.stats().evictions());
    assertEquals(List.of(), evicted);
  }

  @Test
  void aSmallerBoundEvictsTheLowestRatesAtOnceAndALargerOneMakesRoom() {
    HotCopies copies = full();

    copies.resize(2 * ONE - 1);
    assertKeys(copies, "Tom");
    assertEquals(List.of("Sam", "Max"), evicted);
    assertFalse(copies.offer(copy("Sam"), 10));

    copies.resize(2 * ONE);
    assertTrue(copies.offer(copy("Sam"), 10));
    assertEquals(new CacheStats(2 * ONE, 2, 2), copies.stats());
  }

  @Test
  void whoIsToldOfAnEvictionMayAskAndChangeTheCopies() {
    var told = new ArrayList<String>();
    var copies = new HotCopies[1];
    copies[0] =
        new HotCopies(
            ONE,
            entry -> {
              told.add(entry.key());
              assertNull(copies[0].peek(entry.key()));
              assertTrue(copies[0].stats().bytes() <= ONE);
              copies[0].remove("Sam");
            });
    copies[0].offer(copy("Tom"), 1);

    copies[0].offer(copy("Sam"), 2);

    assertEquals(List.of("Tom"), told);
    assertEquals(new CacheStats(0, 0, 1), copies[0].stats());
  }

  @Test
  void getsAreTakenOnceAndPeeksAreNone() {
    HotCopies copies = copies(3 * ONE);
    copies.offer(copy("Tom"), 60);
    assertEquals(0, copies.takeGets("Tom"));
    get(copies, "Tom", 3);
    copies.peek("Tom");

    assertEquals(3, copies.takeGets("Tom"));
    assertEquals(0, copies.takeGets("Tom"));
    assertEquals(0, copies.takeGets("Sam"));
  }

  @Test
  void theGetsOfACopyThatHasLeftByAnyWayAreTakenToo() {
    HotCopies copies = full();
    for (String key : List.of("Tom", "Sam", "Max")) {
      get(copies, key, 5);
    }

    copies.offer(copy("Joe"), 15); // evicts Sam
    copies.remove("Tom");
    copies.offer(copy("Max"), 20);
    get(copies, "Max", 2);

    assertEquals(5, copies.takeGets("Sam"));
    assertEquals(5, copies.takeGets("Tom"));
    assertEquals(5 + 2, copies.takeGets("Max"));
    assertEquals(0, copies.takeGets("Joe"));
  }

  @Test
  void theGetsOfSeveralCopiesThatCameAndWentAddUp() {
    HotCopies copies = copies(ONE);
    for (int i = 0; i < 10; i++) {
      Entry.Copy copy = copy("Tom");
      copies.offer(copy, 60);
      get(copies, "Tom", i);
      copies.remove(copy);
    }

    assertEquals(45, copies.takeGets("Tom"));
  }

  @Test
  void underConcurrentUseTheBoundHoldsAndTheBooksAddUp() throws Exception {
    long bound = 20 * ONE;
    HotCopies copies = new HotCopies(bound, entry -> {});
    all.add(copies);
    var over = new AtomicLong();
    var threads = new ArrayList<Thread>();
    for (int t = 0; t < 4; t++) {
      var random = new Random(t);
      threads.add(
          new Thread(
              () -> {
                for (int i = 0; i < 5_000; i++) {
                  String key = "k" + random.nextInt(60);
                  switch (random.nextInt(8)) {
                    case 0 -> copies.remove(key);
                    case 1, 2, 3 ->
                        copies.offer(copy(key, random.nextInt(100)), random.nextInt(1_000));
                    case 4 -> copies.takeGets(key);
                    default -> copies.get(key);
                  }
                  if (copies.stats().bytes() > bound) {
                    over.incrementAndGet();
                  }
                }
                copies.removeIf(entry -> entry.key().endsWith("3"));
              }));
    }
    threads.forEach(Thread::start);
    for (Thread thread : threads) {
      thread.join();
    }

    assertEquals(0, over.get());
  }
}
