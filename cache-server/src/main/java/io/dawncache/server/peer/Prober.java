package io.dawncache.server.peer;

import io.dawncache.server.wire.Fatal;
import io.dawncache.server.wire.NodeUrl;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ConnectTimeoutException;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.HttpRequestEncoder;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.net.ConnectException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Finds out whether a peer that owes us an answer is still there: asks it something cheap on a
 * connection of its own and takes any byte, or a plain refusal, for a yes. Those who want to know
 * at one time share one probe. Lives on one event loop.
 */
final class Prober {
  /** Told whether the peer gave any answer in time. */
  @FunctionalInterface
  interface Verdict {
    void told(boolean answered);
  }

  private final Outbound outbound;
  private final NodeUrl peer;
  private final EventLoop loop;
  private List<Verdict> asking = new ArrayList<>();

  Prober(Outbound outbound, NodeUrl peer, EventLoop loop) {
    this.outbound = outbound;
    this.peer = peer;
    this.loop = loop;
  }

  /** Tells {@code verdict} once, no later than the probe's time-out from now. */
  void probe(Verdict verdict) {
    assert loop.inEventLoop();
    asking.add(verdict);
    if (asking.size() == 1) {
      Probe probe = new Probe();
      try {
        probe.start();
      } catch (Throwable t) {
        probe.end(false); // else nobody would ever be told, and nobody would probe again
        throw t;
      }
    }
  }

  private final class Probe extends ChannelInitializer<Channel> {
    private boolean ended;

    void start() {
      Duration timeout = outbound.timings().probe();
      Future<Channel> dialled = Dial.start(outbound, loop, peer, this, timeout);
      loop.schedule(
          () -> {
            end(false);
            if (dialled.isSuccess()) {
              dialled.getNow().close();
            }
          },
          timeout.toNanos(),
          TimeUnit.NANOSECONDS);
      dialled.addListener(
          done -> {
            if (!done.isSuccess()) {
              end(done.cause() instanceof ConnectException refused && isRefusal(refused));
            }
          });
    }

    @Override
    protected void initChannel(Channel channel) {
      channel.pipeline().addLast(new HttpRequestEncoder()).addLast(new Answer());
    }

    /**
     * A peer that stops gracefully accepts no more, but still answers what it has. Had it been
     * killed, the connection of the fetch that asks would be lost.
     */
    private boolean isRefusal(ConnectException failure) {
      return !(failure instanceof ConnectTimeoutException);
    }

    private void end(boolean answered) {
      if (!ended) {
        ended = true;
        List<Verdict> told = asking;
        asking = new ArrayList<>();
        told.forEach(verdict -> verdict.told(answered));
      }
    }

    private final class Answer extends ChannelInboundHandlerAdapter {
      @Override
      public void channelActive(ChannelHandlerContext ctx) {
        ctx.writeAndFlush(outbound.requestsTo(peer).probe());
      }

      @Override
      public void channelRead(ChannelHandlerContext ctx, Object message) {
        ReferenceCountUtil.release(message);
        end(true);
        ctx.close();
      }

      @Override
      public void channelInactive(ChannelHandlerContext ctx) {
        end(false);
      }

      @Override
      public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        Fatal.report(cause);
        ctx.close();
      }
    }
  }
}
