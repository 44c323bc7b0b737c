package io.dawncache.server.wire;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.dawncache.core.OperationResult;
import io.dawncache.core.PeerResult;
import io.dawncache.server.Dialect;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.util.AsciiString;
import java.io.IOException;
import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a peer's answers mean. Reading one does not change its reference count. */
public final class PeerAnswers {
  /** Room for a short text and for the cause that may follow it. */
  private static final int SHOWN_TEXT_BYTES = 2048;

  private final Dialect dialect;
  private final InstantSource clock;

  /**
   * Reads the answers of one dialect's nodes.
   *
   * @param clock the wall clock to compare a Go node's {@code expire} with
   */
  public PeerAnswers(Dialect dialect, InstantSource clock) {
    this.dialect = dialect;
    this.clock = clock;
  }

  /** Returns how a fetch ended. */
  public PeerResult ofFetch(FullHttpResponse answer) {
    if (answer.decoderResult().isFailure()) {
      return PeerResult.of(PeerResult.Status.NOT_ASKED, noAnswer(answer));
    }
    int code = answer.status().code();
    if (code == 200) {
      return value(answer);
    }
    Kind kind = kind(answer);
    if (kind != null) {
      return fromOurs(kind, text(answer))
          .withRetryAfter(kind == Kind.FAILED ? Headers.retryAfter(answer.headers()) : null);
    }
    return dialect.isOurs()
        ? PeerResult.of(PeerResult.Status.NOT_ASKED, "not a node's answer, " + detail(answer))
        : fromGo(code, text(answer));
  }

  /** Reads what {@link Refusal#toOurs} writes. */
  private static PeerResult fromOurs(Kind kind, String text) {
    int classStart = text.indexOf('\n') + 1;
    int messageStart = text.indexOf('\n', classStart) + 1;
    return classStart == 0 || messageStart == 0
        ? PeerResult.of(kind.meaning(), text)
        : PeerResult.of(
            kind.meaning(),
            text.substring(0, classStart - 1),
            text.substring(classStart, messageStart - 1),
            text.substring(messageStart));
  }

  /**
   * Returns whether an answer with this head can hold a value. Another program may have a member's
   * address now, and its 200 must not become the value of a key.
   */
  public boolean mayHoldValue(HttpResponse head) {
    return head.status().code() == 200 && (dialect.isOurs() ? saysValue(head) : isProtobuf(head));
  }

  private static boolean saysValue(HttpResponse head) {
    return head.headers().containsValue(Headers.STATUS, Headers.VALUE, true);
  }

  /** Go nodes write the first type; some of their older versions wrote the second. */
  private static boolean isProtobuf(HttpResponse head) {
    CharSequence type = HttpUtil.getMimeType(head);
    return type != null
        && (AsciiString.contentEqualsIgnoreCase(type, "application/x-protobuf")
            || AsciiString.contentEqualsIgnoreCase(type, "application/octet-stream"));
  }

  /**
   * Reads an answer without our header in a Go dialect: a Go node's. Only one dialect has final
   * statuses. Another Go node would only ask the same owner again, so after an unclear answer this
   * node loads the key.
   */
  private PeerResult fromGo(int code, String text) {
    if (isNoSuchGroup(text)) {
      return PeerResult.of(PeerResult.Status.NOT_ASKED, text);
    }
    String detail = "status " + code + ", " + text;
    if (!dialect.isFinal(code)) {
      return PeerResult.of(PeerResult.Status.UNCLEAR, detail);
    }
    return code == 404 ? PeerResult.of(PeerResult.Status.NOT_FOUND, text) : failed(detail);
  }

  private PeerResult value(FullHttpResponse answer) {
    if (!mayHoldValue(answer)) {
      return PeerResult.of(
          PeerResult.Status.NOT_ASKED, "a 200 that is not a node's (another program's address?)");
    }
    try {
      return GroupcacheCodec.decodeResult(answer.content().nioBuffer(), clock);
    } catch (IOException e) {
      String why = "not a protobuf Response, " + e.getMessage();
      // With our header, one of our nodes has failed; any program may send the content type.
      return dialect.isOurs() ? failed(why) : PeerResult.of(PeerResult.Status.NOT_ASKED, why);
    }
  }

  /** Returns whether an answer consists of {@link KeyAnswers}, to be read as they arrive. */
  public static boolean isInPieces(HttpResponse head) {
    return head.status().code() == 200
        && MessageKind.of(head.headers().get(Headers.MESSAGE)) == MessageKind.GET_ALL;
  }

