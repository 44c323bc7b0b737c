package io.dawncache.operations;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dawncache.core.ByteAccount;
import io.dawncache.core.CacheNode;
import io.dawncache.operations.RawRequest.Response;
import io.dawncache.server.AccessTokens;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.DefaultChannelId;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Connections from this machine and from others, and what they may send. */
class OperationsPipelineTest {
  private static final InetSocketAddress HERE = at(127, 7001);
  private static final InetSocketAddress ELSEWHERE = at(10, 5000);
  private static final String WRITER = "Authorization: Bearer writer-0123456789\r\n";
  private static final String READER = "Authorization: Bearer reader-0123456789\r\n";
  private static final String CHUNKED = "Transfer-Encoding: chunked\r\n";
  private static final String LENGTH = "Content-Length: 5000\r\n";
  private static final AccessTokens TOKENS =
      AccessTokens.parse("writer-0123456789 write\nreader-0123456789 read\n");

  private final CacheNode node = CacheNode.create();
  private final ByteAccount account = node.bytesInFlight();
  private final ChannelGroup connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
  private final CompletableFuture<Answer> answer = new CompletableFuture<>();
  private final List<EmbeddedChannel> opened = new ArrayList<>();
  private final OperationsConfig config = OperationsConfig.builder().tokens(() -> TOKENS).build();
  private final Entrance entrance =
      new Entrance(
          new Router(
              Map.of("/healthz", request -> answer.copy()),
              Map.of("/put", request -> answer.copy())),
          new RequestGuard(config),
          new Permissions(config));

  private static InetSocketAddress at(int net, int port) {
    try {
      return new InetSocketAddress(
          InetAddress.getByAddress(new byte[] {(byte) net, 0, 0, 1}), port);
    } catch (UnknownHostException e) { // of another length
      throw new AssertionError(e);
    }
  }

  @AfterEach
  void close() {
    opened.forEach(EmbeddedChannel::finishAndReleaseAll);
    assertEquals(0, account.bytes());
    node.close();
  }

  /** A channel with addresses of choice. */
  private static final class Connection extends EmbeddedChannel {
    private final InetSocketAddress remote;

    Connection(InetSocketAddress remote) {
      super(DefaultChannelId.newInstance(), false, false);
      this.remote = remote;
    }

    @Override
    protected SocketAddress localAddress0() {
      return HERE;
    }

    @Override
    protected SocketAddress remoteAddress0() {
      return remote;
    }
  }

  private EmbeddedChannel connect(InetSocketAddress remote) throws Exception {
    return connect(remote, null, true);
  }

  private EmbeddedChannel connect(
      InetSocketAddress remote, @Nullable SSLEngine tls, boolean isTrusted) throws Exception {
    EmbeddedChannel channel = new Connection(remote);
    opened.add(channel);
    channel
        .pipeline()
        .addLast(
            new OperationsPipeline(
                entrance, account, connections, () -> tls, (SSLSession session) -> isTrusted));
    channel.register();
    channel.runPendingTasks();
    return channel;
  }

  private static String text(EmbeddedChannel channel) {
    channel.runPendingTasks();
    StringBuilder all = new StringBuilder();
    for (ByteBuf part = channel.readOutbound(); part != null; part = channel.readOutbound()) {
      all.append(part.toString(UTF_8));
      part.release();
    }
    return all.toString();
  }

  private static void send(EmbeddedChannel channel, String text) {
    channel.writeInbound(Unpooled.copiedBuffer(text, UTF_8));
  }

  private static String posting(String headers) {
    return "POST /put HTTP/1.1\r\nHost: 127.0.0.1:7001\r\nContent-Type: application/json\r\n"
        + headers
        + "\r\n";
  }

  private static void assertRefused(int status, EmbeddedChannel channel) {
    assertEquals(status, Response.of(text(channel)).status());
    assertFalse(channel.isOpen());
  }

