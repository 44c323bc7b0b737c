package io.dawncache.server.inbound;

import io.dawncache.core.Group;
import io.dawncache.server.wire.BadRequestException;
import io.dawncache.server.wire.Headers;
import io.dawncache.server.wire.KeyPath;
import io.dawncache.server.wire.Refusal;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.timeout.IdleState;
import io.netty.handler.timeout.IdleStateEvent;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One connection's requests: each becomes a get, side by side, and they are answered in the order
 * in which they came.
 */
final class RequestHandler extends ChannelInboundHandlerAdapter {
  /*
   * A decoded request waits in `arrived` until it may start, then in `started` until it and all
   * before it are answered. It may start while fewer than MAX_STARTED are started and the channel
   * takes more bytes, and an answer is written only while it does; otherwise reading stops. So a
   * connection holds no more than MAX_STARTED values and what one read decoded, and no more than
   * one value beyond the channel's high-water mark in buffers, however many requests a client
   * writes without reading.
   *
   * Everything that moves a request on happens in advance(), which never runs inside itself:
   *   1. a write crosses the high-water mark, and the channel tells us inside that write;
   *   2. a flush empties the channel, and it tells us inside that flush;
   *   3. a hit answers inside start().
   * Each of them comes back into advance() in the middle of a write, where another write would break
   * the encoder. So the inner call does nothing, and the outer one looks again before it ends.
   *
   * A hit answers inside start(); whole reads of pipelined hits go out in one flush, at
   * channelReadComplete. Answers that come later flush themselves.
   */
  static final int MAX_STARTED = 64;

  private static final System.Logger LOG = System.getLogger(RequestHandler.class.getName());
  private static final long LINGER_MILLIS = 1000;
  private static final String GO_CLIENT = "Go-http-client/";

  /** Fired into a pipeline to have it answer what it has, take no more, and close. */
  enum Drain {
    NOW
  }

  private final Inbound inbound;
  private final ArrayDeque<HttpRequest> arrived = new ArrayDeque<>();
  private final ArrayDeque<Exchange> started = new ArrayDeque<>();

  private long bodyBytes; // of the request being read
  private boolean reading; // a channelReadComplete will follow and flush
  private boolean advancing; // advance() is on the stack
  private boolean unflushed;
  private boolean draining; // the server stops
  private boolean closing; // the last answer is written; what still comes is dropped

  RequestHandler(Inbound inbound) {
    this.inbound = inbound;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    reading = true;
    try {
      if (closing) {
        return;
      }
      if (message instanceof HttpRequest request) {
        bodyBytes = 0;
        arrived.add(request);
        advance(ctx);
      } else if (message instanceof HttpContent content) {
        dropBody(ctx, content);
      }
    } finally {
      ReferenceCountUtil.release(message);
    }
  }

