package io.dawncache.server.inbound;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dawncache.core.ByteView;
import io.dawncache.core.CacheNode;
import io.dawncache.core.Entry;
import io.dawncache.core.Group;
import io.dawncache.core.Loaded;
import io.dawncache.core.Metadata;
import io.dawncache.server.Dialect;
import io.dawncache.server.wire.Freshness;
import io.dawncache.server.wire.GroupcacheCodec;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponseDecoder;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LargeValueTest {
  private static final int PIECE = LargeValue.PIECE_BYTES;

  private final CacheNode node = CacheNode.create();
  private final UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(true);
  private final EmbeddedChannel channel = channel();
  private final Outbox out =
      new Outbox(channel.pipeline().firstContext(), new AnswerDates(InstantSource.system()));
  private final EmbeddedChannel client =
      new EmbeddedChannel(new HttpResponseDecoder(), new HttpObjectAggregator(64 << 20));

  @AfterEach
  void close() {
    node.close();
    out.clear();
    channel.finishAndReleaseAll();
    client.finishAndReleaseAll();
    assertEquals(0, allocator.metric().usedDirectMemory() + allocator.metric().usedHeapMemory());
  }

  private EmbeddedChannel channel() {
    EmbeddedChannel made = new EmbeddedChannel(new ChannelInboundHandlerAdapter());
    made.config().setAllocator(allocator);
    return made;
  }

  @Test
  void whatSaysNothingBehindItsValueLeavesNoBufferBehind() {
    LargeValue answer = new LargeValue(held(new byte[PIECE]), Freshness.NONE, Dialect.DAWNCACHE);

    answer.write(Persistence.DEFAULT, out);
    out.room(10); // and nothing put there
    out.flush();
    Values.write(
        ByteView.ofUtf8("next"),
        Freshness.NONE,
        false,
        Dialect.DAWNCACHE,
        Persistence.DEFAULT,
        out);
    out.flush();

    assertTrue(answer.isOver());
    pass();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, PIECE - 1, PIECE, PIECE + 1, 2 * PIECE, 1_000_003})
  void aValueComesWholeHoweverItWasCut(int length) throws IOException {
    byte[] bytes = new byte[length];
    new Random(length).nextBytes(bytes);
    Metadata metadata = new Metadata("t".repeat(128), "e".repeat(128));
    Freshness freshness = new Freshness(7, 0, 1_000_000, false, metadata);
    LargeValue answer = new LargeValue(held(bytes), freshness, Dialect.DAWNCACHE);

    int pieces = 0;
    while (answer.hasNext()) {
      assertFalse(answer.isOver());
      answer.write(Persistence.DEFAULT, out);
      out.flush();
      pieces++;
      assertEquals(Math.min(length, pieces * PIECE) == length, answer.isOver());
      pass();
    }

    assertTrue(answer.isOver());
    assertEquals((length + PIECE - 1) / PIECE, pieces);
    FullHttpResponse read = client.readInbound();
    assertEquals(200, read.status().code());
    assertArrayEquals(
        bytes, GroupcacheCodec.decodeResponse(read.content().nioBuffer()).toByteArray());
    assertEquals(
        GroupcacheCodec.responseBytes(ByteView.copyOf(bytes), freshness),
        read.content().readableBytes());
    read.release();
  }

  /** Hands what was sent to the client; none of it is much longer than a piece. */
  private void pass() {
    for (ByteBuf next = channel.readOutbound(); next != null; next = channel.readOutbound()) {
      assertTrue(next.readableBytes() <= PIECE, "a buffer of " + next.readableBytes());
      client.writeInbound(next);
    }
  }

  private Entry held(byte[] bytes) {
    Group group = node.addGroup("g", key -> Loaded.of(ByteView.copyOf(bytes)));
    return group.getEntry("k", Duration.ofSeconds(10));
  }
}
