package io.dawncache.server.inbound;

import io.dawncache.server.Limits;
import io.dawncache.server.wire.Fatal;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Closes an idle connection: one that asks for nothing, one that does not take its answers, and one
 * whose request takes too long to arrive. A client that waits for its answer may be silent.
 *
 * <p>Belongs to the connection's event loop.
 */
final class IdleWatch {
  /** The connection, as the watch sees it. */
  interface Watched {
    /** Returns whether no request is being answered or waits to be. */
    boolean isIdle();

    /**
     * Returns how many bytes have been sent so far of answers that need credit from the other side;
     * -1 if none of them waits for credit.
     */
    long sentOnCredit();

    /** Returns a unique number for the request that has arrived in part; 0 if there is none. */
    long incompleteRequest();

    /** That request has taken too long. Called at every look as long as there is one. */
    void requestTimedOut(ChannelHandlerContext ctx);
  }

  /*
   * It looks LOOKS times within the shorter of its two time-outs, and acts when nothing has moved
   * for as many looks as fit into the time-out in question: after that time, and at most one look
   * more. So a request costs an increment; a time stamp for each would cost a reading of the clock
   * and a listener on its write.
   *
   * What leaves is seen in the channel's own buffer. Input does not show that the client takes its
   * answers, and missing input may be the server's doing: it stops reading while the client takes
   * none. So the time of a request runs only while the server reads.
   */
  private static final int LOOKS = 8;

  private final ChannelHandlerContext ctx;
  private final Watched watched;
  private final HandOver handOver;
  private final long idleLooks; // how many fit into the idle time-out
  private final long requestLooks; // how many fit into the request time-out
  private final Future<?> timer;

  private int moves; // requests and answers
  private int movesSeen;
  private long unsentSeen;
  private long progressSeen;
  private long onCreditSeen = -1;
  private long incompleteSeen;
  private int quietLooks; // in a row that saw nothing move
  private int stuckLooks; // in a row that saw bytes unsent and none of them leave
  private int uncreditedLooks; // in a row that saw answers wait for credit and receive none
  private int incompleteLooks; // in a row that saw the same request incomplete

  /** Starts to watch. */
  IdleWatch(ChannelHandlerContext ctx, Limits limits, Watched watched, HandOver handOver) {
    this.ctx = ctx;
    this.watched = watched;
    this.handOver = handOver;
    long idleNanos = limits.idleTimeout().toNanos();
    long requestNanos = limits.requestTimeout().toNanos();
    long nanos = Math.max(1, Math.min(idleNanos, requestNanos) / LOOKS);
    idleLooks = (idleNanos + nanos - 1) / nanos;
    requestLooks = (requestNanos + nanos - 1) / nanos;
    timer = ctx.executor().scheduleWithFixedDelay(this::look, nanos, nanos, TimeUnit.NANOSECONDS);
  }

  /** A request has arrived, or part of an answer leaves. */
  void moved() {
    moves++;
  }

  void stop() {
    timer.cancel(false);
  }

  /** Looks. One look that throws must not end the timer. */
  private void look() {
    try {
      lookNow();
    } catch (Throwable e) {
      Fatal.report(e);
    }
  }

  private void lookNow() {
    lookAtOutput();
    lookAtInput();
    boolean stuck = stuckLooks >= idleLooks || uncreditedLooks >= idleLooks;
    boolean idle = unsentSeen == 0 && watched.isIdle();
    if (stuck || (quietLooks >= idleLooks && idle) || handOver.hasLost()) {
      ctx.close();
    } else if (incompleteLooks > requestLooks) {
      watched.requestTimedOut(ctx);
    }
  }

  private void lookAtOutput() {
    @Nullable ChannelOutboundBuffer out = ctx.channel().unsafe().outboundBuffer();
    long unsent = out == null ? 0 : out.totalPendingWriteBytes();
    long progress = out == null ? 0 : out.currentProgress();
    long onCredit = watched.sentOnCredit();
    boolean left = unsent != unsentSeen || progress != progressSeen;
    stuckLooks = unsent == 0 || left ? 0 : stuckLooks + 1;
    uncreditedLooks = onCredit < 0 || onCredit != onCreditSeen ? 0 : uncreditedLooks + 1;
    quietLooks = left || moves != movesSeen ? 0 : quietLooks + 1;
    unsentSeen = unsent;
    progressSeen = progress;
    onCreditSeen = onCredit;
    movesSeen = moves;
  }

  private void lookAtInput() {
    Channel channel = ctx.channel();
    long incomplete = watched.incompleteRequest();
    if (incomplete == 0 || incomplete != incompleteSeen) {
      incompleteLooks = incomplete == 0 ? 0 : 1;
    } else if (channel.config().isAutoRead()) {
      incompleteLooks++;
    }
    incompleteSeen = incomplete;
  }
}
