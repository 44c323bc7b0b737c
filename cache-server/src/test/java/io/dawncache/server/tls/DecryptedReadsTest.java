package io.dawncache.server.tls;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class DecryptedReadsTest {
  private final List<Object> seen = new ArrayList<>();
  private final EmbeddedChannel channel =
      new EmbeddedChannel(
          new DecryptedReads(),
          new ChannelInboundHandlerAdapter() {
            @Override
            public void channelRead(ChannelHandlerContext ctx, Object message) {
              seen.add(message);
            }

            @Override
            public void channelReadComplete(ChannelHandlerContext ctx) {
              seen.add("end");
            }
          });

  @Test
  void aReadThatBringsNothingIsNotTheBeginningOfARequest() {
    channel.pipeline().fireChannelReadComplete(); // of a handshake
    channel.pipeline().fireChannelRead("a").fireChannelRead("b").fireChannelReadComplete();
    channel.pipeline().fireChannelReadComplete(); // of a new session ticket
    channel.pipeline().fireChannelRead("c").fireChannelReadComplete();

    assertEquals(List.of("a", "b", "end", "c", "end"), seen);
  }
}
