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
import org.jspecify.annotations.Nullable;

/**
 * How a connection switches from HTTP/1.1 to frames.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9110#section-7.8">RFC 9110, section 7.8</a>
 */
public final class FrameUpgrade {
  /** The version from which on {@link FrameKind#PEEK} is understood. */
  public static final int WITH_PEEK = 2;

  private static final AsciiString VERSION_1 = AsciiString.cached("dawncache-frames/1");
  private static final AsciiString VERSION_2 = AsciiString.cached("dawncache-frames/2");
  private static final AsciiString WANTED = AsciiString.cached(VERSION_2 + ", " + VERSION_1);
  private static final int SWITCHING_PROTOCOLS = 101;

  private static final String GRANT =
      "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: ";

  /**
   * The answer that frames follow.
   *
   * @param version of the frames
   * @param proof that this node has the secret that the other side has proven to have; null if it
   *     has proven none
   */
  public record Grant(int version, @Nullable String proof) {}

  private FrameUpgrade() {}

  /**
   * Returns the probe that also asks to switch to frames. A node that does not know frames, or an
   * intermediary that passes no upgrade on, answers it as a probe.
   *
   * @param requests makes the requests to the peer that is asked
   * @param fleet what this node sends about itself
   */
  public static FullHttpRequest request(PeerRequests requests, Fleet fleet) {
    FullHttpRequest request = requests.probe();
    request
        .headers()
        .set(HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE)
        .set(HttpHeaderNames.UPGRADE, WANTED);
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
        && version(request) > 0
        && request.headers().contains(Headers.PEER)
        && request.decoderResult().isSuccess();
  }

  /**
   * Appends the grant of frames with this node's name, and the first frame: a PONG answers the
   * probe.
   *
   * @param grant its version is what {@link #version} returns for the request
   */
  public static void grant(Grant grant, Fleet fleet, ByteBuf out) {
    StringBuilder head = new StringBuilder(GRANT);
    head.append(grant.version() == WITH_PEEK ? VERSION_2 : VERSION_1).append("\r\n");
    HttpHeaders headers = new DefaultHttpHeaders();
    Hello.addNode(fleet, headers);
    Hello.addProcess(fleet, headers);
    if (grant.proof() != null) {
      headers.set(Headers.PROOF, grant.proof());
    }
    headers.forEach(
        header ->
            head.append(header.getKey()).append(": ").append(header.getValue()).append("\r\n"));
    ByteBufUtil.writeAscii(out, head.append("\r\n"));
    Frames.write(Frames.NO_ID, FrameKind.PONG, out);
  }

  /** Returns whether frames follow. */
  public static boolean isGranted(HttpResponse answer) {
    return answer.status().code() == SWITCHING_PROTOCOLS && version(answer) > 0;
  }

  /** Returns the latest version of frames that both sides know and the message names; 0 if none. */
  public static int version(HttpMessage message) {
    HttpHeaders headers = message.headers();
    if (!headers.containsValue(HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE, true)) {
      return 0;
    } else if (headers.containsValue(HttpHeaderNames.UPGRADE, VERSION_2, true)) {
      return WITH_PEEK;
    }
    return headers.containsValue(HttpHeaderNames.UPGRADE, VERSION_1, true) ? 1 : 0;
  }
}
