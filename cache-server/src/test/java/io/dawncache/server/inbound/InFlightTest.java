package io.dawncache.server.inbound;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dawncache.core.ByteAccount;
import io.dawncache.core.ByteView;
import io.dawncache.core.CacheNode;
import io.dawncache.core.GroupConfig;
import io.dawncache.core.Loaded;
import io.dawncache.core.PeerRequest;
import io.dawncache.server.Limits;
import io.dawncache.server.frame.FetchFrames;
import io.dawncache.server.frame.FrameKind;
import io.dawncache.server.frame.Frames;
import io.dawncache.server.testing.Books;
import io.dawncache.server.testing.HandTime;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.util.concurrent.ImmediateEventExecutor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What connections make their node hold, all together: within the account, and in the end zero. */
@Timeout(60)
class InFlightTest {
  private static final int ROOM_BYTES = 100_000;
  private static final int VALUE_BYTES = 10_000;
  private static final int LARGE_BYTES = 90_000;

  /** More than a large value has pieces. */
  private static final int MOST_TURNS = 4;

  private static final int MAX_VALUE_BYTES = 1 << 20;
  private static final String POST =
      """
      POST /_dawncache/ HTTP/1.1\r
      Host: node\r
      Dawncache-Peer: http://10.0.0.2:8001\r
      Dawncache-Message: get-all\r
      Content-Length: 80000\r
      \r
      """;
  private static final String UPGRADE =
      """
      GET /_dawncache/probe HTTP/1.1\r
      Host: node\r
      Dawncache-Peer: http://10.0.0.2:8001\r
      Connection: Upgrade\r
      Upgrade: dawncache-frames/1\r
      \r
      """;

  private final HeldOrigin origin = new HeldOrigin();

  /** Time stands still: after a second of it, the account would close who takes nothing. */
  private final CacheNode node = HandTime.node(() -> 0);

  private final ByteAccount account = node.bytesInFlight();
  private final List<EmbeddedChannel> channels = new ArrayList<>();

  @BeforeEach
  void begin() {
    account.resize(ROOM_BYTES);
    node.addAsyncGroup("held", GroupConfig.builder().maxLoads(1_000).build(), origin);
    node.addGroup("large", key -> Loaded.of(ByteView.copyOf(new byte[LARGE_BYTES]))).get("k");
  }

  @AfterEach
  void closeAndCheckTheBooks() {
    channels.forEach(EmbeddedChannel::finishAndReleaseAll);
    node.close();
    Books.check(node);
  }

  private EmbeddedChannel connect() {
    Limits limits = new Limits(4096, 4096, MAX_VALUE_BYTES, Duration.ofMinutes(1));
    Inbound inbound = TestInbound.of(node, limits);
    EmbeddedChannel channel =
        new EmbeddedChannel(
            new InboundPipeline(inbound, new DefaultChannelGroup(ImmediateEventExecutor.INSTANCE)));
    channels.add(channel);
    return channel;
  }

  private static void send(EmbeddedChannel channel, String text) {
    channel.writeInbound(Unpooled.copiedBuffer(text, US_ASCII));
  }

  private static void get(EmbeddedChannel channel, String path) {
    send(channel, "GET /_dawncache/" + path + " HTTP/1.1\r\nHost: node\r\n\r\n");
  }

  private static void setTaking(EmbeddedChannel channel, boolean takes) {
    var out = channel.unsafe().outboundBuffer();
    if (out != null) {
      out.setUserDefinedWritability(1, takes);
      channel.runPendingTasks();
    }
  }

  private static String read(EmbeddedChannel channel) {
    for (int turn = 0; turn < MOST_TURNS; turn++) {
      channel.runPendingTasks();
    }
    StringBuilder text = new StringBuilder();
    for (ByteBuf next = channel.readOutbound(); next != null; next = channel.readOutbound()) {
      text.append(next.toString(ISO_8859_1));
      next.release();
    }
    return text.toString();
  }

  private static long count(String status, EmbeddedChannel channel) {
    return Pattern.compile("HTTP/1.1 " + status).matcher(read(channel)).results().count();
  }

  private void answer(String key) throws InterruptedException {
    origin.answer(key, "v".repeat(VALUE_BYTES));
    channels.forEach(EmbeddedChannel::runPendingTasks);
  }

  @Test
  void bodiesThatDoNotComeWholeAreRefusedBeyondTheRoom() {
    long refused = 0;
    for (int i = 0; i < 20; i++) {
      EmbeddedChannel client = connect();
      send(client, POST);
      send(client, "b".repeat(20_000));
      refused += count("503", client);
      assertTrue(account.bytes() <= ROOM_BYTES, "in flight");
    }

    assertEquals(18, refused); // 40,000 bytes are set aside for 20,000
    assertEquals(80_000, account.bytes());
  }

