package io.dawncache.server.peer;

import io.dawncache.server.frame.FrameUpgrade;
import io.dawncache.server.wire.Fatal;
import io.dawncache.server.wire.Hello;
import io.dawncache.server.wire.NodeUrl;
import io.dawncache.server.wire.PeerAnswers;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One attempt to open a connection of frames: dials, asks for the upgrade, and reports the result.
 * The request for the upgrade is a probe, which costs nothing at a node that knows no frames. Lives
 * on one event loop.
 */
final class FrameDial extends ChannelInitializer<Channel> {
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
  private @Nullable Hello granted; // set before the end of the answer is read
  private int version;
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
    outbound.addHttp(channel.pipeline()).addLast(new UpgradeRequest());
  }

  private static boolean isInterim(HttpResponse answer) {
    return answer.status().codeClass() == HttpStatusClass.INFORMATIONAL
        && answer.status().code() != HttpResponseStatus.SWITCHING_PROTOCOLS.code();
  }

  private void switchToFrames(ChannelPipeline pipeline, Hello hello) {
    pipeline.addLast(connection);
    pipeline.remove(UpgradeRequest.class);
    ended = true; // from here on the connection reports an end of the channel
    pipeline.remove(HttpClientCodec.class); // passes on what it has read beyond the answer
    verdict.granted(hello, version);
  }

  private void refused(ChannelHandlerContext ctx) {
    ended = true;
    ctx.close();
    verdict.refused();
  }

  private void unreachable(String why) {
    if (!ended) {
      ended = true;
      verdict.unreachable(why);
    }
  }

  /** Asks for frames on a connection, and reads the answer. */
  private final class UpgradeRequest extends ChannelInboundHandlerAdapter {
    @Override
    public void channelActive(ChannelHandlerContext ctx) {
      ctx.writeAndFlush(FrameUpgrade.request(outbound.requestsTo(peer), outbound.fleet()));
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      try {
        if (ended) {
          return; // the rest of a refusal
        }
        if (message instanceof HttpResponse answer) {
          read(ctx, answer);
        }
        if (granted != null && !ended && message instanceof LastHttpContent) {
          switchToFrames(ctx.pipeline(), granted);
        }
      } finally {
        ReferenceCountUtil.release(message);
      }
    }

    private void read(ChannelHandlerContext ctx, HttpResponse answer) {
      Hello hello = Hello.of(answer.headers());
      boolean grants = FrameUpgrade.isGranted(answer) && answer.decoderResult().isSuccess();
      if (PeerAnswers.isOfAnotherCluster(answer)
          || (grants && !outbound.fleet().isOwnCluster(hello.cluster()))) {
        outbound.fleet().noteOtherCluster(peer.text(), hello.cluster());
        ctx.close();
        unreachable("it is of another cluster");
      } else if (grants) {
        granted = hello;
        version = FrameUpgrade.version(answer);
      } else if (!isInterim(answer)) {
        refused(ctx);
      }
    }

    /**
     * Takes a lost connection as a refusal: a proxy between the nodes may close a connection whose
     * upgrade it does not know. If the peer is down, the next dial fails.
     */
    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
      if (!ended) {
        refused(ctx);
      }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      Fatal.report(cause);
      ctx.close();
    }
  }
}
