package io.dawncache.server.peer;

import io.dawncache.core.PeerRequest;
import io.dawncache.core.PeerResult;
import io.dawncache.core.PeerResult.Status;
import io.dawncache.server.frame.FrameKind;
import io.dawncache.server.wire.PeerRequests;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import java.time.Duration;
import java.util.function.Consumer;

/** Looks for one key in a peer's memory. Only frames have a request for that. */
final class PeekQuestion extends KeyQuestion {
  /** The result of a peek that the peer does not understand. */
  static final PeerResult NOT_UNDERSTOOD = PeerResult.of(Status.NOT_ASKED, "it cannot be peeked");

  private final PeerRequests requests;

  PeekQuestion(PeerRequest peek, PeerRequests requests, Consumer<? super PeerResult> callback) {
    super(FrameKind.PEEK, peek, callback);
    this.requests = requests;
  }

  /** Frames are no longer available: sends a probe, which asks for nothing. */
  @Override
  public FullHttpRequest request(Duration left) {
    return requests.probe();
  }

  @Override
  public void answered(FullHttpResponse answer) {
    end(NOT_UNDERSTOOD);
  }
}
