package io.dawncache.node.origin;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowType;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Spares an origin that is down: while the circuit is open, one load a second asks the origin, and
 * the others fail at once. It opens when nearly all of the last loads have failed, or at once when
 * a failure says that the whole place is down; the first load that succeeds closes it. Safe for use
 * by several threads.
 */
final class Circuit {
  /** Loads that decide: a few failures among many answers are no reason to refuse the others. */
  private static final int WINDOW_LOADS = 20;

  private static final int LEAST_LOADS = 10;
  private static final int FAILED_PERCENT = 90;

  /** How long an open circuit waits between one load that asks and the next. */
  static final Duration PROBE_INTERVAL = Duration.ofSeconds(1);

  /** A probe whose getter never returns does not keep the circuit open for ever. */
  private static final Duration LONGEST_PROBE = Duration.ofSeconds(30);

  private final CircuitBreaker breaker;

  /**
   * Makes a closed circuit.
   *
   * @param nanoTime returns the time in nanoseconds, such as {@link System#nanoTime}
   */
  Circuit(String name, LongSupplier nanoTime) {
    this.breaker =
        CircuitBreaker.of(
            name,
            CircuitBreakerConfig.custom()
                .slidingWindow(WINDOW_LOADS, LEAST_LOADS, SlidingWindowType.COUNT_BASED)
                .failureRateThreshold(FAILED_PERCENT)
                .waitDurationInOpenState(PROBE_INTERVAL)
                .permittedNumberOfCallsInHalfOpenState(1)
                .maxWaitDurationInHalfOpenState(LONGEST_PROBE)
                .clock(new MonotonicClock(nanoTime))
                .build());
  }

  /** Returns whether a load may ask; it must then report how it ended. */
  boolean permits() {
    return breaker.tryAcquirePermission();
  }

  boolean isClosed() {
    return breaker.getState() == CircuitBreaker.State.CLOSED;
  }

  /** Reports that a load has ended without asking. */
  void notAsked() {
    breaker.releasePermission();
  }

  /** Reports that a load has been answered. */
  void succeeded(long nanos) {
    breaker.onSuccess(nanos, TimeUnit.NANOSECONDS);
  }

  /** Reports that a load has failed, and whether nothing at all can be asked of the place. */
  void failed(long nanos, Throwable failure, boolean isDown) {
    breaker.onError(nanos, TimeUnit.NANOSECONDS, failure);
    if (isDown && isClosed()) {
      breaker.transitionToOpenState();
    }
  }

  /** The time of a clock that nobody sets. */
  private static final class MonotonicClock extends Clock {
    private final LongSupplier nanoTime;
    private final long startNanos;

    MonotonicClock(LongSupplier nanoTime) {
      this.nanoTime = nanoTime;
      this.startNanos = nanoTime.getAsLong();
    }

    @Override
    public Instant instant() {
      return Instant.EPOCH.plusNanos(nanoTime.getAsLong() - startNanos);
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }
  }
}
