package io.dawncache.server.inbound;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.dawncache.core.OperationResult;
import io.dawncache.server.wire.Dialect;
import io.dawncache.server.wire.Headers;
import io.dawncache.server.wire.MessageKind;
import io.dawncache.server.wire.PeerMessages;
import io.dawncache.server.wire.Refusal;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValidationUtil;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.List;

/** What answers look like in HTTP, but for values; to HEAD the same without a body. */
final class Responses {
  private static final String PROTOBUF = "application/x-protobuf";
  private static final String PLAIN_TEXT = "text/plain; charset=utf-8";
  private static final byte[] NO_BYTES = {};

  private Responses() {}

  /** Writes the answer to one of our nodes' operation. */
  static void operation(MessageKind kind, OperationResult result, boolean last, Outbox out) {
    byte[] body =
        ByteBufUtil.getBytes(PeerMessages.encode(result)); // on the heap: nothing to release
    Head head = new Head(HttpResponseStatus.OK, PROTOBUF, body.length);
    head.add(Headers.MESSAGE, kind.label());
    head.write(body, last, out);
  }

  /** Writes the answer to anybody's operation that is done, whose body the family has empty. */
  static void done(MessageKind kind, List<String> unreached, boolean last, Outbox out) {
    Head head = new Head(HttpResponseStatus.OK);
    head.add(HttpHeaderNames.CONTENT_LENGTH, "0");
    head.add(Headers.MESSAGE, kind.label());
    unreached.forEach(url -> head.add(Headers.UNREACHED, url));
    head.write(NO_BYTES, last, out);
  }

  static void refusal(Refusal refusal, Dialect dialect, boolean toHead, boolean last, Outbox out) {
    byte[] text = (refusal.text() + "\n").getBytes(UTF_8);
    Head head = new Head(HttpResponseStatus.valueOf(refusal.code()), PLAIN_TEXT, text.length);
    if (refusal.kind() != null) {
      head.add(Headers.STATUS, refusal.kind().label());
    }
    if (refusal.code() == HttpResponseStatus.METHOD_NOT_ALLOWED.code()) {
      head.add(HttpHeaderNames.ALLOW, dialect.allowed());
    }
    head.write(toHead ? NO_BYTES : text, last, out);
  }

  static void page(String contentType, byte[] text, boolean toHead, boolean last, Outbox out) {
    new Head(HttpResponseStatus.OK, contentType, text.length)
        .write(toHead ? NO_BYTES : text, last, out);
  }

  /** Writes the head of an answer whose body is results, in chunks. */
  static void resultsToCome(boolean last, Outbox out) {
    Head head = new Head(HttpResponseStatus.OK);
    head.add(HttpHeaderNames.CONTENT_TYPE, PROTOBUF);
    head.add(Headers.MESSAGE, MessageKind.GET_ALL.label());
    head.add(HttpHeaderNames.TRANSFER_ENCODING, "chunked");
    head.write(NO_BYTES, last, out);
  }

  /** The head of one response while it is put together. */
  private static final class Head {
    private final StringBuilder text = new StringBuilder(256);

    Head(HttpResponseStatus status) {
      text.append("HTTP/1.1 ").append(status.code()).append(' ').append(status.reasonPhrase());
      text.append("\r\n");
    }

    Head(HttpResponseStatus status, String contentType, int bodyBytes) {
      this(status);
      add(HttpHeaderNames.CONTENT_TYPE, contentType);
      add(HttpHeaderNames.CONTENT_LENGTH, Integer.toString(bodyBytes));
    }

    /** Adds a header; a value that could end its line early never leaves. */
    void add(CharSequence name, String value) {
      if (HttpHeaderValidationUtil.validateValidHeaderValue(value) >= 0) {
        throw new IllegalArgumentException(
            name + ": a value with control characters (expected: none)");
      }
      text.append(name).append(": ").append(value).append("\r\n");
    }

    void write(byte[] body, boolean last, Outbox out) {
      if (last) {
        add(HttpHeaderNames.CONNECTION, "close");
      }
      text.append("\r\n");
      ByteBuf buffer = out.room(text.length() + body.length);
      ByteBufUtil.writeAscii(buffer, text);
      buffer.writeBytes(body);
      out.written();
    }
  }
}
