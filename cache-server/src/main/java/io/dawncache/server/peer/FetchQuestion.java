package io.dawncache.server.peer;

import io.dawncache.core.PeerRequest;
import io.dawncache.core.PeerResult;
import io.dawncache.core.PeerResult.Status;
import io.dawncache.server.frame.FetchFrames;
import io.dawncache.server.frame.FrameKind;
import io.dawncache.server.wire.PeerAnswers;
import io.dawncache.server.wire.PeerRequests;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import java.time.Duration;
import java.util.function.Consumer;

/** Asks for one key. */
final class FetchQuestion implements Question {
  /** The result of a fetch whose exchange threw. */
  static final PeerResult BROKEN =
      PeerResult.of(Status.FAILED, "the exchange broke at this node; its log says why");

  private final PeerRequest fetch;
  private final PeerRequests requests;
  private final PeerAnswers answers;
  private final Consumer<? super PeerResult> callback;
  private boolean ended;

  /**
   * Asks for a key.
   *
   * @param callback called once with the result
   */
  FetchQuestion(
      PeerRequest fetch,
      PeerRequests requests,
      PeerAnswers answers,
      Consumer<? super PeerResult> callback) {
    this.fetch = fetch;
    this.requests = requests;
    this.answers = answers;
    this.callback = callback;
  }

  @Override
  public Duration timeout() {
    return fetch.timeout();
  }

  @Override
  public FullHttpRequest request(Duration left) {
    return requests.fetch(fetch, left);
  }

  @Override
  public void answered(FullHttpResponse answer) {
    end(answers.ofFetch(answer));
  }

  @Override
  public FrameKind kind() {
    return FrameKind.FETCH;
  }

  @Override
  public ByteBuf message(long leftMillis) {
    ByteBuf message = Unpooled.buffer(FetchFrames.requestBytes(fetch, leftMillis));
    FetchFrames.writeRequest(fetch, leftMillis, message);
    return message;
  }

  /** Returns what it asks for. */
  PeerRequest fetch() {
    return fetch;
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
    end(BROKEN);
  }

  /** Runs only when the result exists: if making it throws, the callback is still to be called. */
  private void end(PeerResult result) {
    if (!ended) {
      ended = true;
      callback.accept(result);
    }
  }
}