  /** Returns whether the body is the answer of one of our nodes to an operation. */
  public static boolean isOperation(HttpResponse head) {
    return head.status().code() == 200 && head.headers().contains(Headers.MESSAGE);
  }

  /** Returns whether one of our nodes answered. */
  public static boolean isOurs(HttpResponse head) {
    return head.headers().contains(Headers.MESSAGE) || head.headers().contains(Headers.STATUS);
  }

  /**
   * Returns whether the peer does not know our messages: it has answered one as Go nodes do. Any
   * other answer without our headers may be a proxy's, and says nothing about the peer.
   */
  public static boolean isFromGoNode(HttpResponse head) {
    return head.decoderResult().isSuccess()
        && !isOurs(head)
        && switch (head.status().code()) {
          case 200, 400, 404, 405 -> true;
          default -> false;
        };
  }

  /** Returns whether a node of another cluster has refused to answer. */
  public static boolean isOfAnotherCluster(HttpResponse head) {
    return kind(head) == Kind.OTHER_CLUSTER;
  }

  /** Returns whether one of our nodes found the request invalid or too long. */
  public static boolean isRefused(HttpResponse head) {
    return head.decoderResult().isSuccess() && kind(head) == Kind.REFUSED;
  }

  /** Returns how a posted message ended; a node that does not know it has done nothing. */
  public OperationResult ofMessage(FullHttpResponse answer) {
    if (answer.decoderResult().isFailure() || isOurs(answer)) {
      return fromOurs(answer);
    }
    return OperationResult.of(
        isFromGoNode(answer)
            ? OperationResult.Status.NOT_UNDERSTOOD
            : OperationResult.Status.NOT_ASKED,
        detail(answer));
  }

  /**
   * Returns how a put ended. A Go node's success means that it alone has the value; if it rejects
   * the request, it has done nothing.
   */
  public OperationResult ofPut(FullHttpResponse answer) {
    if (answer.decoderResult().isFailure() || isOurs(answer)) {
      return fromOurs(answer);
    }
    int code = answer.status().code();
    if (code == 200 && !answer.content().isReadable()) { // Go nodes answer without a body
      return OperationResult.of(OperationResult.Status.DONE_ALONE, "");
    }
    boolean refused = code >= 400 && code < 500;
    return OperationResult.of(
        refused ? OperationResult.Status.NOT_ASKED : OperationResult.Status.UNKNOWN,
        detail(answer));
  }

  /** Returns how a delete ended; if there is no such group there was nothing to forget. */
  public OperationResult ofDelete(FullHttpResponse answer) {
    return kind(answer) == Kind.NO_SUCH_GROUP || isNoSuchGroup(text(answer))
        ? OperationResult.done(List.of())
        : ofPut(answer);
  }

  /** Returns how an operation ended, from the message that our nodes answer it with. */
  public static OperationResult ofOperation(ByteBuf message) {
    try {
      return PeerCodec.decodeResult(message.nioBuffer());
    } catch (IOException e) {
      return OperationResult.of(
          OperationResult.Status.UNKNOWN, "not a protobuf OperationAnswer, " + e.getMessage());
    }
  }

  private static OperationResult fromOurs(FullHttpResponse answer) {
    if (answer.decoderResult().isFailure()) {
      return OperationResult.of(OperationResult.Status.UNKNOWN, noAnswer(answer));
    }
    if (answer.status().code() == 200) {
      return ofOperation(answer.content());
    }
    Kind kind = kind(answer);
    boolean nothingDone =
        kind == Kind.NO_SUCH_GROUP || kind == Kind.REFUSED || kind == Kind.OTHER_CLUSTER;
    return OperationResult.of(
        nothingDone ? OperationResult.Status.NOT_ASKED : OperationResult.Status.UNKNOWN,
        text(answer));
  }

  private boolean isNoSuchGroup(String text) {
    return text.startsWith(dialect.noSuchGroupText().strip());
  }

  private static @Nullable Kind kind(HttpResponse answer) {
    return Kind.of(answer.headers().get(Headers.STATUS));
  }

  private static PeerResult failed(String why) {
    return PeerResult.of(PeerResult.Status.FAILED, why);
  }

  private static String noAnswer(HttpResponse answer) {
    return "not an HTTP answer, " + answer.decoderResult().cause().getMessage();
  }

  private static String detail(FullHttpResponse answer) {
    return "status " + answer.status().code() + ", " + text(answer);
  }

  private static String text(FullHttpResponse answer) {
    ByteBuf body = answer.content();
    int length = Math.min(body.readableBytes(), SHOWN_TEXT_BYTES);
    return body.toString(body.readerIndex(), length, UTF_8).strip();
  }
}
