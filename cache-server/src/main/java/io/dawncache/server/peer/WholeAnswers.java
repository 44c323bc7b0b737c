package io.dawncache.server.peer;

import io.dawncache.server.wire.PeerAnswers;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponse;

/** Puts answers together, within a bound, but for those that are to be read as they come. */
final class WholeAnswers extends HttpObjectAggregator {
  WholeAnswers(int maxBytes) {
    super(maxBytes);
  }

  /** What does not start here goes on to the next handler, and all its pieces do. */
  @Override
  protected boolean isStartMessage(HttpObject message) throws Exception {
    return super.isStartMessage(message)
        && !(message instanceof HttpResponse head && PeerAnswers.isInPieces(head));
  }
}
