package io.dawncache.server.inbound;

import io.dawncache.core.ByteAccount;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundBuffer;
import java.util.ArrayDeque;
import java.util.Iterator;

/**
 * What the node holds of a connection's answers because the client has not taken them: values that
 * wait for their turn, and bytes that the channel has not sent. The node's account counts it; when
 * the account has no room, refusals replace the values.
 *
 * <p>Belongs to the connection's event loop.
 */
final class Unsent {
  /*
   * A value that main holds, too, is counted as well: as soon as main evicts it, only the answer
   * keeps it in memory.
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
   * Updates the account when a read or a turn of the loop is over. If there is no room for all that
   * {@code started} hold, refuses the last of them; if that is not enough, because a value is half
   * written, closes the connection.
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

  /** Returns how many bytes the channel holds if it is not writable, else 0. */
  private long unwritten() {
    ChannelOutboundBuffer out = ctx.channel().unsafe().outboundBuffer();
    return out == null || out.isWritable() ? 0 : out.totalPendingWriteBytes();
  }

  /** The connection has closed, or continues without this. */
  void close() {
    holder.close();
  }
}