  @Test
  void otherMachinesLeavePlacesForThisOne() throws Exception {
    for (int i = 0; i < OperationsPipeline.MOST_FROM_ELSEWHERE; i++) {
      assertEquals("", text(connect(ELSEWHERE)));
    }

    Response refused = Response.of(text(connect(ELSEWHERE)));
    assertEquals(503, refused.status());
    assertEquals("connections from other machines (expected: <= 48)", refused.detail());

    for (int i = connections.size(); i < OperationsPipeline.MOST_CONNECTIONS; i++) {
      assertEquals("", text(connect(HERE)));
    }
    assertEquals(503, Response.of(text(connect(HERE))).status());

    opened.get(0).close();
    assertEquals("", text(connect(ELSEWHERE)));
  }

  @Test
  void oneConnectionTooManyWithTlsIsClosedAtOnce() throws Exception {
    for (int i = 0; i < OperationsPipeline.MOST_CONNECTIONS; i++) {
      connect(HERE);
    }

    assertFalse(connect(HERE, engine(), true).isOpen());
  }

  private static SSLEngine engine() throws NoSuchAlgorithmException {
    SSLEngine engine = SSLContext.getDefault().createSSLEngine();
    engine.setUseClientMode(false);
    return engine;
  }

  @Test
  void aLongBodyThatItsSenderMayNotUseIsRefusedBeforeItArrives() throws Exception {
    for (String headers : List.of("", READER)) {
      EmbeddedChannel channel = connect(ELSEWHERE);
      send(channel, posting(LENGTH + headers));
      assertRefused(headers.isEmpty() ? 401 : 403, channel);
    }
  }

  @Test
  void aLongBodyOfUnknownLengthIsRefusedWhenItGrowsLong() throws Exception {
    EmbeddedChannel channel = connect(ELSEWHERE);
    send(channel, posting(CHUNKED));
    send(channel, "1000\r\n" + "x".repeat(0x1000) + "\r\n");
    assertEquals("", text(channel));

    send(channel, "1\r\nx\r\n");

    assertRefused(401, channel);
  }

  @Test
  void whatOnlyReportsHasNoLongBody() throws Exception {
    EmbeddedChannel channel = connect(ELSEWHERE);

    send(channel, "GET /healthz HTTP/1.1\r\n" + LENGTH + "\r\n");

    assertRefused(413, channel);
  }

  @Test
  void aPathThatCannotBeReadIsRefused() throws Exception {
    EmbeddedChannel channel = connect(HERE);
    send(channel, posting(LENGTH).replace("/put", "/%"));
    assertRefused(400, channel);

    EmbeddedChannel other = connect(HERE);
    send(other, "GET /%zz HTTP/1.1\r\n\r\n");
    assertEquals(400, Response.of(text(other)).status());
  }

  @Test
  void aLongBodyIsInTheAccountUntilItsRequestIsAnswered() throws Exception {
    EmbeddedChannel channel = connect(ELSEWHERE);
    send(channel, posting(LENGTH + WRITER) + "x".repeat(5000));
    assertEquals(5000, account.bytes());

    answer.complete(Answer.text(200, "done"));

    assertEquals(200, Response.of(text(channel)).status());
    assertEquals(0, account.bytes());
  }

  @Test
  void aLongBodyWithoutRoomIsRefusedAndAShortOneIsNot() throws Exception {
    account.resize(1);
    EmbeddedChannel longer = connect(ELSEWHERE);
    send(longer, posting(LENGTH + WRITER) + "x".repeat(5000));
    assertRefused(503, longer);

    answer.complete(Answer.text(200, "done"));
    EmbeddedChannel shorter = connect(ELSEWHERE);
    send(shorter, posting("Content-Length: 3\r\n" + WRITER) + "{ }");
    assertEquals(200, Response.of(text(shorter)).status());
  }

  @Test
  void aCertificateThatIsNotTrustedAnyMoreEndsTheConnectionAtItsNextRequest() throws Exception {
    EmbeddedChannel channel = connect(ELSEWHERE, engine(), false);
    while (!(channel.pipeline().first() instanceof HttpServerCodec)) {
      channel.pipeline().removeFirst(); // the request comes as if TLS had been taken off
    }

    send(channel, "GET /healthz HTTP/1.1\r\n\r\n");

    assertFalse(channel.isOpen());
    assertNull(channel.readOutbound());
    assertTrue(answer.getNumberOfDependents() == 0);
  }
}
