package io.dawncache.server.tls;

import io.dawncache.core.ByteAccount;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.ssl.NotSslRecordException;
import java.lang.System.Logger.Level;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * TLS on a connection that was accepted: counts its handshake, and in the node's account what it
 * holds; and checks at the end of the handshake what the other side has presented.
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
   *
   * The engine checks the other side's chain in the middle of the handshake, with the files that
   * were in force at its beginning, and not at all if a session is resumed. So the chain is checked
   * again at the end, with what is in force then. A new CRL closes the connections whose chain it
   * names; none can come between the two:
   *
   *   1. here: `presented` is set, then the files that are in force are read and asked;
   *   2. elsewhere: new files come into force, then `presented` of each connection is looked at.
   *
   * Either the first sees the new files, or the second sees the chain.
   */
  static final int MOST_HANDSHAKES = 1024;

  /** Decides on the chain of the other side. */
  @FunctionalInterface
  interface Check {
    /**
     * Checks a chain.
     *
     * @throws CertificateException if it is not to be trusted
     */
    void check(Certificate[] chain) throws CertificateException;
  }

  private static final int HANDSHAKE_BYTES = 32 << 10;
  private static final int SHORT_BYTES = 512;

  private static final System.Logger LOG = System.getLogger(AcceptedTls.class.getName());

  private final ByteAccount account;
  private final TlsCounts counts;
  private final Check atTheEnd;

  @SuppressWarnings("NullAway.Init") // by handlerAdded
  private ByteAccount.Holder holder;

  private volatile Certificate[] presented = NOTHING;
  private boolean refused;

  /**
   * Makes the handler of one connection.
   *
   * @param atTheEnd of the handshake checks the chain of the other side, if it has presented one
   */
  AcceptedTls(
      SSLEngine engine, Duration timeout, ByteAccount account, TlsCounts counts, Check atTheEnd) {
    super(engine, timeout);
    this.account = account;
    this.counts = counts;
    this.atTheEnd = atTheEnd;
  }

  /**
   * Returns the chain that the other side has presented, since the end of the handshake; empty if
   * there is none. May be called by any thread.
   */
  Certificate[] presented() {
    return presented;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) throws Exception {
    holder = account.open(ctx::close);
    if (counts.open().incrementAndGet() > MOST_HANDSHAKES || !holder.set(HANDSHAKE_BYTES)) {
      ctx.close();
    }
    handshakeFuture().addListener(done -> ended(ctx, done.isSuccess() ? refusal() : done.cause()));
    super.handlerAdded(ctx);
  }

  private @Nullable CertificateException refusal() {
    Certificate[] chain = chain(engine().getSession());
    presented = chain;
    try {
      if (chain.length > 0) {
        atTheEnd.check(chain);
      }
      return null;
    } catch (CertificateException e) {
      return e;
    }
  }

  private void ended(ChannelHandlerContext ctx, @Nullable Throwable failure) {
    counts.open().decrementAndGet();
    holder.set(0);
    if (failure == null) {
      counts.handshakes().increment();
      return;
    }
    counts.failures().increment();
    if (failure instanceof CertificateException) {
      refused = true;
      ctx.close();
    }
    LOG.log(
        Level.DEBUG,
        "no TLS with {0}: {1}",
        ctx.channel().remoteAddress(),
        failure instanceof NotSslRecordException
            ? "what it sends is not TLS; perhaps plain HTTP"
            : failure.getMessage());
  }

  /** What a refused side has sent together with the end of its handshake is no request. */
  @Override
  protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out)
      throws SSLException {
    if (refused) {
      in.skipBytes(in.readableBytes());
    } else {
      super.decode(ctx, in, out);
    }
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
