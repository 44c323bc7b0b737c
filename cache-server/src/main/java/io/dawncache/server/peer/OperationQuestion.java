package io.dawncache.server.peer;

import io.dawncache.core.OperationResult;
import io.dawncache.core.PeerResult;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Has the peer change something. Without an answer nobody knows whether it has, unless the request
 * was never sent.
 *
 * @param request makes the request
 * @param meaning reads the answer
 * @param callback told once how the operation ended
 */
record OperationQuestion(
    Duration timeout,
    Supplier<FullHttpRequest> request,
    Function<FullHttpResponse, OperationResult> meaning,
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
  public void unanswered(PeerResult.Status status, String detail, boolean sent) {
    callback.accept(
        OperationResult.of(
            sent ? OperationResult.Status.UNKNOWN : OperationResult.Status.NOT_ASKED, detail));
  }
}
