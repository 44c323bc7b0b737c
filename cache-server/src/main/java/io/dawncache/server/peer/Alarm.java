package io.dawncache.server.peer;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One timer for many deadlines. It rings no later than the earliest of them; the bell then looks
 * which deadlines are over and returns when to ring next. Confined to one event loop.
 */
final class Alarm {
  /*
   * To set and to cancel a timer for each of a hundred thousand fetches a second costs more than to
   * write them. Nearly all are answered long before their deadline, and nearly all deadlines are
   * later than the one that is set. So nothing is cancelled, and almost nothing is set.
   */
  /** Stands for no deadline. */
  static final long OFF = Long.MAX_VALUE;

  /** When to ring again after a bell that threw: the deadlines that it has not handled remain. */
  private static final long AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  private static final System.Logger LOG = System.getLogger(Alarm.class.getName());

  /** Called when the timer rings. */
  @FunctionalInterface
  interface Bell {
    /**
     * Ends what has passed its deadline.
     *
     * @return in how many nanoseconds from {@code nowNanos} to ring again, or {@link #OFF}
     */
    long ring(long nowNanos);
  }

  private final EventLoop loop;
  private final Bell bell;
  private @Nullable Future<?> timer;
  private long atNanos; // if there is a timer

  Alarm(EventLoop loop, Bell bell) {
    this.loop = loop;
    this.bell = bell;
  }

  /** Sets the timer to ring in {@code delayNanos} from now, or earlier. */
  void ringIn(long nowNanos, long delayNanos) {
    Future<?> set = timer;
    if (set != null && nowNanos + delayNanos - atNanos >= 0) {
      return;
    }
    stop();
    atNanos = nowNanos + delayNanos;
    timer = loop.schedule(this::ring, Math.max(0, delayNanos), TimeUnit.NANOSECONDS);
  }

  private void ring() {
    timer = null;
    long now = System.nanoTime();
    try {
      long delayNanos = bell.ring(now);
      if (delayNanos != OFF) {
        ringIn(now, delayNanos);
      }
    } catch (Throwable t) {
      ringIn(now, AGAIN_NANOS);
      LOG.log(System.Logger.Level.ERROR, "a look at the deadlines of exchanges failed", t);
    }
  }

  void stop() {
    Future<?> set = timer;
    timer = null;
    if (set != null) {
      set.cancel(false);
    }
  }
}
