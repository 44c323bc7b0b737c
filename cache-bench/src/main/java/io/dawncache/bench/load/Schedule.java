package io.dawncache.bench.load;

/**
 * When to send the requests of one thread, in nanoseconds of one clock. Not thread-safe.
 *
 * <p>The first requests warm up; those due at {@link #measuredFromNanos()} or later are measured.
 */
interface Schedule {
  /** The result of {@link #nextNanos} when there is nothing more to send. */
  long NEVER = Long.MAX_VALUE;

  /** Returns when the next request is due, perhaps long ago: from then on its latency counts. */
  long nextNanos(long nowNanos);

  /** The next request, due at {@code dueNanos}, has been sent. */
  void sent(long dueNanos);

  /** Returns how many requests are due and not sent. */
  long backlog(long nowNanos);

  /** Returns the time from which on requests are measured. */
  long measuredFromNanos();

  /** Drops all requests that are due later. */
  void endAt(long nowNanos);

  /** Returns a schedule without requests. */
  static Schedule nothing() {
    return new Closed(NEVER, NEVER, NEVER, 0);
  }

  /** Requests at equal distances, independent of answers: an open loop. */
  final class Open implements Schedule {
    /** For how long requests due at the end may still be sent; the rest is a backlog. */
    static final long LAST_CALL_NANOS = 100_000_000;

    private final long firstNanos;
    private final double periodNanos;
    private final long warmUps;
    private long requests;
    private long next;

    /**
     * Plans the requests of one thread.
     *
     * @param firstNanos when the first one is due
     * @param warmUps how many requests warm up
     * @param measured how many requests are measured
     */
    Open(long firstNanos, double periodNanos, long warmUps, long measured) {
      this.firstNanos = firstNanos;
      this.periodNanos = periodNanos;
      this.warmUps = warmUps;
      this.requests = warmUps + measured;
    }

    @Override
    public long nextNanos(long nowNanos) {
      if (next < warmUps && nowNanos >= measuredFromNanos()) {
        next = warmUps; // the backlog of a cold server is dropped
      }
      boolean over = next >= requests || nowNanos - dueNanos(requests) > LAST_CALL_NANOS;
      return over ? NEVER : dueNanos(next);
    }

    @Override
    public void sent(long dueNanos) {
      next++;
    }

    @Override
    public long backlog(long nowNanos) {
      return Math.max(0, dueBy(nowNanos) - next);
    }

    @Override
    public long measuredFromNanos() {
      return dueNanos(warmUps);
    }

    @Override
    public void endAt(long nowNanos) {
      requests = Math.max(next, dueBy(nowNanos));
    }

    private long dueNanos(long index) {
      return firstNanos + (long) (index * periodNanos);
    }

    /** Returns how many requests are due at {@code nowNanos}. */
    private long dueBy(long nowNanos) {
      if (nowNanos < firstNanos) {
        return 0;
      }
      long count = (long) ((nowNanos - firstNanos) / periodNanos) + 1;
      while (count > 0 && dueNanos(count - 1) > nowNanos) { // the division may have rounded
        count--;
      }
      return Math.min(count, requests);
    }
  }

  /** Each request as soon as a connection has room for it: a closed loop. */
  final class Closed implements Schedule {
    private final long firstNanos;
    private final long measuredFromNanos;
    private long endNanos;
    private long left;

    /**
     * Plans the requests of one thread: none before {@code firstNanos}, no more than {@code
     * measured} after the warm-up, and none at {@code endNanos} or later; {@link #NEVER} and {@code
     * Long.MAX_VALUE} for no bound.
     */
    Closed(long firstNanos, long measuredFromNanos, long endNanos, long measured) {
      this.firstNanos = firstNanos;
      this.measuredFromNanos = measuredFromNanos;
      this.endNanos = endNanos;
      this.left = measured;
    }

    @Override
    public long nextNanos(long nowNanos) {
      return left == 0 || nowNanos >= endNanos ? NEVER : Math.max(nowNanos, firstNanos);
    }

    @Override
    public void sent(long dueNanos) {
      if (dueNanos >= measuredFromNanos) {
        left--;
      }
    }

    @Override
    public long backlog(long nowNanos) {
      return 0;
    }

    @Override
    public long measuredFromNanos() {
      return measuredFromNanos;
    }

    @Override
    public void endAt(long nowNanos) {
      endNanos = Math.min(endNanos, nowNanos);
    }
  }
}
