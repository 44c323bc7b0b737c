package io.dawncache.test;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * Waits until a condition holds, and fails if it does not within a bound. A test that waits so
 * takes as long as it must and no longer, where one that sleeps is too slow on a fast machine and
 * fails on a slow one.
 *
 * @since 0.1.0
 */
public final class Await {
  static final Duration PATIENCE = Duration.ofSeconds(30);

  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

  private Await() {}

  /**
   * Waits for at most 30 s until {@code condition} holds; blocks the calling thread.
   *
   * @param what the condition in words, for the message
   * @param condition quick, and safe to be called many times; what it throws ends the wait
   * @throws AssertionError if the condition does not hold in that time, or the thread is
   *     interrupted, which it stays
   */
  public static void until(String what, BooleanSupplier condition) {
    until(what, PATIENCE, condition);
  }

  /**
   * Waits until {@code condition} holds; blocks the calling thread.
   *
   * @param what the condition in words, for the message
   * @param atMost how long, more than zero; long enough for the slowest machine
   * @param condition quick, and safe to be called many times; what it throws ends the wait
   * @throws AssertionError if the condition does not hold in that time, or the thread is
   *     interrupted, which it stays
   * @throws IllegalArgumentException if {@code atMost} is not more than zero
   */
  public static void until(String what, Duration atMost, BooleanSupplier condition) {
    Objects.requireNonNull(what, "what");
    until(checked(atMost), condition, () -> what);
  }

  /** As the others; {@code what} is called only to fail. */
  static void until(Duration atMost, BooleanSupplier condition, Supplier<String> what) {
    long begin = System.nanoTime();
    while (!condition.getAsBoolean()) {
      if (Thread.currentThread().isInterrupted()) {
        throw new AssertionError("interrupted before it held: " + what.get());
      }
      if (System.nanoTime() - begin >= atMost.toNanos()) {
        throw new AssertionError("not within " + atMost + ": " + what.get());
      }
      LockSupport.parkNanos(
          PAUSE_NANOS); // so that a busy machine has its cores for what is awaited
    }
  }

  /** Returns a bound that is one. */
  static Duration checked(Duration atMost) {
    if (atMost.isNegative() || atMost.isZero()) {
      throw new IllegalArgumentException("atMost: " + atMost + " (expected: > 0)");
    }
    return atMost;
  }
}
