package io.dawncache.core.lru;

import static io.dawncache.core.Interleavings.atOnce;
import static io.dawncache.core.Interleavings.check;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The read buffer and the map in every order of steps that a hundred runs reach. */
@Tag("thorough")
class LruInterleavingsIT {
  private static final int ORDERS = 100;

  private static void drain(ReentrantLock lock, ReadBuffer<Integer> reads) {
    lock.lock();
    try {
      reads.drain();
    } finally {
      lock.unlock();
    }
  }

  @Test
  void aDrainSeesAllReadsAddedBeforeItAndEachReadOnceInItsThreadsOrder() {
    check(
        ORDERS,
        () -> {
          ReentrantLock lock = new ReentrantLock();
          List<Integer> seen = new ArrayList<>();
          ReadBuffer<Integer> reads = new ReadBuffer<>(lock, seen::add);
          atOnce(
              () -> {
                reads.add(1);
                reads.add(2);
                drain(lock, reads);
                assertSeen(lock, seen, 1, 2);
              },
              () -> {
                reads.add(11);
                reads.add(12);
                drain(lock, reads);
                assertSeen(lock, seen, 11, 12);
              });
          assertEquals(4, seen.size(), seen::toString);
        });
  }

  private static void assertSeen(ReentrantLock lock, List<Integer> seen, int first, int second) {
    lock.lock();
    try {
      assertEquals(
          List.of(first, second),
          seen.stream().filter(read -> read == first || read == second).toList());
    } finally {
      lock.unlock();
    }
  }

  @Test
  void aMapUnderPutsGetsAndRemovesHoldsWhatItWeighsAndEndsEachValueOnce() {
    check(
        ORDERS,
        () -> {
          List<String> evicted = new ArrayList<>();
          ConcurrentLru<String, String> map =
              new ConcurrentLru<>(
                  2,
                  (key, value) -> 1,
                  (key, value) -> {
                    synchronized (evicted) {
                      evicted.add(value);
                    }
                  });
          map.put("a", "a0");
          String[] removed = new String[1];
          atOnce(
              () -> {
                map.put("b", "b0");
                map.put("c", "c0");
              },
              () -> {
                map.get("a");
                removed[0] = map.remove("a");
              });
          List<String> left = new ArrayList<>(evicted);
          if (removed[0] != null) {
            left.add(removed[0]);
          }
          map.forEach((key, value) -> left.add(value));
          left.sort(null);
          assertEquals(List.of("a0", "b0", "c0"), left);
          int held = 3 - evicted.size() - (removed[0] == null ? 0 : 1);
          assertEquals(new ConcurrentLru.Stats(held, held, evicted.size()), map.stats());
        });
  }

  @Test
  void anEntryThatIsRemovedWhileItIsReadDoesNotComeBack() {
    check(
        ORDERS,
        () -> {
          List<String> evicted = new ArrayList<>();
          ConcurrentLru<String, String> map =
              new ConcurrentLru<>(3, (key, value) -> 1, (key, value) -> evicted.add(value));
          map.put("a", "a0");
          map.put("b", "b0");
          atOnce(() -> map.get("a"), () -> map.remove("a"));
          for (String key : List.of("c", "d", "e")) {
            map.put(key, key + "0");
          }
          assertEquals(List.of("b0"), evicted);
        });
  }

  @Test
  void theValueThatAThreadHasJustReadIsNotTheNextToLeave() {
    check(
        ORDERS,
        () -> {
          ConcurrentLru<String, String> map =
              new ConcurrentLru<>(3, (key, value) -> 1, (key, value) -> {});
          map.put("a", "a0");
          map.put("b", "b0");
          map.put("c", "c0");
          atOnce(
              () -> {
                map.get("a");
                map.put("d", "d0");
                assertTrue(map.peek("a") != null, "a is gone (expected: b)");
              },
              () -> map.get("c"));
        });
  }
}
