package io.dawncache.server.peer;

import io.dawncache.core.PeerRequest;
import io.dawncache.core.PeerResult;
import io.dawncache.core.PeerResult.Status;
import io.dawncache.server.wire.FetchFrames;
import io.dawncache.server.wire.FrameKind;
import io.dawncache.server.wire.KeyAnswers;
import io.dawncache.server.wire.PeerAnswers;
import io.dawncache.server.wire.PeerMessages;
import io.dawncache.server.wire.PeerRequests;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.function.BiConsumer;

/** Asks for many keys at once, and tells of each as its result comes. */
final class BulkQuestion implements Question {
  private final List<PeerRequest> fetches;
  private final PeerRequests requests;
  private final PeerAnswers answers;
  private final BiConsumer<PeerRequest, ? super PeerResult> callback;
  private final Runnable onStranger;
  private final KeyAnswers results;

  /**
   * Asks for some keys.
   *
   * @param fetches of one group, at least one
   * @param maxBytes the length of one result
   * @param callback told once of each key
   * @param onStranger told instead if the peer knows no such question; then no key has been told of
   */
  BulkQuestion(
      List<PeerRequest> fetches,
      PeerRequests requests,
      PeerAnswers answers,
      int maxBytes,
      BiConsumer<PeerRequest, ? super PeerResult> callback,
      Runnable onStranger) {
    this.fetches = fetches;
    this.requests = requests;
    this.answers = answers;
    this.callback = callback;
    this.onStranger = onStranger;
    this.results = new KeyAnswers(fetches, maxBytes, callback);
  }

  /** The shortest of theirs: nobody is told later than promised. */
  @Override
  public Duration timeout() {
    Duration shortest = fetches.get(0).timeout();
    for (PeerRequest fetch : fetches) {
      shortest = fetch.timeout().compareTo(shortest) < 0 ? fetch.timeout() : shortest;
    }
    return shortest;
  }

  @Override
  public FullHttpRequest request(Duration left) {
    return requests.fetchAll(fetches, left);
  }

  @Override
  public void send(FrameConnection connection, int id, long leftMillis) {
    connection.send(
        FrameKind.GET_ALL, id, PeerMessages.encode(fetches, Duration.ofMillis(leftMillis)));
  }

  @Override
  public boolean isAnsweredBy(FrameKind kind) {
    return kind == FrameKind.RESULTS || kind == FrameKind.FETCHED;
  }

  /** Results come in pieces and never whole, so this is how all of them ended. */
  @Override
  public void answered(FrameKind kind, ByteBuf message) {
    end(FetchFrames.readAnswer(message));
  }

  @Override
  public boolean takesPieces() {
    return true;
  }

  @Override
  public void received(ByteBuf piece) throws IOException {
    results.received(piece);
  }

  /** An answer that is whole has no results in it: it says why there are none. */
  @Override
  public void answered(FullHttpResponse answer) {
    if (PeerAnswers.isStrangers(answer)) {
      onStranger.run();
    } else {
      end(answers.ofFetch(answer));
    }
  }

  @Override
  public void unanswered(Status status, String detail, boolean sent) {
    end(PeerResult.of(status, detail));
  }

  private void end(PeerResult forTheRest) {
    results.unanswered().forEach(fetch -> callback.accept(fetch, forTheRest));
  }
}
