package io.dawncache.server.frame;

import io.dawncache.server.Dialect;
import io.dawncache.server.wire.Fleet;
import io.dawncache.server.wire.Headers;
import io.dawncache.server.wire.Hello;
import io.dawncache.server.wire.KeyPath;
import io.dawncache.server.wire.PeerRequests;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.AsciiString;

/**
 * How a connection switches from HTTP/1.1 to frames.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9110#section-7.8">RFC 9110, section 7.8</a>
 */
public final class FrameUpgrade {
  private static final AsciiString PROTOCOL = AsciiString.cached("dawncache-frames/1");
  private static final int SWITCHING_PROTOCOLS = 101;

  private static final String GRANT =
      "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: " + PROTOCOL + "\r\n";

  private FrameUpgrade() {}

  /**
   * Returns the probe that also asks to switch to frames. A node that does not know frames, or an
   * intermediary that passes no upgrade on, answers it as a probe.
   *
   * @param requests makes the requests to the peer that is asked
   * @param fleet what this node tells about itself
   */
  public static FullHttpRequest request(PeerRequests requests, Fleet fleet) {
    FullHttpRequest request = requests.probe();
    request
        .headers()
        .set(HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE)
        .set(HttpHeaderNames.UPGRADE, PROTOCOL);
    Hello.addProcess(fleet, request.headers());
    return request;
  }

  /**
   * Returns whether one of our nodes asks to switch to frames: with a GET of the dialect's probe
   * path, without a body.
   */
  public static boolean isAsked(HttpRequest request, Dialect dialect) {
    return request.headers().contains(HttpHeaderNames.UPGRADE) // which few requests have
        && request.method().equals(HttpMethod.GET)
        && request.protocolVersion().equals(HttpVersion.HTTP_1_1)
        && request.uri().equals(KeyPath.probePath(dialect))
        && !Headers.announceBody(request.headers())
        && namesFrames(request)
        && request.headers().contains(Headers.PEER)
        && request.decoderResult().isSuccess();
  }

  /**
   * Appends the grant of frames with this node's name, and the first frame: a PONG answers the
   * probe.
   */
  public static void grant(Fleet fleet, ByteBuf out) {
    StringBuilder head = new StringBuilder(GRANT);
    HttpHeaders headers = new DefaultHttpHeaders();
    Hello.addNode(fleet, headers);
    Hello.addProcess(fleet, headers);
    headers.forEach(
        header ->
            head.append(header.getKey()).append(": ").append(header.getValue()).append("\r\n"));
    ByteBufUtil.writeAscii(out, head.append("\r\n"));
    Frames.write(Frames.NO_ID, FrameKind.PONG, out);
  }

  /** Returns whether frames follow. */
  public static boolean isGranted(HttpResponse answer) {
    return answer.status().code() == SWITCHING_PROTOCOLS && namesFrames(answer);
  }

  private static boolean namesFrames(HttpMessage message) {
    return message.headers().containsValue(HttpHeaderNames.UPGRADE, PROTOCOL, true)
        && message
            .headers()
            .containsValue(HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE, true);
  }
}
