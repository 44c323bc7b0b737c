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
 * One exchange with a peer from its start to its end, over HTTP or in frames. It ends exactly once,
 * and then calls its question. Lives on one event loop.
 */
final class PeerExchange {
  /*
   * The holder of an exchange (a connection, a queue, an alarm) removes it and then ends it. If
   * something throws in between, or while the answer is read, for example for lack of heap, nobody
   * holds the exchange any more and its callers would wait for ever. So
   *   - the methods that end an exchange never throw: what the question throws while it reads the
   *     answer becomes `Question.broken`, which needs no memory;
   *   - the code that removes an exchange from its holder ends it with `broken` if anything throws
   *     before it is held or ended again.
   */
  private static final System.Logger LOG = System.getLogger(PeerExchange.class.getName());
  private static final Duration ALL_PATIENCE = Duration.ofDays(365);

  private final EventLoop loop;
  private final Question question;
  private final Reachability reachability;
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

  /**
   * Starts now.
   *
   * @param reachability of the peer; the end of the exchange says whether the peer was reached
   */
  PeerExchange(EventLoop loop, Question question, Reachability reachability) {
    this.loop = loop;
    this.question = question;
    this.reachability = reachability;
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

  // The ends. None of them throws, and none does anything once the exchange has ended.

  /** Ends with an answer, whatever it says. */
  void answered(FullHttpResponse answer) {
    reached();
    if (end()) {
      try {
        question.answered(answer);
      } catch (Throwable t) {
        endBroken(t);
      }
    }
  }

  /** Ends with an answer in a frame, whatever it says. */
  void answered(FrameKind kind, ByteBuf answer) {
    reached();
    if (end()) {
      try {
        question.answered(kind, answer);
      } catch (Throwable t) {
        endBroken(t);
      }
    }
  }

  /** Ends because the last piece of the answer has come; all that it lacks was not answered. */
  void answeredInPieces() {
    reached();
    unanswered(Status.NOT_ASKED, "the answer ended without it");
  }

  /** Ends because the peer sent something that is no answer. */
  void failed(String why) {
    reached();
    unanswered(Status.FAILED, why);
  }

  /** Ends because the node's account has no room for the answer. */
  void answerHasNoRoom() {
    reached();
    unanswered(Status.OVERLOADED, Outbound.NO_ROOM);
  }

  /** Ends because all connections, or all ids of one, were in use until the time-out. */
  void hadNoTurn(String why) {
    unanswered(Status.OVERLOADED, why);
  }

  /** Ends at the time-out. A peer that has the request goes on loading, so no other is asked. */
  void timedOut() {
    try {
      String timeout = question.timeout().toMillis() + " ms";
      if (isSent()) {
        unanswered(Status.TIMED_OUT, "no answer in " + timeout);
      } else {
        unanswered(Status.NOT_ASKED, "no connection in " + timeout);
      }
    } catch (Throwable t) { // no memory for the text
      broken(t);
    }
  }

  /** Ends because the peer cannot be reached. */
  void unreachable(String why) {
    try {
      reachability.missed();
    } catch (Throwable t) {
      report(t);
    }
    unanswered(Status.NOT_ASKED, why);
  }

  /** Ends because the peer did not answer a probe in {@code patience}. */
  void silent(Duration patience) {
    try {
      unreachable("silent to a probe for " + patience.toMillis() + " ms");
    } catch (Throwable t) { // no memory for the text
      broken(t);
    }
  }

  /** Ends because its connection ended before the answer, and it may not be sent once more. */
  void connectionLost() {
    unanswered(Status.NOT_ASKED, "the connection was lost before the answer");
  }

  /** Ends because this node's server stops, and its event loops with it. */
  void serverStopped() {
    unanswered(Status.NOT_ASKED, "this node's server has stopped");
  }

  /** Ends unless the peer may be asked now; returns whether it may. */
  boolean mayBeAsked() {
    if (!reachability.mayAsk()) {
      unanswered(Status.NOT_ASKED, "it could not be asked a moment ago");
    }
    return !ended;
  }

  private void reached() {
    try {
      reachability.reached();
    } catch (Throwable t) {
      report(t);
    }
  }

  private void unanswered(Status status, String detail) {
    if (end()) {
      try {
        question.unanswered(status, detail, everSent);
      } catch (Throwable t) {
        endBroken(t);
      }
    }
  }

  /** Ends because of what was thrown on the way to its end. */
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
