package io.dawncache.server.peer;

import io.dawncache.server.wire.Limits;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.timeout.IdleStateHandler;
import java.util.concurrent.TimeUnit;

/** The handlers of a connection to a peer, one a line in data order. */
final class PeerPipeline extends ChannelInitializer<Channel> {
  private final Outbound outbound;
  private final HttpPool pool;

  PeerPipeline(Outbound outbound, HttpPool pool) {
    this.outbound = outbound;
    this.pool = pool;
  }

  @Override
  protected void initChannel(Channel channel) {
    Limits limits = outbound.limits();
    HttpDecoderConfig decoding =
        new HttpDecoderConfig()
            .setMaxInitialLineLength(limits.maxRequestLineBytes())
            .setMaxHeaderSize(limits.maxHeaderBytes());
    // Half the peer's own patience: the one who asks is the one who closes.
    long idleMillis = Math.max(1, limits.idleTimeout().toMillis() / 2);
    channel
        .pipeline()
        .addLast(new IdleStateHandler(0, 0, idleMillis, TimeUnit.MILLISECONDS))
        .addLast(new HttpClientCodec(decoding, false, false))
        .addLast(new WholeAnswers(limits.maxBodyBytes(), outbound.answers(), outbound.account()))
        .addLast(new HttpConnection(pool, channel));
  }
}
