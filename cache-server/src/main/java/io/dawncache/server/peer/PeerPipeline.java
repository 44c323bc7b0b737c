package io.dawncache.server.peer;

import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;

/** Adds the handlers of an HTTP connection to a peer, in the order in which data passes them. */
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
