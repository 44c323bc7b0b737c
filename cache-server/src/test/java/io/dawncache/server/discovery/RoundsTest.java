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
  void aRoundThatIsAskedForComesLongBeforeItIsDueWhetherOneRunsOrNot() throws Exception {
    Semaphore end = new Semaphore(0);
    Rounds rounds =
        new Rounds(
            () -> {
              begun.release();
              end.acquire();
              return NEVER;
            },
            Duration.ofMillis(1));
    rounds.start();
    begun.acquire();
    rounds.soon(); // while one runs
    end.release();
    begun.acquire();
    end.release();

    // Perhaps the second has not ended yet; in either case a third follows.
    rounds.soon();
    begun.acquire();

    rounds.close();
  }

  @Test
  void roundsThatAreAskedForAllTheTimeKeepTheirDistance() throws Exception {
    AtomicInteger rounds = new AtomicInteger();
    Rounds all =
        new Rounds(
            () -> {
              rounds.incrementAndGet();
              begun.release();
              return NEVER;
            },
            NEVER);
    all.start();
    begun.acquire();

    for (int i = 0; i < 1000; i++) {
      all.soon();
    }

    all.close();
    assertEquals(1, rounds.get());
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
