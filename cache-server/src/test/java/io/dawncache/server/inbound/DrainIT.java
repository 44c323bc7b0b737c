package io.dawncache.server.inbound;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dawncache.core.CacheNode;
import io.dawncache.core.Loaded;
import io.dawncache.server.Limits;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.Charset;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a client meets whose request lies unread in the socket when its connection is drained. */
@Timeout(60)
final class DrainIT {
  private static final Charset HTTP = ISO_8859_1;
  private static final String GET = "GET /_dawncache/here/k HTTP/1.1\r\nHost: localhost\r\n\r\n";

  private final CacheNode node = CacheNode.create();
  private final EventLoopGroup loops =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final ChannelGroup connections = new DefaultChannelGroup(loops.next());
  private Channel listener;

  @BeforeEach
  void listen() {
    node.addGroup("here", key -> Loaded.ofUtf8("value of " + key));
    Inbound inbound = TestInbound.of(node, new Limits(4096, 4096, 1 << 20, Duration.ofMinutes(1)));
    listener =
        new ServerBootstrap()
            .group(loops)
            .channel(NioServerSocketChannel.class)
            .childHandler(new InboundPipeline(inbound, connections))
            .bind(InetAddress.getLoopbackAddress(), 0)
            .syncUninterruptibly()
            .channel();
  }

  @AfterEach
  void close() {
    listener.close().syncUninterruptibly();
    connections.close().syncUninterruptibly();
    loops.shutdownGracefully(0, 10, TimeUnit.SECONDS).syncUninterruptibly();
    node.close();
  }

  @Test
  void aRequestOnAKeptConnectionIsAnsweredAndNotReset() throws Exception {
    try (Socket client = connect()) {
      client.getOutputStream().write(GET.getBytes(HTTP));
      while (client.getInputStream().read() != 'k') {
        // To the end of "value of k": the connection is idle then.
      }

      drainWithUnread(client);

      assertAnsweredWithAGoodbye(client);
    }
  }

  @Test
  void theFirstRequestOfAConnectionIsAnsweredAndNotReset() throws Exception {
    try (Socket client = connect()) {
      while (connections.isEmpty()) {
        Thread.onSpinWait(); // nothing tells when the server has accepted it
      }

      drainWithUnread(client);

      assertAnsweredWithAGoodbye(client);
    }
  }

  private Socket connect() throws IOException {
    InetSocketAddress address = (InetSocketAddress) listener.localAddress();
    return new Socket(address.getAddress(), address.getPort());
  }

  /** Drains before the event loop can look at the socket, to which a request has come. */
  private void drainWithUnread(Socket client) throws Exception {
    CountDownLatch busy = new CountDownLatch(1);
    CountDownLatch sent = new CountDownLatch(1);
    Future<?> drained =
        loops
            .next()
            .submit(
                () -> {
                  busy.countDown();
                  sent.await();
                  InboundPipeline.drain(connections);
                  return null;
                });
    busy.await();
    client.getOutputStream().write(GET.getBytes(HTTP));
    sent.countDown();
    drained.sync();
  }

  private static void assertAnsweredWithAGoodbye(Socket client) throws IOException {
    String answer = new String(client.getInputStream().readAllBytes(), HTTP);
    assertTrue(answer.startsWith("HTTP/1.1 200 OK\r\n"), answer);
    assertTrue(answer.contains("\r\nconnection: close\r\n"), answer);
    assertEquals("value of k", answer.substring(answer.length() - 10));
  }
}
