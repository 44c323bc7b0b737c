package io.dawncache.server.wire;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.dawncache.core.PeerRequest;
import io.dawncache.core.PeerResult;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpVersion;
import java.io.IOException;

/** What a fetch looks like in HTTP: the request to a peer, and what its answer means. */
public final class PeerExchange {
  private static final int SHOWN_TEXT_BYTES = 512;

  private PeerExchange() {}

  /** Returns the request for a fetch, marked with {@code self} so that it is not forwarded. */
  public static FullHttpRequest request(
      Dialect dialect, NodeUrl peer, String self, PeerRequest fetch) {
    return request(peer, self, new KeyPath(fetch.group(), fetch.key()).path(dialect));
  }

  /** Returns the cheapest request that any node answers; it asks for no key. */
  public static FullHttpRequest probe(Dialect dialect, NodeUrl peer, String self) {
    return request(peer, self, KeyPath.probePath(dialect));
  }

  private static FullHttpRequest request(NodeUrl peer, String self, String path) {
    FullHttpRequest request =
        new DefaultFullHttpRequest(
            HttpVersion.HTTP_1_1, HttpMethod.GET, path, Unpooled.EMPTY_BUFFER);
    request.headers().set(HttpHeaderNames.HOST, peer.authority()).set(Headers.PEER, self);
    return request;
  }

  /** Returns what a peer's whole answer means. Leaves its reference count alone. */
  public static PeerResult result(Dialect dialect, FullHttpResponse answer) {
    if (answer.decoderResult().isFailure()) {
      return failed("not an HTTP answer, " + answer.decoderResult().cause().getMessage());
    }
    int code = answer.status().code();
    if (code == 200) {
      return value(answer.content());
    }
    String text = text(answer.content());
    Kind kind = Kind.of(answer.headers().get(Headers.STATUS));
    if (kind != null) {
      return PeerResult.of(kind.meaning(), text);
    }
    return fromGo(dialect, code, text);
  }

  /**
   * An answer without our header: a Go node's. Only one dialect has final statuses. Another Go node
   * would only ask the same owner again, so whatever is unclear is loaded here.
   */
  private static PeerResult fromGo(Dialect dialect, int code, String text) {
    if (text.startsWith(dialect.noSuchGroupText().strip())) {
      return PeerResult.of(PeerResult.Status.NOT_ASKED, text);
    }
    String detail = "status " + code + ", " + text;
    if (!dialect.isFinal(code)) {
      return PeerResult.of(PeerResult.Status.UNCLEAR, detail);
    }
    return code == 404 ? PeerResult.of(PeerResult.Status.NOT_THERE, text) : failed(detail);
  }

  private static PeerResult value(ByteBuf body) {
    try {
      return PeerResult.value(Messages.decodeResponse(body.nioBuffer()));
    } catch (IOException e) {
      return failed("not a protobuf Response, " + e.getMessage());
    }
  }

  private static PeerResult failed(String why) {
    return PeerResult.of(PeerResult.Status.FAILED, why);
  }

  private static String text(ByteBuf body) {
    int length = Math.min(body.readableBytes(), SHOWN_TEXT_BYTES);
    return body.toString(body.readerIndex(), length, UTF_8).strip();
  }
}
