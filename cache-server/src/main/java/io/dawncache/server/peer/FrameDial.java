package io.dawncache.server.peer;

import io.dawncache.server.wire.Hello;
import io.dawncache.server.wire.NodeUrl;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * One attempt to open a connection of frames: dials, asks for the upgrade, and reports the result.
 * The request for the upgrade is a probe, which costs nothing at a node that knows no frames. Lives
 * on one event loop.
 */
final class FrameDial extends ChannelInitializer<Channel> implements FrameHandshake.Outcome {
  /** Receives the result; one of its methods is called, once. */
  interface Verdict {
    /**
     * Frames may be sent; the connection is in its pipeline.
     *
     * @param hello what the peer sent about itself
     * @param version of the frames
     */
    void granted(Hello hello, int version);

    /** The peer answers, but takes no frames here. */
    void refused();

    /** The peer could not be asked. */
    void unreachable(String why);
  }

  private final Outbound outbound;
  private final NodeUrl peer;
  private final EventLoop loop;
  private final FrameConnection connection;
  private final Verdict verdict;
  private boolean ended;

  /**
   * Creates an attempt, which begins with {@link #start}.
   *
   * @param connection is added to the channel if frames are granted
   */
  FrameDial(
      Outbound outbound,
      NodeUrl peer,
      EventLoop loop,
      FrameConnection connection,
      Verdict verdict) {
    this.outbound = outbound;
    this.peer = peer;
    this.loop = loop;
    this.connection = connection;
    this.verdict = verdict;
  }

  /** Dials. The verdict is called even if something throws. */
  void start() {
    try {
      dial();
    } catch (Throwable t) {
      unreachable("no connection, " + t);
    }
  }

  private void dial() {
    Future<Channel> dialled = Dial.start(outbound, loop, peer, this, outbound.timings().connect());
    dialled.addListener(
        done -> {
          if (done.isSuccess()) {
            awaitAnswer(dialled.getNow());
          } else {
            unreachable(Dial.why(done.cause()));
          }
        });
  }

  /** Waits as long as for an answer to a request: until the probe, and for its answer. */
  private void awaitAnswer(Channel channel) {
    PeerTimings timings = outbound.timings();
    long patienceMillis = timings.probeAfter().plus(timings.probe()).toMillis();
    loop.schedule(
        () -> {
          if (!ended) {
            unreachable("silent to a probe for " + patienceMillis + " ms");
            channel.close();
          }
        },
        patienceMillis,
        TimeUnit.MILLISECONDS);
  }

  @Override
  protected void initChannel(Channel channel) {
    outbound.addHttp(channel.pipeline()).addLast(new FrameHandshake(outbound, peer, this));
  }

  @Override
  public void granted(ChannelHandlerContext ctx, Hello hello, int version) {
    if (ended) {
      return; // it came too late, and the channel is being closed
    }
    ChannelPipeline pipeline = ctx.pipeline();
    pipeline.addLast(connection);
    pipeline.remove(FrameHandshake.class);
    ended = true; // from here on the connection reports an end of the channel
    pipeline.remove(HttpClientCodec.class); // passes on what it has read beyond the answer
    verdict.granted(hello, version);
  }

  @Override
  public void refused(ChannelHandlerContext ctx) {
    ctx.close();
    if (!ended) {
      ended = true;
      verdict.refused();
    }
  }

  @Override
  public void isNoPeer(ChannelHandlerContext ctx, String why) {
    ctx.close();
    unreachable(why);
  }

  private void unreachable(String why) {
    if (!ended) {
      ended = true;
      verdict.unreachable(why);
    }
  }
}
