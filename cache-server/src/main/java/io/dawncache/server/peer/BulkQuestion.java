package io.dawncache.server.peer;

import io.dawncache.core.PeerRequest;
import io.dawncache.core.PeerResult;
import io.dawncache.core.PeerResult.Status;
import io.dawncache.server.frame.FetchFrames;
import io.dawncache.server.frame.FrameKind;
import io.dawncache.server.wire.KeyAnswers;
import io.dawncache.server.wire.PeerAnswers;
import io.dawncache.server.wire.PeerCodec;
import io.dawncache.server.wire.PeerRequests;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.function.BiConsumer;

/** Asks for many keys at once, and passes each result to the callback as it arrives. */
final class BulkQuestion implements Question {
  private final List<PeerRequest> fetches;
  private final PeerRequests requests;
  private final PeerAnswers answers;
  private final Runnable onGoNode;
  private final KeyAnswers results;
  private boolean handedOver; // to onGoNode, which calls the callback for all keys

  /**
   * Asks for some keys.
   *
   * @param fetches of one group, at least one
   * @param maxBytes the greatest length of one result
   * @param callback called once for each key
   * @param onGoNode called instead if the peer does not know this request, before any call of the
   *     callback; does not throw
   */
  BulkQuestion(
      List<PeerRequest> fetches,
      PeerRequests requests,
      PeerAnswers answers,
      int maxBytes,
      BiConsumer<PeerRequest, ? super PeerResult> callback,
      Runnable onGoNode) {
    this.fetches = fetches;
    this.requests = requests;
    this.answers = answers;
    this.onGoNode = onGoNode;
    this.results = new KeyAnswers(fetches, maxBytes, callback);
  }

  /** The shortest of the fetches' time-outs, so that none ends later than promised. */
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
  public FrameKind kind() {
    return FrameKind.GET_ALL;
  }

  @Override
  public ByteBuf message(long leftMillis) {
    return PeerCodec.encode(fetches, Duration.ofMillis(leftMillis));
  }

  @Override
  public boolean isAnsweredBy(FrameKind kind) {
    return kind == FrameKind.RESULTS || kind == FrameKind.FETCHED;
  }

  /** Results arrive in pieces and never whole, so a whole answer says how all of them ended. */
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

  /** A whole answer has no results: it says why there are none. */
  @Override
  public void answered(FullHttpResponse answer) {
    if (PeerAnswers.isFromGoNode(answer)) {
      handedOver = true;
      onGoNode.run();
    } else {
      end(answers.ofFetch(answer));
    }
  }

  @Override
  public void unanswered(Status status, String detail, boolean sent) {
    end(PeerResult.of(status, detail));
  }

  @Override
  public void broken(boolean sent) {
    if (!handedOver) {
      end(FetchQuestion.BROKEN);
    }
  }

  private void end(PeerResult forTheRest) {
    results.end(forTheRest);
  }
}