  @Test
  void aBodyThatGoesAwayGivesBackItsRoom() {
    EmbeddedChannel client = connect();
    send(client, POST);
    send(client, "b".repeat(20_000));
    assertTrue(account.bytes() > 0);

    client.close();

    assertEquals(0, account.bytes());
  }

  @Test
  void valuesThatWaitForAnEarlierAnswerAreRefusedBeyondTheRoom() throws Exception {
    EmbeddedChannel client = connect();
    for (int i = 0; i < 20; i++) {
      get(client, "held/k" + i);
    }
    for (int i = 19; i >= 0; i--) {
      answer("k" + i);
      assertTrue(account.bytes() <= ROOM_BYTES, "in flight");
    }

    String answers = read(client);
    assertEquals(0, account.bytes());
    assertEquals(11, Pattern.compile("HTTP/1.1 200").matcher(answers).results().count());
    assertEquals(9, Pattern.compile("HTTP/1.1 503").matcher(answers).results().count());
  }

  @Test
  void aLargeValueThatIsHalfWrittenClosesItsConnectionIfThereIsNoRoomForIt() {
    EmbeddedChannel client = connect();
    client.pipeline().addFirst(new StopsTaking());
    get(client, "large/k");
    assertTrue(read(client).startsWith("HTTP/1.1 200"));
    assertTrue(client.isActive());
    assertEquals(LARGE_BYTES, account.bytes());

    client.write(Unpooled.wrappedBuffer(new byte[ROOM_BYTES])); // nor does it take this
    get(client, "large/k");

    assertFalse(client.isActive());
    assertEquals(0, account.bytes());
  }

