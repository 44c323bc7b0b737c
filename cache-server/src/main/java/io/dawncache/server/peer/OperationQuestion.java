package io.dawncache.server.peer;

import io.dawncache.core.OperationResult;
import io.dawncache.core.PeerResult;
import io.dawncache.server.wire.FrameKind;
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
 * Has the peer change something. Without an answer nobody knows whether it has, unless the request
 * was never sent.
 *
 * @param kind the kind of frame that says it
 * @param message makes that frame's message
 * @param request makes the request in HTTP
 * @param meaning reads the answer
 * @param meaningInFrames what the peer's word in a frame means
 * @param callback told once how the operation ended
 */
record OperationQuestion(
    Duration timeout,
    FrameKind kind,
    Supplier<ByteBuf> message,
    Supplier<FullHttpRequest> request,
    Function<FullHttpResponse, OperationResult> meaning,
    UnaryOperator<OperationResult> meaningInFrames,
    Consumer<? super OperationResult> callback)
    implements Question {
  @Override
  public FullHttpRequest request(Duration left) {
    return request.get();
  }

  @Override
  public void answered(FullHttpResponse answer) {
    callback.accept(meaning.apply(answer));
  }

  @Override
  public void send(FrameConnection connection, int id, long leftMillis) {
    connection.send(kind, id, message.get());
  }

  @Override
  public boolean isAnsweredBy(FrameKind kind) {
    return kind == FrameKind.OPERATED;
  }

  @Override
  public void answered(FrameKind kind, ByteBuf message) {
    callback.accept(meaningInFrames.apply(PeerAnswers.ofOperation(message)));
  }

  @Override
  public void unanswered(PeerResult.Status status, String detail, boolean sent) {
    callback.accept(
        OperationResult.of(
            sent ? OperationResult.Status.UNKNOWN : OperationResult.Status.NOT_ASKED, detail));
  }
}
