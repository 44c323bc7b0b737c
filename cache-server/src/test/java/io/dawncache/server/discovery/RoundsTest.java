package io.dawncache.server.discovery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class RoundsTest {
  private static final Duration NEVER = Duration.ofDays(1);

  private final Semaphore begun = new Semaphore(0);

  @Test
  void aRoundThatIsAskedForComesLongBeforeItIsDue() throws Exception {
    Rounds rounds =
        new Rounds(
            () -> {
              begun.release();
              return NEVER;
            });
    rounds.start();
    begun.acquire();

    // The round may not have ended yet, and then the request is dropped, as a new one follows.
    while (!begun.tryAcquire()) {
      rounds.soon();
      Thread.onSpinWait();
    }

    rounds.close();
  }

  @Test
  void aRoundThatThrowsEndsNothing() throws Exception {
    AtomicInteger rounds = new AtomicInteger();
    AtomicBoolean reported = new AtomicBoolean();
    CountDownLatch second = new CountDownLatch(1);
    Rounds all =
        new Rounds(
            () -> {
              Thread.currentThread()
                  .setUncaughtExceptionHandler((thread, thrown) -> reported.set(true));
              if (rounds.incrementAndGet() == 1) {
                throw new IllegalStateException("once");
              }
              second.countDown();
              return NEVER;
            });
    all.start();

    second.await();

    assertTrue(reported.get());
    all.close();
  }

  @Test
  void closingInterruptsTheRoundAndBeginsNoOther() throws Exception {
    CountDownLatch interrupted = new CountDownLatch(1);
    Rounds rounds =
        new Rounds(
            () -> {
              begun.release();
              try {
                new CountDownLatch(1).await();
              } catch (InterruptedException e) {
                interrupted.countDown();
                throw e;
              }
              return NEVER;
            });
    rounds.start();
    begun.acquire();

    rounds.close();

    interrupted.await();
    rounds.soon();
    rounds.start();
    assertEquals(0, begun.availablePermits());
  }
}
