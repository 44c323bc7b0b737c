package io.dawncache.server.peer;

import io.dawncache.core.PeerRequest;
import io.dawncache.core.PeerResult;
import io.dawncache.core.PeerResult.Status;
import io.dawncache.server.wire.FetchFrames;
import io.dawncache.server.wire.FrameKind;
import io.dawncache.server.wire.PeerAnswers;
import io.dawncache.server.wire.PeerRequests;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import java.time.Duration;
import java.util.function.Consumer;

/**
 * Asks for one key.
 *
 * @param callback told once how the fetch ended
 */
record FetchQuestion(
    PeerRequest fetch,
    PeerRequests requests,
    PeerAnswers answers,
    Consumer<? super PeerResult> callback)
    implements Question {
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
    callback.accept(answers.ofFetch(answer));
  }

  @Override
  public void send(FrameConnection connection, int id, long leftMillis) {
    connection.sendFetch(fetch, id, leftMillis);
  }

  @Override
  public boolean isAnsweredBy(FrameKind kind) {
    return kind == FrameKind.FETCHED;
  }

  @Override
  public void answered(FrameKind kind, ByteBuf message) {
    callback.accept(FetchFrames.readAnswer(message));
  }

  @Override
  public void unanswered(Status status, String detail, boolean sent) {
    callback.accept(PeerResult.of(status, detail));
  }
}
