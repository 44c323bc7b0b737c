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
 * One thread blocked in {@link Group#get(String)} until its flight ends: woken directly by the
 * ending thread, for no user code runs in between. The one place where the core blocks.
 */
final class BlockedCaller implements Waiter<Entry> {
  private final String group;
  private final String key;
  private final CountDownLatch ended = new CountDownLatch(1);

  // Written before the latch falls, read after.
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
   * bounded. Who gives up is no waiter of the group any more.
   */
  Entry await(PendingGet wait, @Nullable Duration timeout) {
    try {
      if (timeout == null) {
        ended.await();
      } else if (!ended.await(TimeUnit.NANOSECONDS.convert(timeout), TimeUnit.NANOSECONDS)) {
        wait.timeOut(timeout);
        ended.await(); // at once: if it was not this that ended the wait, the flight is about to
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

  /** Returns or throws what the wait has ended with. */
  Entry answer() {
    if (entry != null) {
      return entry;
    }
    throw GetException.of(group, key, error);
  }

  /**
   * Returns the value of a future of ours, or throws what it failed with.
   *
   * @param ifInterrupted makes what is thrown if this thread is interrupted
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
