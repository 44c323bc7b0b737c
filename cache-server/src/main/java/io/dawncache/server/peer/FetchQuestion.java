package io.dawncache.server.peer;

import io.dawncache.core.PeerRequest;
import io.dawncache.core.PeerResult;
import io.dawncache.server.frame.FrameKind;
import io.dawncache.server.wire.PeerAnswers;
import io.dawncache.server.wire.PeerRequests;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import java.time.Duration;
import java.util.function.Consumer;

/** Asks for one key, to be loaded if the peer does not hold it. */
final class FetchQuestion extends KeyQuestion {
  private final PeerRequests requests;
  private final PeerAnswers answers;

  FetchQuestion(
      PeerRequest fetch,
      PeerRequests requests,
      PeerAnswers answers,
      Consumer<? super PeerResult> callback) {
    super(FrameKind.FETCH, fetch, callback);
    this.requests = requests;
    this.answers = answers;
  }

  @Override
  public FullHttpRequest request(Duration left) {
    return requests.fetch(asked(), left);
  }

  @Override
  public void answered(FullHttpResponse answer) {
    end(answers.ofFetch(answer));
  }
}