  /** A client that takes the first piece and nothing behind it. */
  private static final class StopsTaking extends ChannelOutboundHandlerAdapter {
    @Override
    public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
      ctx.write(message, promise);
      ctx.channel().unsafe().outboundBuffer().setUserDefinedWritability(1, false);
    }
  }

  @Test
  void aLargeValueThatFindsNoRoomToWaitForItsTurnIsRefused() {
    account.resize(1);
    EmbeddedChannel client = connect();

    get(client, "large/k");

    assertEquals(1, count("503", client));
    assertTrue(client.isActive());
  }

  @Test
  void framesOfValuesThatAreNotTakenAreRefusedBeyondTheRoom() throws Exception {
    EmbeddedChannel peer = connect();
    send(peer, UPGRADE);
    read(peer);
    for (int i = 1; i <= 20; i++) {
      peer.writeInbound(fetch(i, "held", "k" + i));
    }
    setTaking(peer, false);
    for (int i = 1; i <= 20; i++) {
      answer("k" + i);
    }
    assertEquals(ROOM_BYTES, account.bytes());

    setTaking(peer, true);
    peer.writeInbound(frame(FrameKind.PING, 0, false, new byte[0])); // its read flushes the rest

    assertEquals(10, Pattern.compile("v{10000}").matcher(read(peer)).results().count());
    assertEquals(0, account.bytes());
  }

  @Test
  void aLongRequestInFramesIsInTheAccountUntilItIsCancelled() {
    EmbeddedChannel peer = connect();
    send(peer, UPGRADE);
    peer.writeInbound(frame(FrameKind.GET_ALL, 1, true, new byte[20_000]));
    long first = account.bytes();

    peer.writeInbound(frame(FrameKind.GET_ALL, 1, true, new byte[20_000]));
    assertTrue(first > 19_000 && account.bytes() > 39_000, first + ", " + account.bytes());
    peer.writeInbound(frame(FrameKind.CANCEL, 1, false, new byte[0]));

    assertEquals(0, account.bytes());
  }

  @Test
  void aHeadThatHasComeInPartIsInTheAccountUntilItIsWhole() {
    EmbeddedChannel client = connect();
    send(client, "GET /_dawncache/large/k HTTP/1.1\r\nHost: node\r\nA: " + "a".repeat(500));
    assertTrue(account.bytes() > 500, account.bytes() + " bytes");

    send(client, "\r\n\r\n");

    assertEquals(1, count("200", client));
    assertEquals(0, account.bytes());
  }

  @Test
  void clientsThatSendHeadsInPartHoldNoMoreThanTheAccount() {
    for (int i = 0; i < 100; i++) {
      send(connect(), "GET /_dawncache/large/k HTTP/1.1\r\n" + "a:b\r\n".repeat(100));
      assertTrue(account.bytes() <= ROOM_BYTES, account.bytes() + " bytes");
    }

    assertTrue(channels.stream().filter(EmbeddedChannel::isActive).count() < 20);
  }

  @Test
  void aFrameThatHasComeInPartIsInTheAccountUntilItIsWhole() {
    EmbeddedChannel peer = connect();
    send(peer, UPGRADE);
    ByteBuf frame = frame(FrameKind.GET_ALL, 1, true, new byte[20_000]);
    peer.writeInbound(frame.readRetainedSlice(1_000));
    assertTrue(account.bytes() >= 20_000, account.bytes() + " bytes, room for a whole frame");

    peer.writeInbound(frame);
    peer.writeInbound(frame(FrameKind.CANCEL, 1, false, new byte[0]));

    assertEquals(0, account.bytes());
  }

  @Test
  void peersThatSendFramesInPartHoldNoMoreThanTheAccount() {
    for (int i = 0; i < 20; i++) {
      EmbeddedChannel peer = connect();
      send(peer, UPGRADE);
      ByteBuf frame = frame(FrameKind.GET_ALL, 1, true, new byte[60_000]);
      peer.writeInbound(frame.readSlice(1_000));
      assertTrue(account.bytes() <= ROOM_BYTES, account.bytes() + " bytes");
    }

    assertEquals(19, account.refused() + account.closed(), "one of 60,000 bytes has room");
  }

  @Test
  void aShortFrameThatHasComeInPartNeedsNoRoom() {
    EmbeddedChannel peer = connect();
    send(peer, UPGRADE);
    account.resize(1);

    peer.writeInbound(frame(FrameKind.GET_ALL, 1, true, new byte[2_000]).readSlice(1_000));

    assertTrue(peer.isActive());
    assertEquals(0, account.bytes());
  }

  /** Whatever clients do, in whatever order, leaves nothing in the account. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void afterAnyStepsNothingIsInFlight(long seed) throws Exception {
    Random random = new Random(seed);
    List<String> asked = new ArrayList<>();
    for (int step = 0; step < 600; step++) {
      if (channels.isEmpty() || random.nextInt(20) == 0) {
        EmbeddedChannel opened = connect();
        if (random.nextBoolean()) {
          send(opened, UPGRADE);
        }
      }
      step(channels.get(random.nextInt(channels.size())), random, asked, step);
      assertTrue(account.bytes() <= ROOM_BYTES, "in flight");
    }
    for (EmbeddedChannel channel : channels) {
      setTaking(channel, true);
      read(channel);
      channel.close();
      channel.runPendingTasks();
    }
    assertEquals(0, account.bytes());
  }

  private void step(EmbeddedChannel channel, Random random, List<String> asked, int step)
      throws Exception {
    boolean frames = channel.pipeline().get(RequestHandler.class) == null;
    String key = "s" + step;
    switch (random.nextInt(10)) {
      case 0, 1, 2 -> {
        if (!channel.isActive()) {
          return;
        }
        asked.add(key);
        if (frames) {
          channel.writeInbound(fetch(1 + step, "held", key));
        } else {
          get(channel, "held/" + key);
        }
      }
      case 3, 4 -> {
        if (!asked.isEmpty() && node.group("held").stats().loadsDeduped() > 0) {
          String first = asked.remove(random.nextInt(asked.size()));
          origin.answerIfAsked(first, "v".repeat(VALUE_BYTES));
          channels.forEach(EmbeddedChannel::runPendingTasks);
        }
      }
      case 5 -> setTaking(channel, random.nextBoolean());
      case 6 -> {
        if (!channel.isActive()) {
          return;
        }
        if (frames) {
          channel.writeInbound(
              random.nextBoolean()
                  ? frame(FrameKind.CANCEL, 1 + random.nextInt(1 + step), false, new byte[0])
                  : fetch(1 + step, "large", "k"));
        } else {
          get(channel, "large/k");
        }
      }
      case 7 -> {
        if (channel.isActive() && !frames && random.nextInt(4) == 0) {
          send(channel, POST);
          send(channel, "b".repeat(random.nextInt(30_000)));
        }
      }
      case 8 -> {
        if (channel.isActive() && !frames && random.nextInt(4) == 0) {
          send(channel, "GET /_dawncache/large/k HTTP/1.1\r\nHost: node\r\nA: a");
        }
      }
      default -> {
        if (random.nextInt(4) == 0) {
          channel.close();
          channel.runPendingTasks();
        }
      }
    }
    if (random.nextBoolean()) {
      read(channel);
    }
  }

  private static ByteBuf fetch(int id, String group, String key) {
    ByteBuf message = Unpooled.buffer();
    FetchFrames.writeRequest(new PeerRequest(group, key, Duration.ofHours(1)), 3_600_000, message);
    byte[] payload = new byte[message.readableBytes()];
    message.readBytes(payload);
    return frame(FrameKind.FETCH, id, false, payload);
  }

  private static ByteBuf frame(FrameKind kind, int id, boolean more, byte[] payload) {
    ByteBuf out = PooledByteBufAllocator.DEFAULT.buffer();
    Frames.writeHead(payload.length, id, kind, more, out);
    return out.writeBytes(payload);
  }
}
