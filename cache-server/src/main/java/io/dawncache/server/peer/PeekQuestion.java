package io.dawncache.server.peer;

import io.dawncache.core.PeerRequest;
import io.dawncache.core.PeerResult;
import io.dawncache.core.PeerResult.Status;
import io.dawncache.server.frame.FetchFrames;
import io.dawncache.server.frame.FrameKind;
import io.dawncache.server.wire.PeerRequests;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import java.time.Duration;
import java.util.function.Consumer;

/** Looks for one key in a peer's memory. Only frames have a request for that. */
final class PeekQuestion implements Question {
  /** The result of a peek that the peer does not understand. */
  static final PeerResult NOT_UNDERSTOOD = PeerResult.of(Status.NOT_ASKED, "it cannot be peeked");

  private final PeerRequest peek;
  private final PeerRequests requests;
  private final Consumer<? super PeerResult> callback;
  private boolean ended;

  /**
   * Looks for a key.
   *
   * @param callback called once with the result
   */
  PeekQuestion(PeerRequest peek, PeerRequests requests, Consumer<? super PeerResult> callback) {
    this.peek = peek;
    this.requests = requests;
    this.callback = callback;
  }

  @Override
  public Duration timeout() {
    return peek.timeout();
  }

  /** The connection of frames has ended meanwhile: asks for nothing. */
  @Override
  public FullHttpRequest request(Duration left) {
    return requests.probe();
  }

  @Override
  public void answered(FullHttpResponse answer) {
    end(NOT_UNDERSTOOD);
  }

  @Override
  public FrameKind kind() {
    return FrameKind.PEEK;
  }

  @Override
  public ByteBuf message(long leftMillis) {
    ByteBuf message = Unpooled.buffer(FetchFrames.requestBytes(peek, leftMillis));
    FetchFrames.writeRequest(peek, leftMillis, message);
    return message;
  }

  @Override
  public boolean isAnsweredBy(FrameKind kind) {
    return kind == FrameKind.FETCHED;
  }

  @Override
  public void answered(FrameKind kind, ByteBuf message) {
    end(FetchFrames.readAnswer(message));
  }

  @Override
  public void unanswered(Status status, String detail, boolean sent) {
    end(PeerResult.of(status, detail));
  }

  @Override
  public void broken(boolean sent) {
    end(FetchQuestion.BROKEN);
  }

  private void end(PeerResult result) {
    if (!ended) {
      ended = true;
      callback.accept(result);
    }
  }
}
