package io.dawncache.server.inbound;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.dawncache.core.ByteView;
import io.dawncache.server.wire.Dialect;
import io.dawncache.server.wire.Headers;
import io.dawncache.server.wire.Messages;
import io.dawncache.server.wire.Refusal;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;

/** What answers look like in HTTP; to HEAD the same without a body. */
final class Responses {
  private static final String PLAIN_TEXT = "text/plain; charset=utf-8";

  private Responses() {}

  static FullHttpResponse value(
      ByteView value, Dialect dialect, boolean head, ByteBufAllocator allocator) {
    int length = Messages.responseBytes(value);
    ByteBuf body = head ? Unpooled.EMPTY_BUFFER : Messages.encodeResponse(value, allocator);
    return response(HttpResponseStatus.OK, dialect.contentType(), length, body);
  }

  static FullHttpResponse refusal(Refusal refusal, boolean head) {
    byte[] text = (refusal.text() + "\n").getBytes(UTF_8);
    FullHttpResponse response =
        response(
            HttpResponseStatus.valueOf(refusal.code()), PLAIN_TEXT, text.length, body(text, head));
    if (refusal.kind() != null) {
      response.headers().set(Headers.STATUS, refusal.kind().label());
    }
    if (refusal.code() == HttpResponseStatus.METHOD_NOT_ALLOWED.code()) {
      response.headers().set(HttpHeaderNames.ALLOW, "GET, HEAD");
    }
    return response;
  }

  static FullHttpResponse page(String contentType, byte[] text, boolean head) {
    return response(HttpResponseStatus.OK, contentType, text.length, body(text, head));
  }

  private static ByteBuf body(byte[] bytes, boolean head) {
    return head ? Unpooled.EMPTY_BUFFER : Unpooled.wrappedBuffer(bytes);
  }

  private static FullHttpResponse response(
      HttpResponseStatus status, String contentType, int length, ByteBuf body) {
    FullHttpResponse response = new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, status, body);
    response
        .headers()
        .set(HttpHeaderNames.CONTENT_TYPE, contentType)
        .setInt(HttpHeaderNames.CONTENT_LENGTH, length);
    return response;
  }
}
