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
 * Finds out whether a peer that has not answered yet is alive: sends a cheap request on a separate
 * connection, and takes any byte, or a plain refusal, as a yes. Concurrent callers share one probe.
 * Confined to one event loop.
 */
final class Prober {
  /** Receives whether the peer gave any answer in time. */
  @FunctionalInterface
  interface Verdict {
    void probed(boolean answered);
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

  /**
   * Probes the peer and calls {@code verdict} once, no later than the probe's time-out from now.
   */
  void probe(Verdict verdict) {
    assert loop.inEventLoop();
    asking.add(verdict);
    if (asking.size() == 1) {
      Probe probe = new Probe();
      try {
        probe.start();
      } catch (Throwable t) {
        probe.end(false); // else no verdict would come, and no later probe
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
     * A peer that drains accepts no connections, but still answers what it has. If it had been
     * killed, the connection of the waiting fetch would be lost.
     */
    private boolean isRefusal(ConnectException failure) {
      return !(failure instanceof ConnectTimeoutException);
    }

    private void end(boolean answered) {
      if (!ended) {
        ended = true;
        List<Verdict> callers = asking;
        asking = new ArrayList<>();
        callers.forEach(verdict -> verdict.probed(answered));
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
