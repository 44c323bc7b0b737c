package io.dawncache.core.lru;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class ReadBufferTest {
  /** One thread's n-th read. */
  private record Read(int thread, int n) {}

  private final ReentrantLock lock = new ReentrantLock();
  private final List<Integer> seen = new ArrayList<>();
  private final ReadBuffer<Integer> reads = new ReadBuffer<>(lock, seen::add);

  private void drain() {
    lock.lock();
    try {
      reads.drain();
    } finally {
      lock.unlock();
    }
  }

  @Test
  void theReadsOfOneThreadAreActedOnInTheirOrderHoweverManyThereAre() {
    int count = 10 * ReadBuffer.SLOTS + 7;
    IntStream.range(0, count).forEach(reads::add);
    drain();

    assertEquals(IntStream.range(0, count).boxed().toList(), seen);
  }

  @Test
  void aReadIsActedOnOnce() {
    reads.add(1);
    drain();
    drain();

    assertEquals(List.of(1), seen);
  }

  /** A drain that found an old read in a slot that is claimed would not wait for the new one. */
  @Test
  @Timeout(60)
  void aReadThatWasActedOnIsLetGo() {
    var reads = new ReadBuffer<Object>(lock, seen -> {});
    Object read = new Object();
    var reference = new WeakReference<>(read);
    reads.add(read);
    lock.lock();
    try {
      reads.drain();
    } finally {
      lock.unlock();
    }
    read = null;

    while (reference.get() != null) {
      System.gc();
    }
    reads.add("still in use");
  }

  @Test
  void aReaderThatHasFilledAQuarterOfItsRingDrainsItIfTheLockIsFree() {
    int quarter = ReadBuffer.SLOTS / 4;
    IntStream.range(1, quarter).forEach(reads::add);
    assertEquals(List.of(), seen);

    reads.add(quarter);

    assertEquals(IntStream.rangeClosed(1, quarter).boxed().toList(), seen);
  }

  @Test
  void whileAnotherThreadHoldsTheLockReadersFillTheirRingWithoutWaiting() throws Exception {
    lock.lock();
    try {
      inAnotherThread(() -> IntStream.range(0, ReadBuffer.SLOTS).forEach(reads::add));
      assertEquals(List.of(), seen);

      reads.drain();
      assertEquals(IntStream.range(0, ReadBuffer.SLOTS).boxed().toList(), seen);
    } finally {
      lock.unlock();
    }
  }

  @Test
  void aReaderOfAFullRingWaitsForTheLockAndLosesNothing() throws Exception {
    var reader = new Thread(() -> IntStream.rangeClosed(0, ReadBuffer.SLOTS).forEach(reads::add));
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
    drain();

    assertEquals(IntStream.rangeClosed(0, ReadBuffer.SLOTS).boxed().toList(), seen);
  }

  @Test
  void manyThreadsLoseNoReadAndEachKeepsItsOrder() throws Exception {
    int threads = 3 * Stripe.COUNT; // so that some share a stripe
    int each = 20_000;
    Map<Integer, Integer> next = new HashMap<>(); // guarded by the lock
    List<Read> outOfTurn = new ArrayList<>();
    ReadBuffer<Read> shared =
        new ReadBuffer<>(
            lock,
            read -> {
              if (next.merge(read.thread, 1, Integer::sum) != read.n + 1) {
                outOfTurn.add(read);
              }
            });
    var readers = new ArrayList<Thread>();
    for (int t = 0; t < threads; t++) {
      int thread = t;
      readers.add(
          new Thread(() -> IntStream.range(0, each).forEach(n -> shared.add(new Read(thread, n)))));
    }
    readers.forEach(Thread::start);
    for (Thread reader : readers) {
      reader.join();
    }
    lock.lock();
    try {
      shared.drain();
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
