package io.dawncache.server.discovery;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.dns.DatagramDnsQuery;
import io.netty.handler.codec.dns.DatagramDnsQueryEncoder;
import io.netty.handler.codec.dns.DatagramDnsResponseDecoder;
import io.netty.handler.codec.dns.DefaultDnsQuery;
import io.netty.handler.codec.dns.DefaultDnsQuestion;
import io.netty.handler.codec.dns.DnsQuery;
import io.netty.handler.codec.dns.DnsRecordType;
import io.netty.handler.codec.dns.DnsResponse;
import io.netty.handler.codec.dns.DnsSection;
import io.netty.handler.codec.dns.TcpDnsQueryEncoder;
import io.netty.handler.codec.dns.TcpDnsResponseDecoder;
import io.netty.util.NetUtil;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.security.SecureRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Asks a name server one question at a time; the caller waits for the answer. */
@SuppressWarnings("deprecation") // the loop group of Netty 4.1; see Transport
final class DnsClient implements DnsDiscovery.NameService, AutoCloseable {
  /*
   * The answer has to be whole: a list that lacks members would be put into force. Over UDP a
   * server may leave records out; it then says so (the answer is truncated), except Consul, which
   * does not without `enable_truncate`. So the question goes by TCP, on which every server answers
   * in full. Only if it gives no such connection, perhaps because of a firewall, UDP follows; there
   * a truncated answer counts as none. An answer that ends before the records that its head counts
   * is none either; see WholeRecords.
   *
   * What answers another question is passed over. The time for an answer runs from the connection
   * on, whatever comes, so that a server that always answers something else holds up no discovery.
   *
   * Every question has a connection, and so a port, of its own. A UDP socket that is connected
   * receives from its server alone.
   */
  private static final int CONNECT_MILLIS = 1_000;
  private static final long ANSWER_MILLIS = 2_000;
  private static final int MOST_IDS = 1 << 16;
  private static final int MOST_BYTES = 1 << 16; // of an answer by TCP, with its length

  private final SecureRandom ids = new SecureRandom();
  private final EventLoopGroup loop =
      new NioEventLoopGroup(1, new DefaultThreadFactory("dawncache-dns", true));

  @Override
  public DnsAnswer ask(InetSocketAddress server, String name, DnsRecordType type)
      throws IOException, InterruptedException {
    DefaultDnsQuestion question = new DefaultDnsQuestion(name, type);
    try {
      try {
        return await(new ByTcp(server, question).start());
      } catch (ConnectException e) {
        return await(new ByUdp(server, question).start());
      }
    } catch (IOException e) {
      throw new IOException("no answer from " + NetUtil.toSocketAddressString(server), e);
    }
  }

  /** Blocks; called on the thread of a discovery. */
  private static DnsAnswer await(CompletableFuture<DnsAnswer> answer)
      throws IOException, InterruptedException {
    try {
      return answer.get();
    } catch (ExecutionException e) {
      Throwable cause = e.getCause();
      throw cause instanceof ConnectException refused ? refused : new IOException(cause);
    }
  }

  @Override
  public void close() {
    loop.shutdownGracefully(0, 1, TimeUnit.SECONDS);
  }

  /** One question on a connection of its own. Runs on the event loop. */
  private abstract static class Exchange extends ChannelInitializer<Channel> {
    private final CompletableFuture<DnsAnswer> answer = new CompletableFuture<>();
    private final Bootstrap bootstrap;
    private final InetSocketAddress server;
    private final DefaultDnsQuestion question;
    private final DnsQuery query;

    Exchange(
        Bootstrap bootstrap,
        InetSocketAddress server,
        DefaultDnsQuestion question,
        DnsQuery query) {
      this.bootstrap = bootstrap;
      this.server = server;
      this.question = question;
      this.query = query.addRecord(DnsSection.QUESTION, question).setRecursionDesired(true);
    }

    CompletableFuture<DnsAnswer> start() {
      bootstrap
          .handler(this)
          .connect(server)
          .addListener(
              connected -> {
                if (!connected.isSuccess()) {
                  query.release();
                  answer.completeExceptionally(connected.cause());
                }
              });
      return answer;
    }

    /** Adds what makes bytes of a query, and a response of bytes. */
    abstract void addCodec(ChannelPipeline pipeline);

    @Override
    protected void initChannel(Channel channel) {
      addCodec(channel.pipeline());
      channel.pipeline().addLast(new Reader());
    }

    private final class Reader extends SimpleChannelInboundHandler<DnsResponse> {
      private @Nullable Future<?> end;

      @Override
      public void channelActive(ChannelHandlerContext ctx) {
        end = ctx.executor().schedule(() -> giveUp(ctx), ANSWER_MILLIS, TimeUnit.MILLISECONDS);
        ctx.writeAndFlush(query);
      }

      private void giveUp(ChannelHandlerContext ctx) {
        answer.completeExceptionally(
            new SocketTimeoutException("none to this question in " + ANSWER_MILLIS + " ms"));
        ctx.close();
      }

      @Override
      protected void channelRead0(ChannelHandlerContext ctx, DnsResponse response)
          throws IOException {
        if (isTheAnswer(response)) {
          answer.complete(DnsAnswer.of(response));
          ctx.close();
        }
      }

      private boolean isTheAnswer(DnsResponse response) {
        return response.id() == query.id()
            && response.count(DnsSection.QUESTION) == 1
            && response.recordAt(DnsSection.QUESTION).name().equalsIgnoreCase(question.name())
            && response.recordAt(DnsSection.QUESTION).type().equals(question.type());
      }

      @Override
      public void channelInactive(ChannelHandlerContext ctx) {
        if (end != null) {
          end.cancel(false);
        }
        answer.completeExceptionally(new IOException("the connection ended"));
      }

      @Override
      public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        answer.completeExceptionally(cause);
        ctx.close();
      }
    }
  }

  private final class ByTcp extends Exchange {
    ByTcp(InetSocketAddress server, DefaultDnsQuestion question) {
      super(
          new Bootstrap()
              .group(loop)
              .channel(NioSocketChannel.class)
              .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_MILLIS),
          server,
          question,
          new DefaultDnsQuery(ids.nextInt(MOST_IDS)));
    }

    @Override
    void addCodec(ChannelPipeline pipeline) {
      pipeline
          .addLast(new TcpDnsQueryEncoder())
          .addLast(new TcpDnsResponseDecoder(new WholeRecords(), MOST_BYTES));
    }
  }

  private final class ByUdp extends Exchange {
    ByUdp(InetSocketAddress server, DefaultDnsQuestion question) {
      super(
          new Bootstrap().group(loop).channel(NioDatagramChannel.class),
          server,
          question,
          new DatagramDnsQuery(null, server, ids.nextInt(MOST_IDS)));
    }

    @Override
    void addCodec(ChannelPipeline pipeline) {
      pipeline
          .addLast(new DatagramDnsQueryEncoder())
          .addLast(new DatagramDnsResponseDecoder(new WholeRecords()));
    }
  }
}
