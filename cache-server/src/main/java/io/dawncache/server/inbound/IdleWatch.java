package io.dawncache.server.inbound;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundBuffer;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Closes a connection on which nothing moves: one that asks for nothing, and one that does not take
 * what it asked for. A client that waits for its answer may be silent.
 *
 * <p>Belongs to the connection's event loop.
 */
final class IdleWatch {
  /*
   * It looks so many times within the idle time, and closes when nothing has moved since as many
   * looks: after the idle time, and at most one look more. A request costs an increment, and no
   * reading of the clock and no listener on its write, as it would with a time stamp for each.
   *
   * What moves out is seen in the channel's own buffer. That something came in says nothing of
   * whether the client takes its answers, and that nothing came in may be our doing: we stop
   * reading when it takes none.
   */
  private static final int LOOKS = 8;

  private final ChannelHandlerContext ctx;
  private final BooleanSupplier asksNothing;
  private final Future<?> timer;

  private int moves; // reads and writes
  private int movesSeen;
  private long unsentSeen;
  private long progressSeen;
  private int quietLooks; // in a row, that saw nothing move
  private int stuckLooks; // in a row, that saw bytes unsent and none of them leave

  /**
   * Starts to watch.
   *
   * @param asksNothing whether no request is being answered or waits
   */
  IdleWatch(ChannelHandlerContext ctx, Duration idle, BooleanSupplier asksNothing) {
    this.ctx = ctx;
    this.asksNothing = asksNothing;
    long nanos = Math.max(1, idle.toNanos() / LOOKS);
    timer = ctx.executor().scheduleWithFixedDelay(this::look, nanos, nanos, TimeUnit.NANOSECONDS);
  }

  /** Something has come in or is going out. */
  void moved() {
    moves++;
  }

  void stop() {
    timer.cancel(false);
  }

  private void look() {
    Channel channel = ctx.channel();
    @Nullable ChannelOutboundBuffer out = channel.unsafe().outboundBuffer();
    long unsent = out == null ? 0 : out.totalPendingWriteBytes();
    long progress = out == null ? 0 : out.currentProgress();
    boolean left = unsent != unsentSeen || progress != progressSeen;
    stuckLooks = unsent == 0 || left ? 0 : stuckLooks + 1;
    quietLooks = left || moves != movesSeen ? 0 : quietLooks + 1;
    unsentSeen = unsent;
    progressSeen = progress;
    movesSeen = moves;
    boolean takesNothing = stuckLooks >= LOOKS;
    boolean asks = unsent > 0 || !asksNothing.getAsBoolean();
    if (takesNothing || (quietLooks >= LOOKS && !asks)) {
      ctx.close();
    }
  }
}
