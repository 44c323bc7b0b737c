package io.dawncache.server.peer;

import io.dawncache.core.PeerRequest;
import io.dawncache.core.PeerResult;
import io.dawncache.core.PeerResult.Status;
import io.dawncache.server.wire.FetchFrames;
import io.dawncache.server.wire.FrameKind;
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

/** Asks for many keys at once, and tells of each as its result comes. */
final class BulkQuestion implements Question {
  private final List<PeerRequest> fetches;
  private final PeerRequests requests;
  private final PeerAnswers answers;
  private final Runnable onStranger;
  private final KeyAnswers results;
  private boolean handedOver; // to onStranger, which tells of all keys

  /**
   * Asks for some keys.
   *
   * @param fetches of one group, at least one
   * @param maxBytes the length of one result
   * @param callback called once for each key
   * @param onStranger called instead if the peer knows no such question, before the callback has
   *     been called for any key; does not throw
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
        FrameKind.GET_ALL, id, PeerCodec.encode(fetches, Duration.ofMillis(leftMillis)));
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
      handedOver = true;
      onStranger.run();
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
