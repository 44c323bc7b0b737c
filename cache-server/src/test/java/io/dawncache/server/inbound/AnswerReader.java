package io.dawncache.server.inbound;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseDecoder;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import java.util.ArrayDeque;
import java.util.Queue;

/**
 * At the head of a connection's pipeline: makes the bytes on their way to the socket into responses
 * again, by Netty's decoder, so that what a client would read can be looked at. A response is one
 * message; one in chunks is its head, its chunks, and the end.
 */
final class AnswerReader extends ChannelDuplexHandler {
  private final Queue<HttpMethod> asked = new ArrayDeque<>();
  private final EmbeddedChannel client =
      new EmbeddedChannel(
          new HttpResponseDecoder() {
            @Override
            protected boolean isContentAlwaysEmpty(HttpMessage message) {
              return HttpMethod.HEAD.equals(asked.poll()) || super.isContentAlwaysEmpty(message);
            }
          });
  private final Queue<ChannelPromise> written = new ArrayDeque<>();
  private FullHttpResponse whole; // whose body is still to come

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (message instanceof HttpRequest request) {
      asked.add(request.method());
    }
    ctx.fireChannelRead(message);
  }

  @Override
  public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
    client.writeInbound(message);
    for (Object next = client.readInbound(); next != null; next = client.readInbound()) {
      Object read = read(next);
      if (read != null) {
        ctx.write(read, ctx.newPromise());
      }
    }
    if (!promise.isVoid()) {
      written.add(promise);
    }
  }

  @Override
  public void flush(ChannelHandlerContext ctx) {
    ctx.flush();
    for (ChannelPromise next = written.poll(); next != null; next = written.poll()) {
      next.setSuccess();
    }
  }

  private Object read(Object message) {
    if (message instanceof HttpResponse head && !HttpUtil.isTransferEncodingChunked(head)) {
      whole = new DefaultFullHttpResponse(head.protocolVersion(), head.status());
      whole.headers().set(head.headers());
      return null;
    }
    if (whole == null) {
      return message;
    }
    HttpContent piece = (HttpContent) message;
    ByteBuf body = whole.content();
    body.writeBytes(piece.content());
    piece.release();
    FullHttpResponse read = piece instanceof LastHttpContent ? whole : null;
    if (read != null) {
      whole = null;
    }
    return read;
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    client.finishAndReleaseAll();
  }
}
