package io.dawncache.server.peer;

import io.dawncache.server.wire.Fatal;
import io.dawncache.server.wire.Hello;
import io.dawncache.server.wire.NodeUrl;
import io.dawncache.server.wire.PeerAnswers;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ConnectTimeoutException;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.net.ConnectException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * A cheap request on a connection of its own, which finds out whether a peer can be asked. Confined
 * to one event loop.
 */
final class Probe extends ChannelInitializer<Channel> {
  /** What a probe found. */
  enum Outcome {
    /** The peer has sent something. */
    ANSWERED("it answers a probe"),
    /** No process listens there. */
    REFUSED("its address refuses connections"),
    /** Nothing came in time: no connection, or no answer. */
    SILENT("silent to a probe"),
    /** The connection ended without an answer. */
    LOST("it closes connections without an answer"),
    /**
     * There is no TLS with it: one side does not trust the other's certificate, or speaks no TLS.
     */
    NOT_TRUSTED("no TLS with it"),
    /** The peer has reported that it is of another cluster. */
    OF_ANOTHER_CLUSTER("it is of another cluster"),
    /** This node has secrets, and the peer has not proven that it has one of them. */
    NOT_PROVEN("it does not prove that it has this cluster's secret");

    private final String text;

    Outcome(String text) {
      this.text = text;
    }

    @Override
    public String toString() {
      return text;
    }
  }

  private final Outbound outbound;
  private final NodeUrl peer;
  private final Consumer<Outcome> whenEnded;
  private boolean ended;

  private Probe(Outbound outbound, NodeUrl peer, Consumer<Outcome> whenEnded) {
    this.outbound = outbound;
    this.peer = peer;
    this.whenEnded = whenEnded;
  }

  /**
   * Starts a probe.
   *
   * @param timeout for the connection and the answer together, without that for TLS
   * @param whenEnded called once on {@code loop}, also if this throws
   */
  static void start(
      Outbound outbound,
      EventLoop loop,
      NodeUrl peer,
      Duration timeout,
      Consumer<Outcome> whenEnded) {
    Probe probe = new Probe(outbound, peer, whenEnded);
    try {
      probe.start(loop, timeout);
    } catch (Throwable t) {
      probe.end(Outcome.SILENT); // otherwise the caller would wait for ever
      throw t;
    }
  }

  private void start(EventLoop loop, Duration timeout) {
    Future<Channel> dialled = Dial.start(outbound, loop, peer, this, timeout);
    long allowedNanos = Dial.allowed(peer, timeout).toNanos();
    loop.schedule(
        () -> {
          end(Outcome.SILENT);
          if (dialled.isSuccess()) {
            dialled.getNow().close();
          }
        },
        allowedNanos,
        TimeUnit.NANOSECONDS);
    dialled.addListener(
        done -> {
          if (!done.isSuccess()) {
            end(outcome(done.cause()));
          }
        });
  }

  private static Outcome outcome(Throwable failure) {
    if (Dial.isRefusedByTls(failure)) {
      return Outcome.NOT_TRUSTED;
    }
    boolean isRefusal =
        failure instanceof ConnectException && !(failure instanceof ConnectTimeoutException);
    return isRefusal ? Outcome.REFUSED : Outcome.SILENT;
  }

  @Override
  protected void initChannel(Channel channel) {
    boolean proves = outbound.fleet().secrets().areRequired();
    outbound
        .addHttp(channel.pipeline())
        .addLast(proves ? new FrameHandshake(outbound, peer, new Proof()) : new Answer());
  }

  private void end(Outcome outcome) {
    if (!ended) {
      ended = true;
      whenEnded.accept(outcome);
    }
  }

  /** Only a peer that would be granted frames can be asked; the frames are not used. */
  private final class Proof implements FrameHandshake.Outcome {
    @Override
    public void granted(ChannelHandlerContext ctx, Hello hello, int version) {
      ended(ctx, Outcome.ANSWERED);
    }

    @Override
    public void refused(ChannelHandlerContext ctx) {
      ended(ctx, Outcome.NOT_PROVEN);
    }

    @Override
    public void isNoPeer(ChannelHandlerContext ctx, String why) {
      ended(ctx, Outcome.NOT_PROVEN);
    }

    private void ended(ChannelHandlerContext ctx, Outcome outcome) {
      end(outcome);
      ctx.close();
    }
  }

  private final class Answer extends ChannelInboundHandlerAdapter {
    @Override
    public void channelActive(ChannelHandlerContext ctx) {
      ctx.writeAndFlush(outbound.requestsTo(peer).probe());
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      boolean foreign =
          message instanceof HttpResponse answer && PeerAnswers.isOfAnotherCluster(answer);
      ReferenceCountUtil.release(message);
      end(foreign ? Outcome.OF_ANOTHER_CLUSTER : Outcome.ANSWERED);
      ctx.close();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
      end(Outcome.LOST);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      Fatal.report(cause);
      ctx.close();
    }
  }
}
