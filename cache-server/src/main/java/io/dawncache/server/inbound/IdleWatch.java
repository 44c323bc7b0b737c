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
 * Closes a connection on which nothing moves: one that asks for nothing, and one that does not take
 * what it asked for; and ends one whose request takes too long to arrive. A client that waits for
 * its answer may be silent.
 *
 * <p>Belongs to the connection's event loop.
 */
final class IdleWatch {
  /** The connection, as the watch asks about it. */
  interface Watched {
    /** Returns whether no request is being answered or waits to be. */
    boolean asksNothing();

    /**
     * Returns how much has been sent so far of answers that go out only as the other side permits;
     * -1 if none of them waits for its permission.
     */
    long sentByPermission();

    /** Returns a number of its own for the request that has arrived in part; 0 if there is none. */
    long incompleteRequest();

    /** That request has taken too long. Called at every look as long as there is one. */
    void requestTimedOut(ChannelHandlerContext ctx);
  }

  /*
   * It looks LOOKS times within the shorter of its two times, and acts when nothing has moved for
   * as many looks as the time in question has: after that time, and at most one look more. A
   * request costs an increment, and no reading of the clock and no listener on its write, as it
   * would with a time stamp for each.
   *
   * What moves out is seen in the channel's own buffer. That something came in says nothing of
   * whether the client takes its answers, and that nothing came in may be our doing: we stop
   * reading when it takes none. So the time of a request runs only while we read.
   */
  private static final int LOOKS = 8;

  private final ChannelHandlerContext ctx;
  private final Watched watched;
  private final HandOver handOver;
  private final long idleLooks; // as many as the idle time-out has
  private final long requestLooks; // as many as the request time-out has
  private final Future<?> timer;

  private int moves; // requests and answers
  private int movesSeen;
  private long unsentSeen;
  private long progressSeen;
  private long permittedSeen = -1;
  private long incompleteSeen;
  private int quietLooks; // in a row, that saw nothing move
  private int stuckLooks; // in a row, that saw bytes unsent and none of them leave
  private int unpermittedLooks; // in a row, that saw answers wait for permission and none given
  private int incompleteLooks; // in a row, that saw the same request incomplete

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

  /** A request has come in, or part of an answer goes out. */
  void moved() {
    moves++;
  }

  void stop() {
    timer.cancel(false);
  }

  /** One look that throws must not be the last. */
  private void look() {
    try {
      lookNow();
    } catch (Throwable e) {
      Fatal.report(e);
    }
  }

  private void lookNow() {
    lookOut();
    lookIn();
    boolean takesNothing = stuckLooks >= idleLooks || unpermittedLooks >= idleLooks;
    boolean asksNothing = unsentSeen == 0 && watched.asksNothing();
    if (takesNothing || (quietLooks >= idleLooks && asksNothing) || handOver.hasLost()) {
      ctx.close();
    } else if (incompleteLooks > requestLooks) {
      watched.requestTimedOut(ctx);
    }
  }

  private void lookOut() {
    @Nullable ChannelOutboundBuffer out = ctx.channel().unsafe().outboundBuffer();
    long unsent = out == null ? 0 : out.totalPendingWriteBytes();
    long progress = out == null ? 0 : out.currentProgress();
    long permitted = watched.sentByPermission();
    boolean left = unsent != unsentSeen || progress != progressSeen;
    stuckLooks = unsent == 0 || left ? 0 : stuckLooks + 1;
    unpermittedLooks = permitted < 0 || permitted != permittedSeen ? 0 : unpermittedLooks + 1;
    quietLooks = left || moves != movesSeen ? 0 : quietLooks + 1;
    unsentSeen = unsent;
    progressSeen = progress;
    permittedSeen = permitted;
    movesSeen = moves;
  }

  private void lookIn() {
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
