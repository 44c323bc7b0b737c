package io.dawncache.server.peer;

import io.dawncache.core.OperationResult;
import io.dawncache.core.PeerResult;
import io.dawncache.server.frame.FrameKind;
import io.dawncache.server.wire.PeerAnswers;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * Asks the peer to make a change. Without an answer it is unknown whether the peer has made it,
 * unless the request was never sent.
 */
final class OperationQuestion implements Question {
  private static final String WHY = "the exchange broke at this node; its log says why";

  /** The result of an operation whose exchange threw after the request was sent. */
  static final OperationResult BROKEN = OperationResult.of(OperationResult.Status.UNKNOWN, WHY);

  private static final OperationResult BROKEN_UNSENT =
      OperationResult.of(OperationResult.Status.NOT_ASKED, WHY);

  private final Duration timeout;
  private final FrameKind kind;
  private final Supplier<ByteBuf> message;
  private final Supplier<FullHttpRequest> request;
  private final Function<FullHttpResponse, OperationResult> meaning;
  private final UnaryOperator<OperationResult> meaningInFrames;
  private final Consumer<? super ByteBuf> listener;
  private final Consumer<? super OperationResult> callback;
  private boolean ended;

  /**
   * Has the peer change something.
   *
   * @param kind the kind of the request's frame
   * @param message makes that frame's message
   * @param request makes the request in HTTP
   * @param meaning reads the answer
   * @param meaningInFrames what the peer's result in a frame means
   * @param listener called with the message of an answer, before {@code callback}
   * @param callback called once with the result
   */
  OperationQuestion(
      Duration timeout,
      FrameKind kind,
      Supplier<ByteBuf> message,
      Supplier<FullHttpRequest> request,
      Function<FullHttpResponse, OperationResult> meaning,
      UnaryOperator<OperationResult> meaningInFrames,
      Consumer<? super ByteBuf> listener,
      Consumer<? super OperationResult> callback) {
    this.timeout = timeout;
    this.kind = kind;
    this.message = message;
    this.request = request;
    this.meaning = meaning;
    this.meaningInFrames = meaningInFrames;
    this.listener = listener;
    this.callback = callback;
  }

  @Override
  public Duration timeout() {
    return timeout;
  }

  @Override
  public FullHttpRequest request(Duration left) {
    return request.get();
  }

  @Override
  public void answered(FullHttpResponse answer) {
    OperationResult result = meaning.apply(answer);
    if (PeerAnswers.isOperation(answer)) {
      listener.accept(answer.content());
    }
    end(result);
  }

  @Override
  public boolean isWaitedFor() {
    return kind != FrameKind.MEMBERS;
  }

  @Override
  public FrameKind kind() {
    return kind;
  }

  @Override
  public ByteBuf message(long leftMillis) {
    return message.get();
  }

  @Override
  public boolean isAnsweredBy(FrameKind kind) {
    return kind == FrameKind.OPERATED;
  }

  @Override
  public void answered(FrameKind kind, ByteBuf message) {
    OperationResult result = meaningInFrames.apply(PeerAnswers.ofOperation(message));
    listener.accept(message);
    end(result);
  }

  @Override
  public void unanswered(PeerResult.Status status, String detail, boolean sent) {
    end(
        OperationResult.of(
            sent ? OperationResult.Status.UNKNOWN : OperationResult.Status.NOT_ASKED, detail));
  }

  @Override
  public void broken(boolean sent) {
    end(sent ? BROKEN : BROKEN_UNSENT);
  }

  /** Runs only when the result exists: if making it throws, the callback is still to be called. */
  private void end(OperationResult result) {
    if (!ended) {
      ended = true;
      callback.accept(result);
    }
  }
}
