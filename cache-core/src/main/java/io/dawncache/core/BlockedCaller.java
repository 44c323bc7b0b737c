package io.dawncache.core;

import io.dawncache.core.singleflight.Singleflight.Waiter;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One thread blocked in {@link Group#get(String)} until its flight ends. The ending thread wakes it
 * directly, because no user code runs in between. Beside {@link BlockedLoads} the only place where
 * the core blocks.
 */
final class BlockedCaller implements Waiter<Entry> {
  private final String group;
  private final String key;
  private final CountDownLatch ended = new CountDownLatch(1);

  // Written before the latch opens, read after.
  private @Nullable Entry entry;
  private @Nullable Throwable error;

  BlockedCaller(String group, String key) {
    this.group = group;
    this.key = key;
  }

  @Override
  public void ended(@Nullable Entry entry, @Nullable Throwable error) {
    this.entry = entry;
    this.error = error;
    ended.countDown();
  }

  /**
   * Waits for the end of {@code wait}, for ever if {@code timeout} is null; the flight itself is
   * bounded. A caller that gives up is no longer a waiter of the group.
   */
  Entry await(PendingGet wait, @Nullable Duration timeout) {
    try {
      if (timeout == null) {
        ended.await();
      } else if (!ended.await(TimeUnit.NANOSECONDS.convert(timeout), TimeUnit.NANOSECONDS)) {
        wait.timeOut(timeout);
        ended.await(); // brief: if timeOut did not end the wait, the flight is ending it
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      var interrupted =
          new GetFailedException("get " + Keys.shown(group, key) + ": interrupted", e);
      wait.giveUp(interrupted);
      throw interrupted;
    }
    return answer();
  }

  /** Returns the entry that ended the wait, or throws its exception. */
  Entry answer() {
    if (entry != null) {
      return entry;
    }
    throw GetException.of(group, key, error);
  }

  /**
   * Returns the value of one of our futures, or throws its exception.
   *
   * @param ifInterrupted makes the exception for an interrupt of this thread
   */
  static <T> T await(
      CompletableFuture<T> future, Function<InterruptedException, RuntimeException> ifInterrupted) {
    try {
      return future.get();
    } catch (ExecutionException e) {
      throw e.getCause() instanceof RuntimeException failure
          ? failure
          : new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw ifInterrupted.apply(e);
    }
  }
}
