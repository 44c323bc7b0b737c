package io.dawncache.core;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class UsesTest {
  /** One thread's n-th use. */
  private record Use(int thread, int n) {}

  private final ReentrantLock lock = new ReentrantLock();
  private final List<Integer> seen = new ArrayList<>();
  private final Uses<Integer> uses = new Uses<>(lock, seen::add);

  private void actOnAll() {
    lock.lock();
    try {
      uses.actOnAll();
    } finally {
      lock.unlock();
    }
  }

  @Test
  void oneThreadsUsesAreActedOnInTheirOrderHoweverManyThereAre() {
    int count = 10 * Uses.SLOTS + 7;
    IntStream.range(0, count).forEach(uses::note);
    actOnAll();

    assertEquals(IntStream.range(0, count).boxed().toList(), seen);
  }

  @Test
  void aUseIsActedOnOnce() {
    uses.note(1);
    actOnAll();
    actOnAll();

    assertEquals(List.of(1), seen);
  }

  @Test
  void whileAnotherHoldsTheLockABufferFillsToItsEndAndNoReaderWaits() throws Exception {
    lock.lock();
    try {
      inAnotherThread(() -> IntStream.range(0, Uses.SLOTS).forEach(uses::note));
      assertEquals(List.of(), seen);

      uses.actOnAll();
      assertEquals(IntStream.range(0, Uses.SLOTS).boxed().toList(), seen);
    } finally {
      lock.unlock();
    }
  }

  @Test
  void whoFindsItsBufferFullWaitsForTheLockAndLosesNothing() throws Exception {
    var reader = new Thread(() -> IntStream.rangeClosed(0, Uses.SLOTS).forEach(uses::note));
    lock.lock();
    try {
      reader.start();
      while (!lock.hasQueuedThread(reader)) {
        Thread.onSpinWait();
      }
      assertEquals(List.of(), seen);
    } finally {
      lock.unlock();
    }
    reader.join();
    actOnAll();

    assertEquals(IntStream.rangeClosed(0, Uses.SLOTS).boxed().toList(), seen);
  }

  @Test
  void manyThreadsLoseNothingAndEachKeepsItsOrder() throws Exception {
    int threads = 3 * ThreadSlot.COUNT; // so that some share a buffer
    int each = 20_000;
    Map<Integer, Integer> next = new HashMap<>(); // guarded by the lock
    List<Use> outOfTurn = new ArrayList<>();
    Uses<Use> shared =
        new Uses<>(
            lock,
            use -> {
              if (next.merge(use.thread, 1, Integer::sum) != use.n + 1) {
                outOfTurn.add(use);
              }
            });
    var readers = new ArrayList<Thread>();
    for (int t = 0; t < threads; t++) {
      int thread = t;
      readers.add(
          new Thread(() -> IntStream.range(0, each).forEach(n -> shared.note(new Use(thread, n)))));
    }
    readers.forEach(Thread::start);
    for (Thread reader : readers) {
      reader.join();
    }
    lock.lock();
    try {
      shared.actOnAll();
    } finally {
      lock.unlock();
    }

    assertEquals(List.of(), outOfTurn);
    assertEquals(threads, next.size());
    next.forEach((thread, count) -> assertEquals(each, count));
  }

  private static void inAnotherThread(Runnable work) throws InterruptedException {
    var thread = new Thread(work);
    thread.start();
    thread.join();
  }
}