  /** No method that we answer takes a body; one that comes all the same is read past, in bounds. */
  private void dropBody(ChannelHandlerContext ctx, HttpContent content) {
    bodyBytes += content.content().readableBytes();
    if (bodyBytes > inbound.limits().maxBodyBytes() || content.decoderResult().isFailure()) {
      ctx.close();
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    reading = false;
    advance(ctx);
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    advance(ctx);
  }

  /** Writes what is answered, starts what has arrived, as far as both may, and flushes. */
  private void advance(ChannelHandlerContext ctx) {
    if (advancing) {
      return;
    }
    advancing = true;
    try {
      do {
        writeAnswered(ctx);
        while (!arrived.isEmpty() && mayStart(ctx)) {
          start(ctx, arrived.remove());
          writeAnswered(ctx);
        }
        flush(ctx); // which may have made the channel writable again
      } while (nextAnswered(ctx) != null || (!arrived.isEmpty() && mayStart(ctx)));
    } finally {
      advancing = false;
    }
    ctx.channel().config().setAutoRead(closing || (!draining && mayStart(ctx)));
  }

  private boolean mayStart(ChannelHandlerContext ctx) {
    return !closing && started.size() < MAX_STARTED && ctx.channel().isWritable();
  }

  private void start(ChannelHandlerContext ctx, HttpRequest request) {
    Exchange exchange = new Exchange(this, ctx, inbound, request);
    started.add(exchange);
    try {
      serve(ctx, request, exchange);
    } catch (BadRequestException e) {
      exchange.refuse(Refusal.badRequest(String.valueOf(e.getMessage())));
    } catch (IllegalArgumentException e) { // the core's word on a key
      exchange.refuse(Refusal.badRequest(String.valueOf(e.getMessage())));
    }
  }

  private void serve(ChannelHandlerContext ctx, HttpRequest request, Exchange exchange)
      throws BadRequestException {
    if (request.decoderResult().isFailure()) {
      exchange.refuseAndClose(Refusal.malformed(request.decoderResult().cause()));
    } else if (!isGetOrHead(request)) {
      exchange.refuse(Refusal.methodNotAllowed(request.method().name()));
    } else if (HttpUtil.isTransferEncodingChunked(request)
        || HttpUtil.getContentLength(request, 0L) > 0) {
      exchange.refuse(Refusal.badRequest("a body (expected: none with GET and HEAD)"));
    } else {
      servePath(ctx, request, KeyPath.pathOf(request.uri()), exchange);
    }
  }

  private void servePath(
      ChannelHandlerContext ctx, HttpRequest request, String path, Exchange exchange)
      throws BadRequestException {
    Page page = inbound.pages().get(path);
    if (page != null) {
      exchange.show(page);
    } else if (!KeyPath.isUnder(inbound.dialect(), path)) {
      exchange.refuseAndClose(Refusal.unexpectedPath(path));
    } else {
      boolean fromGo = isGoPeer(ctx, request);
      boolean fromPeer = fromGo || request.headers().contains(Headers.PEER);
      get(KeyPath.parse(inbound.dialect(), path, fromGo), fromPeer, exchange);
    }
  }

  private void get(KeyPath asked, boolean fromPeer, Exchange exchange) {
    Group group = inbound.node().group(asked.group());
    if (group == null) {
      exchange.refuse(Refusal.noSuchGroup(inbound.dialect(), asked.group()));
    } else if (asked.key().isEmpty()) {
      exchange.refuse(Refusal.failed(inbound.dialect(), "key is required"));
    } else if (fromPeer) {
      group.getLocally(asked.key(), exchange);
    } else {
      group.get(asked.key(), exchange);
    }
  }

  private static boolean isGetOrHead(HttpRequest request) {
    return request.method().equals(HttpMethod.GET) || request.method().equals(HttpMethod.HEAD);
  }

  /** Go nodes carry no mark of ours: what tells them is their user agent and a member's address. */
  private boolean isGoPeer(ChannelHandlerContext ctx, HttpRequest request) {
    String agent = request.headers().get(HttpHeaderNames.USER_AGENT);
    return agent != null
        && agent.startsWith(GO_CLIENT)
        && ctx.channel().remoteAddress() instanceof InetSocketAddress from
        && inbound.isGoPeer().test(from.getAddress());
  }

  /** An exchange has its answer. */
  void answered(ChannelHandlerContext ctx) {
    advance(ctx);
  }

  private void writeAnswered(ChannelHandlerContext ctx) {
    for (Exchange next = nextAnswered(ctx); next != null; next = nextAnswered(ctx)) {
      started.remove();
      write(ctx, next);
    }
  }

  /** Returns the first in the order if it has its answer and may be written, or null. */
  private @Nullable Exchange nextAnswered(ChannelHandlerContext ctx) {
    Exchange next = closing || !ctx.channel().isWritable() ? null : started.peek();
    return next != null && next.isAnswered() ? next : null;
  }

  private void write(ChannelHandlerContext ctx, Exchange exchange) {
    boolean last = !exchange.keepsAlive() || (draining && started.isEmpty() && arrived.isEmpty());
    unflushed = true;
    var written = ctx.write(exchange.response(ctx.alloc(), last));
    if (last) {
      closing = true;
      started.clear();
      arrived.clear();
      written.addListener(done -> closeGently(ctx.channel()));
    }
  }

  /**
   * Closing with unread bytes would reset the connection and take our answer with it. So we end our
   * side and read on until the client ends its own, though not for long.
   */
  private static void closeGently(Channel channel) {
    if (channel instanceof DuplexChannel duplex && channel.isActive()) {
      duplex.shutdownOutput();
      channel.eventLoop().schedule(() -> channel.close(), LINGER_MILLIS, TimeUnit.MILLISECONDS);
    } else {
      channel.close();
    }
  }

  /** Flushes, unless a read goes on: channelReadComplete follows and flushes for all of it. */
  private void flush(ChannelHandlerContext ctx) {
    if (unflushed && !reading) {
      unflushed = false;
      ctx.flush();
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    boolean nothingInFlight = started.isEmpty() && arrived.isEmpty();
    if (event == Drain.NOW) {
      draining = true;
      ctx.channel().config().setAutoRead(false);
      if (nothingInFlight && !closing) {
        // Behind what is still on its way out.
        ctx.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
      }
    } else if (event instanceof IdleStateEvent idle) {
      boolean unsent = hasUnsentBytes(ctx.channel());
      // Neither read nor written for a while. Reading alone says nothing: it may have been we who
      // stopped, with requests still waiting in the socket.
      boolean asksNothing = idle.state() == IdleState.ALL_IDLE && nothingInFlight && !unsent;
      boolean takesNothing = idle.state() == IdleState.WRITER_IDLE && unsent;
      if (asksNothing || takesNothing) {
        ctx.close();
      }
    }
  }

  private static boolean hasUnsentBytes(Channel channel) {
    ChannelOutboundBuffer unsent = channel.unsafe().outboundBuffer();
    return unsent != null && unsent.totalPendingWriteBytes() > 0;
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    closing = true;
    started.clear();
    arrived.clear();
  }

  /** A connection that broke is the client's affair; anything else is a fault of ours. */
  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    if (!(cause instanceof IOException)) {
      LOG.log(Level.ERROR, "connection of " + ctx.channel().remoteAddress() + " closed", cause);
    }
    ctx.close();
  }
}
