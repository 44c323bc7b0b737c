package io.dawncache.server.inbound;

import io.dawncache.core.ByteAccount;
import io.dawncache.server.Limits;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.LastHttpContent;
import java.util.List;

/**
 * Netty's request decoder with our limits, counted in the node's account, and strict where two
 * readers of one request could disagree about its words or its length.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9112#section-3">RFC 9112, section 3</a>
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9112#section-6.3">RFC 9112, section 6.3</a>
 */
final class StrictRequestDecoder extends HttpRequestDecoder {
  /*
   * The size of a head that has arrived in part is estimated for the worst case: a header of four
   * bytes becomes two strings and an entry. A head that arrives in one read is not counted, nor is
   * a short beginning of one, which takes no more than a connection itself.
   */
  private static final int SHORT_BYTES = 512;

  private static final int HEAP_BYTES_A_BYTE = 32;

  private final ByteAccount account;

  @SuppressWarnings("NullAway.Init") // by handlerAdded
  private ByteAccount.Holder head;

  private int headBytes; // how much of an incomplete head is read
  private boolean betweenRequests = true; // the next byte is an empty line's or the next request's

  StrictRequestDecoder(Limits limits, ByteAccount account) {
    super(
        new HttpDecoderConfig()
            .setMaxInitialLineLength(limits.maxRequestLineBytes())
            .setMaxHeaderSize(limits.maxHeaderBytes())
            .setAllowDuplicateContentLengths(false));
    this.account = account;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    head = account.open(ctx::close);
  }

  @Override
  protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) throws Exception {
    if (betweenRequests && !skipEmptyLines(in, out)) {
      return;
    }
    int before = in.readableBytes();
    int decoded = out.size();
    super.decode(ctx, in, out);
    betweenRequests = out.size() > decoded && out.get(out.size() - 1) instanceof LastHttpContent;
    headBytes = out.size() > decoded ? 0 : headBytes + before - in.readableBytes();
  }

  /**
   * Skips what may stand before a request; Netty would skip any CR and any LF. Returns whether the
   * request begins.
   */
  private boolean skipEmptyLines(ByteBuf in, List<Object> out) {
    while (in.isReadable()) {
      byte first = in.getByte(in.readerIndex());
      if (first != '\r' && first != '\n') {
        return true;
      } else if (first == '\r' && in.readableBytes() == 1) {
        return false;
      } else if (first == '\n' || in.getByte(in.readerIndex() + 1) != '\n') {
        in.skipBytes(in.readableBytes());
        HttpMessage invalid = createInvalidMessage();
        String text = "a CR or LF alone before a request (expected: CRLF or nothing)";
        invalid.setDecoderResult(DecoderResult.failure(new IllegalArgumentException(text)));
        out.add(invalid);
        return false;
      }
      in.skipBytes(2);
    }
    return false;
  }

  /** Counts first: the room of a head that has become whole is there for its answer. */
  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) throws Exception {
    int arrivedBytes = headBytes + actualReadableBytes();
    long held = arrivedBytes <= SHORT_BYTES ? 0 : (long) HEAP_BYTES_A_BYTE * arrivedBytes;
    if (held != head.bytes()) {
      head.moved();
      if (!head.set(held)) {
        ctx.close();
      }
    }
    super.channelReadComplete(ctx);
  }

  @Override
  protected void handlerRemoved0(ChannelHandlerContext ctx) throws Exception {
    head.close();
    super.handlerRemoved0(ctx);
  }

  // The request line: one space between its words, and none around them.

  @Override
  protected String splitFirstWordInitialLine(byte[] line, int start, int length) {
    if (start != 0) {
      throw new IllegalArgumentException("a space before the method (expected: none)");
    }
    return super.splitFirstWordInitialLine(line, start, length);
  }

  @Override
  protected String splitSecondWordInitialLine(byte[] line, int start, int length) {
    checkSpaceBefore(line, start);
    return super.splitSecondWordInitialLine(line, start, length);
  }

  @Override
  protected String splitThirdWordInitialLine(byte[] line, int start, int length) {
    checkSpaceBefore(line, start);
    return super.splitThirdWordInitialLine(line, start, length);
  }

  private static void checkSpaceBefore(byte[] line, int start) {
    if (start < 2 || line[start - 1] != ' ' || Character.isWhitespace(line[start - 2])) {
      throw new IllegalArgumentException("request line (expected: METHOD SP TARGET SP VERSION)");
    }
  }

  // The length.

  /** Netty expects eight bytes behind the head of a draft of WebSockets, which has no length. */
  @Override
  protected boolean isContentAlwaysEmpty(HttpMessage message) {
    HttpHeaders headers = message.headers();
    return (headers.contains(HttpHeaderNames.SEC_WEBSOCKET_KEY1)
            && !headers.contains(HttpHeaderNames.CONTENT_LENGTH)
            && !headers.contains(HttpHeaderNames.TRANSFER_ENCODING))
        || super.isContentAlwaysEmpty(message);
  }

  @Override
  protected void handleTransferEncodingChunkedWithContentLength(HttpMessage message) {
    throw new IllegalArgumentException(
        "Transfer-Encoding with Content-Length (expected: one of them)");
  }
}
