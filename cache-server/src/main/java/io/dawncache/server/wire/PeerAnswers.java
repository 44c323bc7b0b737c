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

/** What a peer's answers mean. Reading one leaves its reference count alone. */
public final class PeerAnswers {
  /** A short text, and the cause that may stand behind it. */
  private static final int SHOWN_TEXT_BYTES = 2048;

  private final Dialect dialect;
  private final InstantSource clock;

  /**
   * Reads the answers of one dialect's nodes.
   *
   * @param clock the wall clock that a Go node's {@code expire} is held against
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
      return fromOurs(kind, text(answer));
    }
    return dialect.isOurs()
        ? PeerResult.of(PeerResult.Status.NOT_ASKED, "not a node's answer, " + detail(answer))
        : fromGo(code, text(answer));
  }

  /** As {@link Refusal#toOurs} writes it. */
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
   * Returns whether an answer with this head can hold a value. A member's address may have been
   * given to another program, whose 200 must not become the value of a key.
   */
  public boolean mayHoldValue(HttpResponse head) {
    return head.status().code() == 200 && (dialect.isOurs() ? saysValue(head) : isProtobuf(head));
  }

  private static boolean saysValue(HttpResponse head) {
    return head.headers().containsValue(Headers.STATUS, Headers.VALUE, true);
  }

  /** Go nodes write the first; some of their older versions wrote the second. */
  private static boolean isProtobuf(HttpResponse head) {
    CharSequence type = HttpUtil.getMimeType(head);
    return type != null
        && (AsciiString.contentEqualsIgnoreCase(type, "application/x-protobuf")
            || AsciiString.contentEqualsIgnoreCase(type, "application/octet-stream"));
  }

  /**
   * An answer without our header in a Go dialect: a Go node's. Only one dialect has final statuses.
   * Another Go node would only ask the same owner again, so whatever is unclear is loaded here.
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
      // A node that says it is ours has failed; a content type alone is anybody's.
      return dialect.isOurs() ? failed(why) : PeerResult.of(PeerResult.Status.NOT_ASKED, why);
    }
  }

  /** Returns whether an answer consists of {@link KeyAnswers}, to be read as they come. */
  public static boolean isInPieces(HttpResponse head) {
    return head.status().code() == 200
        && MessageKind.of(head.headers().get(Headers.MESSAGE)) == MessageKind.GET_ALL;
  }

  /** Returns whether the body is one of our nodes' word on an operation. */
  public static boolean isOperation(HttpResponse head) {
    return head.status().code() == 200 && head.headers().contains(Headers.MESSAGE);
  }

  /** Returns whether one of our nodes answered. */
  private static boolean isOurs(HttpResponse head) {
    return head.headers().contains(Headers.MESSAGE) || head.headers().contains(Headers.STATUS);
  }

  /**
   * Returns whether whoever answered knows no message of ours: he has answered one as Go nodes do.
   * Any other answer without our headers may be a proxy's word, and says nothing of the peer.
   */
  public static boolean isStrangers(HttpResponse head) {
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

  /** Returns whether one of our nodes found fault with the request, or that it is too long. */
  public static boolean isRefused(HttpResponse head) {
    return head.decoderResult().isSuccess() && kind(head) == Kind.REFUSED;
  }

  /** Returns how it ended that a message was posted; whoever does not know it has done nothing. */
  public OperationResult ofMessage(FullHttpResponse answer) {
    if (answer.decoderResult().isFailure() || isOurs(answer)) {
      return fromOurs(answer);
    }
    return OperationResult.of(
        isStrangers(answer)
            ? OperationResult.Status.NOT_UNDERSTOOD
            : OperationResult.Status.NOT_ASKED,
        detail(answer));
  }

  /**
   * Returns how a put ended. A Go node's success means itself alone; a fault that it finds with the
   * request, that it has done nothing.
   */
  public OperationResult ofPut(FullHttpResponse answer) {
    if (answer.decoderResult().isFailure() || isOurs(answer)) {
      return fromOurs(answer);
    }
    int code = answer.status().code();
    if (code == 200 && !answer.content().isReadable()) { // they answer without a body
      return OperationResult.of(OperationResult.Status.DONE_ALONE, "");
    }
    boolean refused = code >= 400 && code < 500;
    return OperationResult.of(
        refused ? OperationResult.Status.NOT_ASKED : OperationResult.Status.UNKNOWN,
        detail(answer));
  }

  /** Returns how a delete ended; without the group there was nothing to forget. */
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
