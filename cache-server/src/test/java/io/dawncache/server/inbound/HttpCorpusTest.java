package io.dawncache.server.inbound;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dawncache.core.ByteView;
import io.dawncache.core.CacheNode;
import io.dawncache.core.Loaded;
import io.dawncache.server.Dialect;
import io.dawncache.server.Limits;
import io.dawncache.server.Page;
import io.dawncache.server.testing.Books;
import io.dawncache.server.testing.Corpus;
import io.dawncache.server.testing.HttpCase;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.util.concurrent.ImmediateEventExecutor;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The cases of {@code http.corpus}, whose verdicts hold however their bytes are cut into reads;
 * every answer has its date.
 */
@Timeout(60)
class HttpCorpusTest {
  /** More are cut into parts of this length, or a case would take seconds. */
  private static final int MAX_PARTS = 500;

  private static final Instant NOW = Instant.parse("2026-11-26T17:00:00Z");
  private static final String DATE = "date: Thu, 26 Nov 2026 17:00:00 GMT\r\n";

  private static final CacheNode NODE = CacheNode.create();

  /** Without a socket no side can end its own alone, and only hits are answered at once. */
  static List<HttpCase> cases() throws IOException {
    return HttpCase.all().stream().filter(next -> !next.halfClosed() && !next.fails()).toList();
  }

  @BeforeAll
  static void addGroups() {
    NODE.addGroup("g", HttpCase::load);
    NODE.addGroup("long", key -> Loaded.of(ByteView.copyOf(new byte[2 * LargeValue.PIECE_BYTES])));
  }

  @AfterEach
  void nothingIsLeft() {
    Books.check(NODE);
  }

  @AfterAll
  static void close() {
    NODE.close();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void theVerdictIsTheExpectedOne(HttpCase next) {
    load(next);
    assertEquals(next.verdict(), verdict(next, List.of(next.bytes())));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void theVerdictIsTheSameHoweverTheBytesAreRead(HttpCase next) {
    load(next);
    String bytes = next.bytes();
    int length = 1 + bytes.length() / MAX_PARTS;
    assertEquals(next.verdict(), verdict(next, Corpus.parts(bytes, length)));
    Random random = new Random(bytes.hashCode());
    for (int i = 0; i < 5; i++) {
      assertEquals(next.verdict(), verdict(next, cut(bytes, random)));
    }
  }

  /** What is asked for is a hit from now on. */
  private static void load(HttpCase next) {
    Stream<String> keys = Stream.concat(Stream.of("k", "empty"), next.values().stream());
    keys.filter(key -> !key.isEmpty())
        .forEach(key -> assertNotNull(requireNonNull(NODE.group("g")).get(key)));
    assertNotNull(requireNonNull(NODE.group("long")).get("k"));
  }

  @Test
  void whatAMethodMayBeIsSaid() {
    String post = " HTTP/1.1\r\nHost: x\r\n\r\n";
    assertTrue(
        received(Dialect.DAWNCACHE, List.of("POST /_dawncache/g/k" + post))
            .contains("allow: GET, HEAD\r\n"));
    assertTrue(
        received(Dialect.MAILGUN, List.of("POST /_groupcache/g/k" + post))
            .contains("allow: GET, HEAD, PUT, DELETE\r\n"));
  }

  private static List<String> cut(String bytes, Random random) {
    int[] cuts = random.ints(random.nextInt(6), 0, bytes.length() + 1).sorted().toArray();
    List<String> parts = new ArrayList<>();
    int from = 0;
    for (int cut : cuts) {
      parts.add(bytes.substring(from, cut));
      from = cut;
    }
    parts.add(bytes.substring(from));
    return parts;
  }

  private static String verdict(HttpCase next, List<String> reads) {
    EmbeddedChannel channel = channel(next.dialect());
    String received = received(channel, reads);
    assertFalse(received.replace(DATE, "").contains("\r\ndate: "), received);
    String verdict = next.verdict(received, channel.isOpen());
    channel.finishAndReleaseAll();
    return verdict;
  }

  private static String received(Dialect dialect, List<String> reads) {
    EmbeddedChannel channel = channel(dialect);
    String received = received(channel, reads);
    channel.finishAndReleaseAll();
    return received;
  }

  private static String received(EmbeddedChannel channel, List<String> reads) {
    for (String read : reads) {
      if (channel.isOpen() && !read.isEmpty()) {
        channel.writeInbound(Unpooled.copiedBuffer(read, ISO_8859_1));
      }
    }
    while (channel.hasPendingTasks()) { // a round of turns makes the next one due
      channel.runPendingTasks();
    }
    StringBuilder all = new StringBuilder();
    for (ByteBuf next = channel.readOutbound(); next != null; next = channel.readOutbound()) {
      all.append(next.toString(ISO_8859_1));
      next.release();
    }
    return all.toString();
  }

  private static EmbeddedChannel channel(Dialect dialect) {
    Inbound inbound =
        TestInbound.of(
            NODE,
            dialect,
            new Limits(4096, 4096, 1 << 20, Duration.ofMinutes(1)),
            Map.of("/page", new Page("text/plain", () -> new byte[10])),
            InstantSource.fixed(NOW),
            () -> {},
            true);
    return new EmbeddedChannel(
        new InboundPipeline(inbound, new DefaultChannelGroup(ImmediateEventExecutor.INSTANCE)));
  }
}
