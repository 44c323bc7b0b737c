package io.dawncache.core.lru;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class AccessClockTest {
  private static final int THREADS = 4;
  private static final int ACCESSES = 100_000;

  private final AccessClock clock = new AccessClock();

  @Test
  void oneThreadCountsFromOneOn() {
    for (long expected = 1; expected <= 10_000; expected++) {
      assertEquals(expected, clock.next());
    }
  }

  @Test
  void aClockGoesOnFromItsBase() {
    var later = new AccessClock(1L << 40);

    assertEquals((1L << 40) + 1, later.next());
    assertEquals((1L << 40) + 2, later.next());
    assertEquals((1L << 40) + 3, later.nextForAll());
  }

  @Test
  void aNumberForAllIsHigherThanAllBeforeAndLowerThanAllAfter() throws Exception {
    long last = 0;
    for (int i = 0; i < 100; i++) {
      long mine = clock.next();
      long others = inAnotherThread();
      long all = clock.nextForAll();
      assertTrue(mine > last && others > last, mine + " and " + others + " after " + last);
      assertTrue(all > mine && all > others, all + " after " + mine + " and " + others);
      last = all;
    }
  }

  @Test
  void aThreadThatWasIdleIsNotLeftBehindByMoreThanAFewHundred() throws Exception {
    long early = inAnotherThread();
    long busy = 0;
    for (int i = 0; i < ACCESSES; i++) {
      busy = clock.next();
    }
    long late = inAnotherThread();

    assertTrue(early < busy && late > busy - 512, late + " long after " + busy);
  }

  @Test
  void underConcurrentUseEveryThreadsNumbersAscend() throws Exception {
    var threads = new ArrayList<Thread>();
    var descents = new AtomicLong();
    for (int t = 0; t < THREADS; t++) {
      threads.add(
          new Thread(
              () -> {
                long last = 0;
                for (int i = 0; i < ACCESSES; i++) {
                  long number = i % 100 == 0 ? clock.nextForAll() : clock.next();
                  descents.addAndGet(number > last ? 0 : 1);
                  last = number;
                }
              }));
    }
    runAll(threads);

    assertEquals(0, descents.get());
  }

  private long inAnotherThread() throws InterruptedException {
    var number = new AtomicLong();
    runAll(List.of(new Thread(() -> number.set(clock.next()))));
    return number.get();
  }

  private static void runAll(List<Thread> threads) throws InterruptedException {
    threads.forEach(Thread::start);
    for (Thread thread : threads) {
      thread.join();
    }
  }
}
