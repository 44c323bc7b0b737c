package io.dawncache.server.peer;

import io.dawncache.server.wire.PeerAnswers;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponse;

/** Puts answers together, within a bound, but for those that are to be read as they come. */
final class WholeAnswers extends HttpObjectAggregator {
  private final PeerAnswers answers;

  WholeAnswers(int maxBytes, PeerAnswers answers) {
    super(maxBytes);
    this.answers = answers;
  }

  /** A value that is too long has failed; another program's answer is none, of whatever length. */
  @Override
  protected void handleOversizedMessage(ChannelHandlerContext ctx, HttpMessage oversized)
      throws Exception {
    if (oversized instanceof HttpResponse head && answers.mayHoldValue(head)) {
      super.handleOversizedMessage(ctx, oversized);
    } else {
      ctx.close();
    }
  }

  /** What does not start here goes on to the next handler, and all its pieces do. */
  @Override
  protected boolean isStartMessage(HttpObject message) throws Exception {
    return super.isStartMessage(message)
        && !(message instanceof HttpResponse head && PeerAnswers.isInPieces(head));
  }
}
