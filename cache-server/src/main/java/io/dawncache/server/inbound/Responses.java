package io.dawncache.server.inbound;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.dawncache.core.ByteView;
import io.dawncache.core.Entry;
import io.dawncache.core.OperationResult;
import io.dawncache.server.wire.Dialect;
import io.dawncache.server.wire.Freshness;
import io.dawncache.server.wire.Headers;
import io.dawncache.server.wire.MessageKind;
import io.dawncache.server.wire.Messages;
import io.dawncache.server.wire.PeerMessages;
import io.dawncache.server.wire.Refusal;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import java.util.List;

/** What answers look like in HTTP; to HEAD the same without a body. */
final class Responses {
  private static final String PROTOBUF = "application/x-protobuf";
  private static final String PLAIN_TEXT = "text/plain; charset=utf-8";

  private Responses() {}

  static FullHttpResponse value(
      Entry entry, Freshness freshness, Dialect dialect, boolean head, ByteBufAllocator allocator) {
    ByteView value = entry.value();
    int length = Messages.responseBytes(value, freshness);
    ByteBuf body =
        head ? Unpooled.EMPTY_BUFFER : Messages.encodeResponse(value, freshness, allocator);
    FullHttpResponse response =
        response(HttpResponseStatus.OK, dialect.contentType(), length, body);
    if (entry.isStale()) {
      response.headers().set(Headers.STALE, "true");
    }
    return response;
  }

  /** Returns the head of an answer whose body is results, in chunks. */
  static HttpResponse resultsToCome() {
    HttpResponse response = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK);
    response
        .headers()
        .set(HttpHeaderNames.CONTENT_TYPE, PROTOBUF)
        .set(Headers.MESSAGE, MessageKind.GET_ALL.label());
    HttpUtil.setTransferEncodingChunked(response, true);
    return response;
  }

  /** Returns the answer to one of our nodes' operation. */
  static FullHttpResponse operation(MessageKind kind, OperationResult result) {
    ByteBuf body = PeerMessages.encode(result);
    FullHttpResponse response =
        response(HttpResponseStatus.OK, PROTOBUF, body.readableBytes(), body);
    response.headers().set(Headers.MESSAGE, kind.label());
    return response;
  }

  /** Returns the answer to anybody's operation that is done, whose body the family has empty. */
  static FullHttpResponse done(MessageKind kind, List<String> unreached) {
    FullHttpResponse response =
        new DefaultFullHttpResponse(
            HttpVersion.HTTP_1_1, HttpResponseStatus.OK, Unpooled.EMPTY_BUFFER);
    response
        .headers()
        .setInt(HttpHeaderNames.CONTENT_LENGTH, 0)
        .set(Headers.MESSAGE, kind.label())
        .set(Headers.UNREACHED, unreached);
    return response;
  }

  static FullHttpResponse refusal(Refusal refusal, Dialect dialect, boolean head) {
    byte[] text = (refusal.text() + "\n").getBytes(UTF_8);
    FullHttpResponse response =
        response(
            HttpResponseStatus.valueOf(refusal.code()), PLAIN_TEXT, text.length, body(text, head));
    if (refusal.kind() != null) {
      response.headers().set(Headers.STATUS, refusal.kind().label());
    }
    if (refusal.code() == HttpResponseStatus.METHOD_NOT_ALLOWED.code()) {
      response.headers().set(HttpHeaderNames.ALLOW, dialect.allowed());
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
