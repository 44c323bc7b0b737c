package io.dawncache.bench.chaos;

import io.dawncache.server.wire.GroupcacheCodec;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A client's connection to a node: one request at a time. Belongs to its event loop. */
final class ClientConnection extends SimpleChannelInboundHandler<HttpObject> {
  private final OpenLoad load;
  private final Target target;
  private final ByteBuf body = Unpooled.buffer();
  private @Nullable Channel channel;
  private @Nullable Ask ask;
  private long sentNanos;
  private int answered; // how many requests this connection has answered
  private @Nullable HttpResponse head;

  ClientConnection(OpenLoad load, Target target) {
    this.load = load;
    this.target = target;
  }

  Target target() {
    return target;
  }

  /** Returns when it last began to send. */
  long sentNanos() {
    return sentNanos;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    channel = ctx.channel();
  }

  void send(Ask next, String path) {
    ask = next;
    sentNanos = System.nanoTime();
    FullHttpRequest request =
        new DefaultFullHttpRequest(
            HttpVersion.HTTP_1_1, HttpMethod.GET, path, Unpooled.EMPTY_BUFFER);
    request.headers().set(HttpHeaderNames.HOST, target.authority());
    if (channel != null) {
      channel.writeAndFlush(request); // a failure ends the connection
    }
  }

  @Override
  protected void channelRead0(ChannelHandlerContext ctx, HttpObject message) {
    if (message instanceof HttpResponse response) {
      head = response;
      body.clear();
    }
    if (message instanceof HttpContent content) {
      body.writeBytes(content.content());
    }
    if (message instanceof LastHttpContent) {
      answered(ctx);
    }
  }

  private void answered(ChannelHandlerContext ctx) {
    Ask asked = ask;
    HttpResponse answer = head;
    if (asked == null || answer == null) {
      ctx.close(); // an answer to no request; there is none to blame for it
      return;
    }
    ask = null;
    head = null;
    answered++;
    boolean stays = HttpUtil.isKeepAlive(answer);
    load.ended(asked, fault(asked, answer));
    if (stays) {
      load.isFree(this);
    } else {
      ctx.close();
    }
  }

  private @Nullable String fault(Ask asked, HttpResponse answer) {
    if (answer.decoderResult().isFailure()) {
      return "an answer that is not HTTP";
    }
    if (answer.status().code() != 200) {
      return "status " + answer.status().code();
    }
    try {
      byte[] value = GroupcacheCodec.decodeResponse(body.nioBuffer()).toByteArray();
      return load.keys().isValue(asked.key(), value) ? null : "another value";
    } catch (IOException e) {
      return "a body that is no value";
    }
  }

  /** Closes a connection without a request. */
  void close() {
    if (channel != null) {
      channel.close();
    }
  }

  /** Gives up the request, and the connection with it. */
  void giveUp(String reason) {
    fail(reason);
    close();
  }

  private void fail(String reason) {
    Ask failed = ask;
    ask = null;
    if (failed != null) {
      load.ended(failed, reason);
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    load.isClosed(this);
    Ask open = ask;
    if (open != null && head == null && answered > 0 && !open.sentAgain()) {
      ask = null;
      open.sendsAgain();
      load.sendElsewhere(open, target);
    } else {
      fail("connection closed before the answer");
    }
    body.release();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    fail(String.valueOf(cause.getMessage()));
    ctx.close();
  }
}
