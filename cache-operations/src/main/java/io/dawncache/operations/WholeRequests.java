package io.dawncache.operations;

import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpUtil;

/** Puts requests together, and refuses those whose body is too long. */
final class WholeRequests extends HttpObjectAggregator {
  /** The list of keys to warm is the longest body. */
  static final int MOST_BODY_BYTES = 4 << 20;

  WholeRequests() {
    super(MOST_BODY_BYTES);
  }

  @Override
  protected void handleOversizedMessage(ChannelHandlerContext ctx, HttpMessage oversized) {
    Problem problem =
        new Problem(413, "Body too long", "body (expected: <= " + MOST_BODY_BYTES + " bytes)");
    var response = RequestHandler.response(Answer.of(problem), false);
    HttpUtil.setKeepAlive(response, false);
    ctx.writeAndFlush(response).addListener(ChannelFutureListener.CLOSE);
  }
}
