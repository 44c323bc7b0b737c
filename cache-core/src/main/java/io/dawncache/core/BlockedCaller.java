package io.dawncache.core;

import io.dawncache.core.singleflight.Singleflight.Waiter;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One thread blocked in {@link Group#get(String)} until its flight ends: woken directly by the
 * ending thread, for no user code runs in between.
 */
final class BlockedCaller implements Waiter<ByteView> {
  private final String group;
  private final String key;
  private final CountDownLatch ended = new CountDownLatch(1);

  // Written before the latch falls, read after.
  private @Nullable ByteView value;
  private @Nullable Throwable error;

  BlockedCaller(String group, String key) {
    this.group = group;
    this.key = key;
  }

  @Override
  public void ended(@Nullable ByteView value, @Nullable Throwable error) {
    this.value = value;
    this.error = error;
    ended.countDown();
  }

  /** Waits, for ever if {@code timeout} is null; the flight itself is bounded. */
  ByteView await(@Nullable Duration timeout) {
    try {
      if (timeout == null) {
        ended.await();
      } else if (!ended.await(TimeUnit.NANOSECONDS.convert(timeout), TimeUnit.NANOSECONDS)) {
        throw late(group, key, timeout);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new GetFailedException("get " + Keys.shown(group, key) + ": interrupted", e);
    }
    if (value != null) {
      return value;
    }
    throw GetException.of(group, key, error);
  }

  /** Returns the error of a caller whose own deadline has passed. */
  static GetFailedException late(String group, String key, Duration timeout) {
    return new GetFailedException(
        "get "
            + Keys.shown(group, key)
            + ": no answer in "
            + TimeUnit.MILLISECONDS.convert(timeout)
            + " ms",
        null);
  }
}
