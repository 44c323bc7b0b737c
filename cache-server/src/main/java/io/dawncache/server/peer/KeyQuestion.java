package io.dawncache.server.peer;

import io.dawncache.core.PeerRequest;
import io.dawncache.core.PeerResult;
import io.dawncache.core.PeerResult.Status;
import io.dawncache.server.frame.FetchFrames;
import io.dawncache.server.frame.FrameKind;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.time.Duration;
import java.util.function.Consumer;

/** Asks a peer about one key. Subclasses define the frame's kind and the HTTP request. */
abstract class KeyQuestion implements Question {
  /** The result of a question whose exchange threw. */
  static final PeerResult BROKEN =
      PeerResult.of(Status.FAILED, "the exchange broke at this node; its log says why");

  private final FrameKind kind;
  private final PeerRequest request;
  private final Consumer<? super PeerResult> callback;
  private boolean ended;

  /**
   * Asks for a key.
   *
   * @param callback called once with the result
   */
  KeyQuestion(FrameKind kind, PeerRequest request, Consumer<? super PeerResult> callback) {
    this.kind = kind;
    this.request = request;
    this.callback = callback;
  }

  /** Returns what it asks for. */
  final PeerRequest asked() {
    return request;
  }

  @Override
  public final Duration timeout() {
    return request.timeout();
  }

  @Override
  public final FrameKind kind() {
    return kind;
  }

  @Override
  public final ByteBuf message(long leftMillis) {
    ByteBuf message = Unpooled.buffer(FetchFrames.requestBytes(request, leftMillis));
    FetchFrames.writeRequest(request, leftMillis, message);
    return message;
  }

  @Override
  public final boolean isAnsweredBy(FrameKind kind) {
    return kind == FrameKind.FETCHED;
  }

  @Override
  public final void answered(FrameKind kind, ByteBuf message) {
    end(FetchFrames.readAnswer(message));
  }

  @Override
  public final void unanswered(Status status, String detail, boolean sent) {
    end(PeerResult.of(status, detail));
  }

  @Override
  public final void broken(boolean sent) {
    end(BROKEN);
  }

  /** Runs only when the result exists: if making it throws, the callback is still to be called. */
  final void end(PeerResult result) {
    if (!ended) {
      ended = true;
      callback.accept(result);
    }
  }
}
