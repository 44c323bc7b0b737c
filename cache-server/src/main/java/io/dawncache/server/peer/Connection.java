package io.dawncache.server.peer;

import io.dawncache.core.PeerResult;
import io.dawncache.server.wire.PeerExchange;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.PrematureChannelClosureException;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.TooLongHttpContentException;
import io.netty.handler.timeout.IdleStateEvent;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;

/** One connection to a peer: one fetch at a time, so that a slow load holds up nobody else's. */
final class Connection extends ChannelInboundHandlerAdapter {
  private final ConnectionPool pool;
  private final Channel channel;
  private @Nullable PendingFetch fetch;
  private boolean reused;
  private boolean free; // answered, and goes back to the pool when this read is over

  Connection(ConnectionPool pool, Channel channel) {
    this.pool = pool;
    this.channel = channel;
  }

  boolean isActive() {
    return channel.isActive();
  }

  /** Sends the fetch; its answer or the loss of the connection goes to the pool. */
  void send(PendingFetch fetch, FullHttpRequest request) {
    assert this.fetch == null : "one fetch at a time";
    this.fetch = fetch;
    fetch.sentOn(this);
    channel.writeAndFlush(request, channel.voidPromise());
  }

  /** The fetch will not wait for its answer: who came next would get it, so the connection goes. */
  void giveUp() {
    fetch = null;
    channel.close();
  }

  void close() {
    channel.close();
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    PendingFetch waiting = fetch;
    try {
      if (waiting == null || !(message instanceof FullHttpResponse answer)) {
        free = false;
        channel.close(); // nobody asked
      } else if (isWhole(answer)) {
        answered(waiting, answer);
      }
    } finally {
      ReferenceCountUtil.release(message);
    }
  }

  /**
   * An interim answer (100 to 199) announces the true one. What an end of the stream cut short is
   * no answer at all, and channelInactive follows.
   */
  private static boolean isWhole(FullHttpResponse answer) {
    return answer.status().codeClass() != HttpStatusClass.INFORMATIONAL
        && !(answer.decoderResult().cause() instanceof PrematureChannelClosureException);
  }

  private void answered(PendingFetch answered, FullHttpResponse answer) {
    fetch = null;
    answered.released();
    PeerResult result = PeerExchange.result(pool.dialect(), answer);
    if (HttpUtil.isKeepAlive(answer) && answer.decoderResult().isSuccess()) {
      reused = true;
      free = true;
    } else {
      channel.close();
    }
    pool.answered(answered, result);
  }

  /** Not before: an answer too many in the same read must not be taken for the next fetch's. */
  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    if (free) {
      free = false;
      pool.giveBack(this);
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    if (cause instanceof TooLongHttpContentException) {
      PendingFetch answered = taken();
      if (answered != null) {
        pool.answered(
            answered,
            PeerResult.of(
                PeerResult.Status.FAILED,
                "the answer is too long (expected: <= " + pool.maxBodyBytes() + " bytes)"));
      }
    }
    channel.close(); // a fetch that is still here is lost by channelInactive
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof IdleStateEvent && fetch == null) {
      channel.close();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    PendingFetch lost = taken();
    free = false;
    pool.closed(this);
    if (lost != null) {
      pool.lost(lost, reused);
    }
  }

  private @Nullable PendingFetch taken() {
    PendingFetch taken = fetch;
    fetch = null;
    if (taken != null) {
      taken.released();
    }
    return taken;
  }
}
