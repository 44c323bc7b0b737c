package io.dawncache.server.tls;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslHandler;
import java.security.cert.Certificate;
import java.time.Duration;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/** Netty's TLS with what connections of a node have in common. */
public class TlsHandler extends SslHandler {
  static final Certificate[] NOTHING = {};

  TlsHandler(SSLEngine engine, Duration handshakeTimeout) {
    super(engine);
    setHandshakeTimeoutMillis(handshakeTimeout.toMillis());
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
