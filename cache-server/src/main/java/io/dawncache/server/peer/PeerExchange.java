package io.dawncache.server.peer;

import io.dawncache.core.PeerResult.Status;
import io.dawncache.server.frame.FrameKind;
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
 * One exchange with a peer from its start to its end, over HTTP or in frames. It ends exactly once
 * and then calls its question. Lives on one event loop.
 */
final class PeerExchange {
  /*
   * The holder of an exchange (a connection, a queue, an alarm) removes it and then ends it. If
   * something throws in between, or while the answer is read, for example because the heap is full,
   * nothing holds the exchange any more and its callers would wait for ever. So
   *   - the methods that end an exchange never throw: if the question throws while it reads the
   *     answer, `Question.broken` is called, which needs no memory;
   *   - the code that removes an exchange from its holder ends it with `broken` if anything throws
   *     before the exchange has a holder again or has ended.
   */
  private static final System.Logger LOG = System.getLogger(PeerExchange.class.getName());
  private static final Duration ALL_PATIENCE = Duration.ofDays(365);

  private final EventLoop loop;
  private final Question question;
  private final Reachability reachability;
  private final long startNanos;
  private final long timeoutNanos;

  private @Nullable List<Future<?>> timers;
  private @Nullable Carrier carrier; // the connection that it was sent on, until it is answered
  private @Nullable Consumer<PeerExchange> whenEnded;
  private int id;
  private long sentNanos;
  private boolean everSent;
  private boolean begun; // a part of the answer has arrived
  private boolean retried;
  private boolean ended;

  /**
   * Starts now.
   *
   * @param reachability of the peer; the end of the exchange reports to it whether the peer was
   *     reached
   */
  PeerExchange(EventLoop loop, Question question, Reachability reachability) {
    this.loop = loop;
    this.question = question;
    this.reachability = reachability;
    this.startNanos = System.nanoTime();
    this.timeoutNanos = nanos(question.timeout());
  }

  /** Limits the time-out to {@link #ALL_PATIENCE}, so that sums of nanoseconds do not overflow. */
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

  /** Returns what is left of the time-out; 0 or less if it is over. */
  long leftNanos(long nowNanos) {
    return timeoutNanos - (nowNanos - startNanos);
  }

  long startNanos() {
    return startNanos;
  }

  /** Returns when it was sent in a frame, which is when the wait for its answer began. */
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

  /** Returns the id of its frames, if it has been sent in frames. */
  int id() {
    return id;
  }

  /** Returns whether it has been sent and waits for the answer. */
  boolean isSent() {
    return carrier != null;
  }

  /** Notes that a part of the answer has arrived. */
  void begun() {
    begun = true;
  }

  /** Notes that its connection has delivered the answer, or is lost. */
  void released() {
    this.carrier = null;
  }

  /**
   * Returns whether it may be sent again: at most once, and not if a part of the answer arrived.
   */
  boolean takeRetry() {
    boolean first = !retried && !begun;
    retried = true;
    return first;
  }

  /** Sets {@code listener}, which is called once when it ends, before the question is called. */
  void whenEnded(Consumer<PeerExchange> listener) {
    whenEnded = listener;
  }

  /** Runs {@code task} after {@code nanos}, unless the exchange has ended by then. */
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

  // The ends. None of them throws, and none does anything after the exchange has ended.

  /** Ends with an answer over HTTP, whatever its status. */
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

  /** Ends with an answer in a frame, whatever its kind. */
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

  /** Ends because the last piece has arrived; keys that no piece contained count as not asked. */
  void answeredInPieces() {
    reached();
    unanswered(Status.NOT_ASKED, "the answer ended without it");
  }

  /** Ends because the peer sent something that is not an answer. */
  void failed(String why) {
    reached();
    unanswered(Status.FAILED, why);
  }

  /** Ends because the answer is longer than {@code maxBytes}, the most that one may have. */
  void answerIsTooLong(int maxBytes) {
    try {
      failed("the answer is too long (expected: <= " + maxBytes + " bytes)");
    } catch (Throwable t) { // no memory for the message
      broken(t);
    }
  }

  /** Ends because the answer does not fit into the node's account of bytes in flight. */
  void answerHasNoRoom() {
    reached();
    unanswered(Status.OVERLOADED, Outbound.NO_ROOM);
  }

  /** Ends because all connections, or all ids of one, were in use until the time-out. */
  void hadNoTurn(String why) {
    unanswered(Status.OVERLOADED, why);
  }

  /**
   * Ends at the time-out. A peer that has the request continues to load, so no other node is asked.
   */
  void timedOut() {
    try {
      String timeout = question.timeout().toMillis() + " ms";
      if (isSent()) {
        unanswered(Status.TIMED_OUT, "no answer in " + timeout);
      } else {
        unanswered(Status.NOT_ASKED, "no connection in " + timeout);
      }
    } catch (Throwable t) { // no memory for the message
      broken(t);
    }
  }

  /** Ends because the peer cannot be reached. */
  void unreachable(String why) {
    missed(why);
    notAsked(why);
  }

  /** Ends because the peer did not answer a probe in {@code patience}. */
  void silent(Duration patience) {
    try {
      String why = "silent to a probe for " + patience.toMillis() + " ms";
      missed(why);
      notAsked(why);
    } catch (Throwable t) { // no memory for the message
      broken(t);
    }
  }

  /** Ends because its connection ended before the answer, and it may not be sent again. */
  void connectionLost() {
    try {
      reachability.lost();
    } catch (Throwable t) {
      report(t);
    }
    notAsked("the connection was lost before the answer");
  }

  /** Ends because this node's server stops its event loops. */
  void serverStopped() {
    notAsked("this node's server has stopped");
  }

  /** Ends because the peer was not asked, or gave no answer, for the reason {@code why}. */
  void notAsked(String why) {
    unanswered(Status.NOT_ASKED, why);
  }

  /** Ends if the peer may not be asked now; returns whether the exchange has not ended. */
  boolean acquirePeer() {
    if (!reachability.tryAcquire()) {
      notAsked("it could not be asked a moment ago");
    }
    return !ended;
  }

  private void missed(String why) {
    try {
      if (question.isWaitedFor()) {
        reachability.missed(why);
      } else {
        reachability.release();
      }
    } catch (Throwable t) {
      report(t);
    }
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

  /** Ends because the code that handles it threw {@code thrown}. */
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

  /** Marks it as ended; returns false if it was. A connection it still waits on is notified. */
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
      // If the log fails too, the next exchange must still end.
    }
  }
}
