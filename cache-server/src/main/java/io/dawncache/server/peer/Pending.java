package io.dawncache.server.peer;

import io.dawncache.core.PeerResult.Status;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One exchange from its start to its end, which comes once; lives on one event loop. */
final class Pending {
  private final EventLoop loop;
  private final Question question;
  private final long startNanos = System.nanoTime();
  private final List<Future<?>> timers = new ArrayList<>(2);

  private @Nullable Connection connection; // that it was sent on and is unanswered on
  private Consumer<Pending> whenEnded = pending -> {};
  private boolean everSent;
  private boolean begun; // a part of the answer has come
  private boolean retried;
  private boolean ended;

  Pending(EventLoop loop, Question question) {
    this.loop = loop;
    this.question = question;
  }

  Question question() {
    return question;
  }

  /** Returns what is left of the time-out. */
  Duration left() {
    return question.timeout().minusNanos(System.nanoTime() - startNanos);
  }

  boolean isEnded() {
    return ended;
  }

  void sentOn(Connection connection) {
    this.connection = connection;
    everSent = true;
  }

  /** Returns whether it is on a connection and unanswered. */
  boolean isSent() {
    return connection != null;
  }

  /** A part of the answer has come. */
  void begun() {
    begun = true;
  }

  /** The connection has given its answer, or is lost. */
  void released() {
    this.connection = null;
  }

  /** Returns whether it may be sent once more; true once, and never when half answered. */
  boolean takeRetry() {
    boolean first = !retried && !begun;
    retried = true;
    return first;
  }

  /** Has {@code listener} told once when it ends, before whoever asked. */
  void whenEnded(Consumer<Pending> listener) {
    whenEnded = listener;
  }

  /** Runs {@code task} after {@code nanos} unless it has ended by then. */
  void after(long nanos, Runnable task) {
    assert loop.inEventLoop();
    timers.add(loop.schedule(() -> runUnlessEnded(task), nanos, TimeUnit.NANOSECONDS));
  }

  private void runUnlessEnded(Runnable task) {
    if (!ended) {
      task.run();
    }
  }

  /** Ends it with an answer, unless it has ended. */
  void answered(FullHttpResponse answer) {
    if (end()) {
      question.answered(answer);
    }
  }

  /** Ends it without an answer, or without the rest of one, unless it has ended. */
  void unanswered(Status status, String detail) {
    if (end()) {
      question.unanswered(status, detail, everSent);
    }
  }

  /** A connection that still owes its answer is closed. */
  private boolean end() {
    assert loop.inEventLoop();
    if (ended) {
      return false;
    }
    ended = true;
    timers.forEach(timer -> timer.cancel(false));
    whenEnded.accept(this);
    if (connection != null) {
      connection.giveUp();
    }
    return true;
  }
}
