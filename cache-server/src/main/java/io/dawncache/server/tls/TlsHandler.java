package io.dawncache.server.tls;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslHandler;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * Netty's TLS with what connections of a node have in common: the certificate of the other side is
 * checked again when the handshake has ended.
 */
public class TlsHandler extends SslHandler {
  /*
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
  static final Certificate[] NOTHING = {};

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

  private final Check atTheEnd;
  private volatile Certificate[] presented = NOTHING;
  private boolean refused;

  /**
   * Makes the handler of one connection.
   *
   * @param atTheEnd of the handshake checks the chain of the other side, if it has presented one
   */
  TlsHandler(SSLEngine engine, Duration handshakeTimeout, Check atTheEnd) {
    super(engine);
    this.atTheEnd = atTheEnd;
    setHandshakeTimeoutMillis(handshakeTimeout.toMillis());
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

  /** The handshake has ended: well, or for a reason. */
  void ended(ChannelHandlerContext ctx, @Nullable Throwable failure) {
    if (failure instanceof CertificateException) {
      refused = true;
      ctx.close();
    }
  }

  /** What a refused side has sent together with the end of its handshake does not count. */
  @Override
  protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out)
      throws SSLException {
    if (refused) {
      in.skipBytes(in.readableBytes());
    } else {
      super.decode(ctx, in, out);
    }
  }

  /**
   * Ends this side's output, behind what has been written: for TLS first, if the connection has it,
   * and for TCP. Runs on the event loop.
   */
  public static void shutdownOutput(DuplexChannel channel) {
    TlsHandler tls = of(channel);
    if (tls == null) {
      channel.shutdownOutput();
    } else {
      tls.closeOutbound().addListener(closed -> channel.shutdownOutput());
    }
  }

  static @Nullable TlsHandler of(Channel channel) {
    return channel.pipeline().get(TlsHandler.class);
  }

  /** Returns the chain that the other side has presented; empty if it has presented none. */
  static Certificate[] chain(SSLSession session) {
    try {
      return session.getPeerCertificates();
    } catch (SSLPeerUnverifiedException e) {
      return NOTHING;
    }
  }

  /** Does not wait for a client that takes nothing: what it has not taken would stay in memory. */
  @Override
  public void close(ChannelHandlerContext ctx, ChannelPromise promise) throws Exception {
    if (ctx.channel().isWritable()) {
      super.close(ctx, promise);
    } else {
      ctx.close(promise);
    }
  }

  /** A broken record is the other side's doing, as a broken connection is: an IOException. */
  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) throws Exception {
    super.exceptionCaught(ctx, cause.getCause() instanceof SSLException ? cause.getCause() : cause);
  }
}
