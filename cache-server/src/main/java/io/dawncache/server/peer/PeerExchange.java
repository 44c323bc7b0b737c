package io.dawncache.server.peer;

import io.dawncache.core.PeerResult.Status;
import io.dawncache.server.wire.FrameKind;
import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One exchange from its start to its end, which comes once and is always told to the question;
 * lives on one event loop.
 */
final class PeerExchange {
  /*
   * Whoever holds an exchange (a connection, a queue, an alarm) lets go of it and then ends it. If
   * something throws in between, or while the answer is read, for example for want of heap, nobody
   * holds the exchange any more and its waiters would wait for ever. So
   *   - the methods that end an exchange never throw: what the question throws while it reads the
   *     answer becomes `Question.broken`, which needs no memory;
   *   - whoever takes an exchange out of where it is held ends it with `broken` if anything throws
   *     before it is held or ended again.
   */
  private static final System.Logger LOG = System.getLogger(PeerExchange.class.getName());
  private static final Duration ALL_PATIENCE = Duration.ofDays(365);

  private final EventLoop loop;
  private final Question question;
  private final long startNanos;
  private final long timeoutNanos;

  private @Nullable List<Future<?>> timers;
  private @Nullable Carrier carrier; // that it was sent on and is unanswered on
  private @Nullable Consumer<PeerExchange> whenEnded;
  private int id;
  private long sentNanos;
  private boolean everSent;
  private boolean begun; // a part of the answer has come
  private boolean retried;
  private boolean ended;

  PeerExchange(EventLoop loop, Question question) {
    this.loop = loop;
    this.question = question;
    this.startNanos = System.nanoTime();
    this.timeoutNanos = nanos(question.timeout());
  }

  /** What is longer than all patience is as long as that: sums of nanoseconds must not overflow. */
  private static long nanos(Duration timeout) {
    return timeout.compareTo(ALL_PATIENCE) < 0 ? timeout.toNanos() : ALL_PATIENCE.toNanos();
  }

  Question question() {
    return question;
  }

  /** Returns what is left of the time-out. */
  Duration left() {
    return Duration.ofNanos(leftNanos(System.nanoTime()));
  }

  /** Returns what is left of the time-out, 0 or less if nothing is. */
  long leftNanos(long nowNanos) {
    return timeoutNanos - (nowNanos - startNanos);
  }

  long startNanos() {
    return startNanos;
  }

  /** Returns since when its answer is waited for, once it is sent. */
  long sentNanos() {
    return sentNanos;
  }

  boolean isEnded() {
    return ended;
  }

  void sentOn(Carrier carrier) {
    this.carrier = carrier;
    everSent = true;
  }

  void sentOn(Carrier carrier, int id, long nowNanos) {
    sentOn(carrier);
    this.id = id;
    this.sentNanos = nowNanos;
  }

  /** Returns the id of its frames, once it is sent in one. */
  int id() {
    return id;
  }

  /** Returns whether it is on a connection and unanswered. */
  boolean isSent() {
    return carrier != null;
  }

  /** A part of the answer has come. */
  void begun() {
    begun = true;
  }

  /** The connection has given its answer, or is lost. */
  void released() {
    this.carrier = null;
  }

  /** Returns whether it may be sent once more; true once, and never when half answered. */
  boolean takeRetry() {
    boolean first = !retried && !begun;
    retried = true;
    return first;
  }

  /** Has {@code listener} called once when it ends, before the question is. */
  void whenEnded(Consumer<PeerExchange> listener) {
    whenEnded = listener;
  }

  /** Runs {@code task} after {@code nanos} unless it has ended by then. */
  void after(long nanos, Runnable task) {
    assert loop.inEventLoop();
    if (timers == null) {
      timers = new ArrayList<>(3);
    }
    timers.add(loop.schedule(() -> runUnlessEnded(task), nanos, TimeUnit.NANOSECONDS));
  }

  private void runUnlessEnded(Runnable task) {
    if (!ended) {
      try {
        task.run();
      } catch (Throwable t) {
        broken(t);
      }
    }
  }

  // The ends. None of them throws.

  /** Ends it with an answer, unless it has ended. */
  void answered(FullHttpResponse answer) {
    if (end()) {
      try {
        question.answered(answer);
      } catch (Throwable t) {
        endBroken(t);
      }
    }
  }

  /** Ends it with an answer in a frame, unless it has ended. */
  void answered(FrameKind kind, ByteBuf answer) {
    if (end()) {
      try {
        question.answered(kind, answer);
      } catch (Throwable t) {
        endBroken(t);
      }
    }
  }

  /** Ends it without an answer, or without the rest of one, unless it has ended. */
  void unanswered(Status status, String detail) {
    if (end()) {
      try {
        question.unanswered(status, detail, everSent);
      } catch (Throwable t) {
        endBroken(t);
      }
    }
  }

  /** Ends it because of what was thrown on the way to its end, unless it has ended. */
  void broken(Throwable thrown) {
    if (end()) {
      endBroken(thrown);
    }
  }

  private void endBroken(Throwable thrown) {
    try {
      question.broken(everSent);
    } catch (Throwable t) {
      report(t);
    }
    report(thrown);
  }

  /** Returns whether it had not ended before; a connection that still owes its answer learns it. */
  private boolean end() {
    assert loop.inEventLoop();
    if (ended) {
      return false;
    }
    ended = true;
    try {
      leave();
    } catch (Throwable t) {
      report(t);
    }
    return true;
  }

  private void leave() {
    if (timers != null) {
      timers.forEach(timer -> timer.cancel(false));
    }
    try {
      if (whenEnded != null) {
        whenEnded.accept(this);
      }
    } finally {
      if (carrier != null) {
        carrier.giveUp(this);
      }
    }
  }

  private static void report(Throwable thrown) {
    try {
      LOG.log(System.Logger.Level.ERROR, "an exchange with a peer ended by a fault", thrown);
    } catch (Throwable t) {
      // A log that fails as well must not keep the next exchange from its end.
    }
  }
}
