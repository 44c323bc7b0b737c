package io.dawncache.server.tls;

import io.dawncache.core.ByteAccount;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.ssl.NotSslRecordException;
import java.lang.System.Logger.Level;
import java.time.Duration;
import javax.net.ssl.SSLEngine;
import org.jspecify.annotations.Nullable;

/**
 * TLS on a connection that was accepted: counts its handshake, and in the node's account what it
 * holds.
 *
 * <p>Belongs to the connection's event loop.
 */
final class AcceptedTls extends TlsHandler {
  /*
   * A handshake is counted at what its engine and its longest message take, so that a flood of
   * handshakes finds no room instead of filling the heap. It counts from the beginning of the
   * connection to its own end. Handshakes are also limited in number: in a large heap they would
   * take the room of others. After the handshake only a record that has arrived in part is counted,
   * if it is not short; StrictRequestDecoder does the same with a head. What leaves is in the
   * channel's own buffer, which others count.
   */
  static final int MOST_HANDSHAKES = 1024;

  private static final int HANDSHAKE_BYTES = 32 << 10;
  private static final int SHORT_BYTES = 512;

  private static final System.Logger LOG = System.getLogger(AcceptedTls.class.getName());

  private final ByteAccount account;
  private final TlsCounts counts;

  @SuppressWarnings("NullAway.Init") // by handlerAdded
  private ByteAccount.Holder holder;

  /**
   * Makes the handler of one connection.
   *
   * @param atTheEnd of the handshake checks the chain of the other side, if it has presented one
   */
  AcceptedTls(
      SSLEngine engine, Duration timeout, ByteAccount account, TlsCounts counts, Check atTheEnd) {
    super(engine, timeout, atTheEnd);
    this.account = account;
    this.counts = counts;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) throws Exception {
    holder = account.open(ctx::close);
    if (counts.open().incrementAndGet() > MOST_HANDSHAKES || !holder.set(HANDSHAKE_BYTES)) {
      ctx.close();
    }
    super.handlerAdded(ctx);
  }

  @Override
  void ended(ChannelHandlerContext ctx, @Nullable Throwable failure) {
    super.ended(ctx, failure);
    counts.open().decrementAndGet();
    holder.set(0);
    if (failure == null) {
      counts.handshakes().increment();
      return;
    }
    counts.failures().increment();
    LOG.log(
        Level.DEBUG,
        "no TLS with {0}: {1}",
        ctx.channel().remoteAddress(),
        failure instanceof NotSslRecordException
            ? "what it sends is not TLS; perhaps plain HTTP"
            : failure.getMessage());
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) throws Exception {
    super.channelReadComplete(ctx);
    if (!handshakeFuture().isDone()) {
      return;
    }
    int arrived = actualReadableBytes();
    int held = arrived <= SHORT_BYTES ? 0 : arrived;
    if (held != holder.bytes()) {
      holder.moved();
      if (!holder.set(held)) {
        ctx.close();
      }
    }
  }

  /** Without a handshake there is nothing to answer. */
  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) throws Exception {
    if (event == ChannelInputShutdownEvent.INSTANCE && !handshakeFuture().isDone()) {
      ctx.close();
    } else {
      super.userEventTriggered(ctx, event);
    }
  }

  @Override
  public void handlerRemoved0(ChannelHandlerContext ctx) throws Exception {
    holder.close();
    super.handlerRemoved0(ctx);
  }
}
