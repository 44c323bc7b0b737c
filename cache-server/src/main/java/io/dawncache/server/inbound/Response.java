package io.dawncache.server.inbound;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValidationUtil;
import io.netty.handler.codec.http.HttpResponseStatus;

/** A response whose head, and body if it has one, is complete before any of it is written. */
final class Response {
  private static final byte[] NO_BYTES = {};
  private static final byte[] LINE_END = {'\r', '\n'};
  private static final int USUAL_HEAD_CHARS = 256;

  private final int status;
  private final StringBuilder head = new StringBuilder(USUAL_HEAD_CHARS);
  private final byte[] body;

  /** Begins a response without a body, or one whose body is sent after it. */
  Response(HttpResponseStatus status) {
    this(status, NO_BYTES);
  }

  /** Begins a response with a body. */
  Response(HttpResponseStatus status, String contentType, byte[] body) {
    this(status, body);
    add(HttpHeaderNames.CONTENT_TYPE, contentType);
    add(HttpHeaderNames.CONTENT_LENGTH, Integer.toString(body.length));
  }

  private Response(HttpResponseStatus status, byte[] body) {
    this.status = status.code();
    this.body = body;
    head.append("HTTP/1.1 ").append(status.code()).append(' ').append(status.reasonPhrase());
    head.append("\r\n");
  }

  /** Returns its status code. */
  int status() {
    return status;
  }

  /**
   * Adds a header.
   *
   * @throws IllegalArgumentException if the value could end its line early
   */
  void add(CharSequence name, String value) {
    if (HttpHeaderValidationUtil.validateValidHeaderValue(value) >= 0) {
      throw new IllegalArgumentException(
          name + ": a value with control characters (expected: none)");
    }
    head.append(name).append(": ").append(value).append("\r\n");
  }

  /**
   * Writes the response.
   *
   * @param toHead whether to leave out the body
   */
  void write(boolean toHead, Persistence persistence, Outbox out) {
    String connection = persistence.line();
    byte[] content = toHead ? NO_BYTES : body;
    int headBytes =
        head.length() + AnswerDates.Second.DATE_BYTES + connection.length() + LINE_END.length;
    ByteBuf buffer = out.room(headBytes + content.length);
    ByteBufUtil.writeAscii(buffer, head);
    out.date().writeDate(buffer);
    ByteBufUtil.writeAscii(buffer, connection);
    buffer.writeBytes(LINE_END);
    buffer.writeBytes(content);
    out.written();
  }
}
