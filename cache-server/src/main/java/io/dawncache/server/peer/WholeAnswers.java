package io.dawncache.server.peer;

import io.dawncache.core.ByteAccount;
import io.dawncache.server.wire.PeerAnswers;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.http.FullHttpMessage;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponse;

/**
 * Puts answers together, within a bound and within the node's account, except those that are read
 * as they arrive.
 */
final class WholeAnswers extends HttpObjectAggregator {
  /** Thrown when there is no room for an answer. */
  static final class NoRoomException extends DecoderException {
    private static final long serialVersionUID = 1;
  }

  private final PeerAnswers answers;
  private final ByteAccount.Holder held;

  WholeAnswers(int maxBytes, PeerAnswers answers, ByteAccount account) {
    super(maxBytes);
    this.answers = answers;
    this.held = account.open();
  }

  @Override
  protected void aggregate(FullHttpMessage answer, HttpContent part) throws Exception {
    if (!held.add(part.content().readableBytes())) {
      throw new NoRoomException();
    }
    super.aggregate(answer, part);
  }

  /** The answer is read, and copied, before this handler is called again. */
  @Override
  protected void finishAggregation(FullHttpMessage answer) throws Exception {
    held.set(0);
    super.finishAggregation(answer);
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) throws Exception {
    held.close();
    super.handlerRemoved(ctx);
  }

  /**
   * A value that is too long is a failure; another program's answer is not an answer, however long.
   */
  @Override
  protected void handleOversizedMessage(ChannelHandlerContext ctx, HttpMessage oversized)
      throws Exception {
    if (oversized instanceof HttpResponse head && answers.mayHoldValue(head)) {
      super.handleOversizedMessage(ctx, oversized);
    } else {
      ctx.close();
    }
  }

  /** A message that does not start here passes to the next handler with all its pieces. */
  @Override
  protected boolean isStartMessage(HttpObject message) throws Exception {
    return super.isStartMessage(message)
        && !(message instanceof HttpResponse head && PeerAnswers.isInPieces(head));
  }
}
