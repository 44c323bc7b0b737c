package io.dawncache.server.peer;

import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;

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
    outbound
        .addHttp(channel.pipeline())
        .addLast(
            new WholeAnswers(
                outbound.limits().maxBodyBytes(), outbound.answers(), outbound.account()))
        .addLast(new HttpConnection(pool, channel));
  }
}
