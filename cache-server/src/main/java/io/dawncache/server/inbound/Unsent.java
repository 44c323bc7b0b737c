package io.dawncache.server.inbound;

import io.dawncache.core.ByteAccount;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundBuffer;
import java.util.ArrayDeque;
import java.util.Iterator;

/**
 * What a connection's answers make the node hold, because the client has not taken them: values
 * that wait for their turn, and bytes that the channel does not take. The node's account knows it,
 * and when that has no room the values give way to refusals.
 *
 * <p>Belongs to the connection's event loop.
 */
final class Unsent {
  /*
   * A value that main holds, too, counts all the same: as soon as main evicts it, it is the answer
   * that keeps it in memory.
   */
  private final ChannelHandlerContext ctx;
  private final ByteAccount.Holder holder;

  /** Starts with nothing unsent. */
  Unsent(ChannelHandlerContext ctx, ByteAccount account) {
    this.ctx = ctx;
    this.holder = account.open(ctx::close);
  }

  /** The client has taken something. */
  void moved() {
    holder.moved();
  }

  /**
   * Brings the account up to date when a read or a turn of the loop is over. Without room for all
   * that {@code started} hold, the last of them are refused; if that is not enough, because a value
   * is half written, the connection is closed.
   */
  void settle(ArrayDeque<Exchange> started) {
    long bytes = unwritten();
    if (bytes == 0 && started.isEmpty() && holder.bytes() == 0) {
      return;
    }
    for (Exchange exchange : started) {
      bytes += exchange.heldBytes();
    }
    Iterator<Exchange> last = started.descendingIterator();
    while (!holder.set(bytes)) {
      if (!last.hasNext()) {
        ctx.close();
        return;
      }
      bytes -= last.next().refuseValue();
    }
  }

  /** Returns what the channel holds, if it takes no more. */
  private long unwritten() {
    ChannelOutboundBuffer out = ctx.channel().unsafe().outboundBuffer();
    return out == null || out.isWritable() ? 0 : out.totalPendingWriteBytes();
  }

  /** The connection has gone, or goes on without this. */
  void close() {
    holder.close();
  }
}
