package io.dawncache.server.inbound;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dawncache.core.ByteView;
import io.dawncache.core.CacheNode;
import io.dawncache.core.Loaded;
import io.dawncache.server.Dialect;
import io.dawncache.server.Limits;
import io.dawncache.server.Page;
import io.dawncache.server.testing.TestFleet;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.util.concurrent.ImmediateEventExecutor;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What requests are answered with, by RFC 9110 and RFC 9112, however their bytes come in; every
 * answer has its date.
 */
@Timeout(60)
class RequestTableTest {
  private static final String GET = "GET /_dawncache/g/k HTTP/1.1\r\nHost: x\r\n";
  private static final String PUT = "PUT /_groupcache/g/k HTTP/1.1\r\nHost: x\r\n";
  private static final String MESSAGE =
      "POST /_dawncache/ HTTP/1.1\r\nHost: x\r\nDawncache-Peer: http://10.0.0.2:8001"
          + "\r\nDawncache-Message: ";
  private static final String FORGET = MESSAGE + "forget\r\n";
  private static final String GET_ALL = MESSAGE + "get-all\r\n";
  private static final Pattern HEAD =
      Pattern.compile("HTTP/1\\.1 (\\d{3}) [^\r]*\r\n((?:[^\r]+\r\n)*)\r\n");
  private static final Instant NOW = Instant.parse("2026-11-26T17:00:00Z");
  private static final String DATE = "date: Thu, 26 Nov 2026 17:00:00 GMT\r\n";

  private final CacheNode node = CacheNode.create();

  /**
   * A row of the table.
   *
   * @param dialect of the node that is asked
   * @param bytes that it reads
   * @param answers the statuses of its answers, and {@code close} if the connection ends with them
   */
  private record Row(Dialect dialect, String bytes, String answers) {
    @Override
    public String toString() {
      return bytes.replace("\r", "\\r").replace("\n", "\\n") + " -> " + answers;
    }
  }

  private static Row ours(String bytes, String answers) {
    return new Row(Dialect.DAWNCACHE, bytes, answers);
  }

  private static Row mailguns(String bytes, String answers) {
    return new Row(Dialect.MAILGUN, bytes, answers);
  }

  private static String get(String target) {
    return "GET " + target + " HTTP/1.1\r\nHost: x\r\n\r\n";
  }

  private static String method(String method, String target) {
    return method + " " + target + " HTTP/1.1\r\nHost: x\r\n\r\n";
  }

  private static String chunked(String body) {
    return "Transfer-Encoding: chunked\r\n\r\n" + body + "\r\n";
  }

  static Stream<Row> table() {
    return Stream.of(
        // Hits, one and many; HEAD agrees with GET.
        ours(GET + "\r\n", "200"),
        ours(GET + "\r\n" + GET + "\r\n", "200 200"),
        ours("\r\n" + GET + "\r\n", "200"),
        ours(get("/_dawncache/long/k"), "200"),
        ours(method("HEAD", "/_dawncache/g/k"), "200"),
        ours(method("HEAD", "/_dawncache/nowhere/k"), "400"),
        ours(method("HEAD", "/elsewhere"), "404"),
        ours(method("HEAD", "/page"), "200"),
        // Targets.
        ours(get("http://x/_dawncache/g/k"), "200"),
        ours(get("HTTP://x/_dawncache/g/k"), "200"),
        ours(get("https://x/_dawncache/g/k?q"), "200"),
        ours(get("http://x"), "404"),
        ours(get("/_dawncache/g/k?query"), "200"),
        ours(get("/"), "404"),
        ours(get("/metrics"), "404"),
        ours(get("/healthz"), "404"),
        ours(get("/page"), "200"),
        ours(get("/_dawncache/probe"), "400"),
        ours(get("/_dawncache/g/%zz"), "400"),
        ours(get("/_groupcache/g/k"), "404"),
        mailguns(get("/elsewhere"), "400 close"),
        mailguns(get("/_groupcache/g/k"), "200"),
        ours(get("*"), "400"),
        ours(get("elsewhere"), "400"),
        ours(method("OPTIONS", "*"), "405"),
        ours(method("CONNECT", "x:80"), "405"),
        // Methods.
        ours(method("POST", "/_dawncache/g/k"), "405"),
        ours(method("PUT", "/_dawncache/g/k"), "405"),
        ours(method("DELETE", "/_dawncache/g/k"), "405"),
        ours(method("POST", "/page"), "405"),
        ours(method("POST", "/elsewhere"), "404"),
        ours(method("BREW", "/_dawncache/g/k"), "501"),
        ours(method("get", "/_dawncache/g/k"), "501"),
        mailguns(method("DELETE", "/_groupcache/g/k"), "200"),
        mailguns(method("PATCH", "/_groupcache/g/k"), "405"),
        // Versions.
        ours("GET /_dawncache/g/k HTTP/1.0\r\n\r\n", "200 close"),
        ours("GET /_dawncache/g/k HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", "200"),
        ours("GET /_dawncache/g/k HTTP/1.2\r\nHost: x\r\n\r\n", "200"),
        ours("GET /_dawncache/g/k HTTP/2.0\r\nHost: x\r\n\r\n", "505 close"),
        ours("GET /_dawncache/g/k HTTP/0.9\r\nHost: x\r\n\r\n", "505 close"),
        ours("GET /_dawncache/g/k http/1.1\r\nHost: x\r\n\r\n", "400 close"),
        ours("GET /_dawncache/g/k ICAP/1.1\r\nHost: x\r\n\r\n", "400 close"),
        ours("GET /_dawncache/g/k\r\n\r\n", "400 close"),
        // Host.
        ours("GET /_dawncache/g/k HTTP/1.1\r\n\r\n", "400 close"),
        ours(GET + "Host: x\r\n\r\n", "400 close"),
        ours("GET /_dawncache/g/k HTTP/1.1\r\nHost: a b\r\n\r\n", "400 close"),
        ours("GET /_dawncache/g/k HTTP/1.1\r\nHost: a/b\r\n\r\n", "400 close"),
        ours("GET /_dawncache/g/k HTTP/1.1\r\nHost: u@h\r\n\r\n", "400 close"),
        ours("GET /_dawncache/g/k HTTP/1.1\r\nHost:\r\n\r\n", "200"),
        ours("GET /_dawncache/g/k HTTP/1.1\r\nHost: [::1]:80\r\n\r\n", "200"),
        ours("GET /_dawncache/g/k HTTP/1.1\r\nHost: my_node-1.x:80\r\n\r\n", "200"),
        // Header lines.
        ours("GET /_dawncache/g/k HTTP/1.1\r\nHost : x\r\n\r\n", "400 close"),
        ours(GET + "X : y\r\n\r\n", "400 close"),
        ours(GET + "X: a\r\n b\r\n\r\n", "200"), // a folded line, taken as a space
        ours(GET + " X: a\r\n\r\n", "400 close"),
        ours(GET + "no colon\r\n\r\n", "400 close"),
        ours(GET + "X: a\u0000b\r\n\r\n", "400 close"),
        ours(GET + "X: a\rb\r\n\r\n", "400 close"),
        ours(GET + "Connection: close\r\n\r\n" + GET + "\r\n", "200 close"),
        ours("\u0016\u0003\u0001garbage\r\n\r\n", "400 close"),
        // Bodies where there is to be none.
        ours(GET + "Content-Length: 0\r\n\r\n", "200"),
        ours(GET + "Content-Length: 2\r\n\r\nab" + GET + "\r\n", "400 200"),
        ours(GET + chunked("2\r\nab\r\n0\r\n") + GET + "\r\n", "400 200"),
        ours(GET + "Expect: 100-continue\r\nContent-Length: 2\r\n\r\n", "400 close"),
        // Lengths that two readers could read differently.
        ours(GET + "Content-Length: 2\r\n" + chunked("0\r\n"), "400 close"),
        ours(GET + "Content-Length: 2\r\nContent-Length: 3\r\n\r\nab", "400 close"),
        ours(GET + "Content-Length: 2, 2\r\n\r\nab", "400 close"),
        ours(GET + "Content-Length: +2\r\n\r\nab", "400 close"),
        ours(GET + "Content-Length: -2\r\n\r\n", "400 close"),
        ours(GET + "Transfer-Encoding: gzip\r\n\r\n", "400 close"),
        ours(GET + "Transfer-Encoding: chunked, gzip\r\n\r\n", "400 close"),
        ours(GET + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", "501 close"),
        ours(
            "GET /_dawncache/g/k HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            "400 close"),
        ours(FORGET + chunked("x\r\n"), "400 close"),
        // GroupcacheCodec and puts, and what their senders expect.
        ours(FORGET + "Content-Length: 3\r\n\r\n\n\1g", "200"),
        ours(FORGET + chunked("3\r\n\n\1g\r\n0\r\n"), "200"),
        ours(FORGET + "Expect: 100-continue\r\nContent-Length: 3\r\n\r\n\n\1g", "100 200"),
        ours(FORGET + "Expect: 100-Continue\r\nContent-Length: 3\r\n\r\n", "100"),
        ours(FORGET + "Expect: tea\r\nContent-Length: 3\r\n\r\n\n\1g", "417 close"),
        ours(FORGET + "Expect: 100-continue\r\nContent-Length: 99999999\r\n\r\n", "413 close"),
        ours(
            GET + "\r\n" + FORGET + "Expect: 100-continue\r\nContent-Length: 3\r\n\r\n\n\1g",
            "200 100 200"),
        ours(GET_ALL + "Content-Length: 11\r\n\r\n\n\1g\22\3\n\1k\30\377\177", "200"),
        mailguns(PUT + "Expect: 100-continue\r\nContent-Length: 7\r\n\r\n\22\1k\32\2ab", "100 200"),
        mailguns(PUT + "Content-Length: 7\r\n\r\n\22\1k\32\2ab", "200"),
        mailguns(PUT + "Content-Length: 2\r\n\r\n\377\377", "400"));
  }

  @BeforeEach
  void addGroup() {
    node.addGroup("g", key -> Loaded.ofUtf8("value of " + key));
    node.addGroup("long", key -> Loaded.of(ByteView.copyOf(new byte[2 * LargeValue.PIECE_BYTES])));
  }

  private void load() {
    assertNotNull(requireNonNull(node.group("g")).get("k")); // a hit from now on
    assertNotNull(requireNonNull(node.group("long")).get("k"));
  }

  @AfterEach
  void close() {
    node.close();
  }

  @ParameterizedTest
  @MethodSource("table")
  void aRequestIsAnsweredAsTheTableSays(Row row) {
    assertEquals(row.answers, answers(row, row.bytes));
  }

  @ParameterizedTest
  @MethodSource("table")
  void theSameBytesInAnyReadsAreAnsweredAlike(Row row) {
    Random random = new Random(row.bytes.hashCode());
    assertEquals(row.answers, answers(row, row.bytes.split("", -1)));
    for (int i = 0; i < 10; i++) {
      assertEquals(row.answers, answers(row, cut(row.bytes, random)));
    }
  }

  @Test
  void whatAMethodMayBeIsSaid() {
    assertTrue(
        sent(Dialect.DAWNCACHE, method("POST", "/_dawncache/g/k"))
            .contains("allow: GET, HEAD\r\n"));
    assertTrue(
        sent(Dialect.MAILGUN, method("POST", "/_groupcache/g/k"))
            .contains("allow: GET, HEAD, PUT, DELETE\r\n"));
  }

  private static String[] cut(String bytes, Random random) {
    int[] cuts = random.ints(random.nextInt(6), 0, bytes.length() + 1).sorted().toArray();
    String[] parts = new String[cuts.length + 1];
    int from = 0;
    for (int i = 0; i < cuts.length; i++) {
      parts[i] = bytes.substring(from, cuts[i]);
      from = cuts[i];
    }
    parts[cuts.length] = bytes.substring(from);
    return parts;
  }

  private String answers(Row row, String... reads) {
    load(); // again, for a row may forget it
    EmbeddedChannel channel = channel(row.dialect);
    for (String read : reads) {
      if (channel.isOpen() && !read.isEmpty()) {
        channel.writeInbound(Unpooled.copiedBuffer(read, ISO_8859_1));
      }
    }
    StringBuilder answers = new StringBuilder();
    Matcher heads = HEAD.matcher(outbound(channel));
    while (heads.find()) {
      String status = heads.group(1);
      answers.append(answers.isEmpty() ? "" : " ").append(status);
      assertEquals(status.startsWith("1") ? "" : DATE, dates(heads.group(2)), status);
    }
    answers.append(channel.isOpen() ? "" : " close");
    channel.finishAndReleaseAll();
    return answers.toString();
  }

  private static String dates(String headers) {
    return headers
        .lines()
        .filter(line -> line.regionMatches(true, 0, "date:", 0, "date:".length()))
        .map(line -> line + "\r\n")
        .collect(Collectors.joining());
  }

  private String sent(Dialect dialect, String bytes) {
    EmbeddedChannel channel = channel(dialect);
    channel.writeInbound(Unpooled.copiedBuffer(bytes, ISO_8859_1));
    String sent = outbound(channel);
    channel.finishAndReleaseAll();
    return sent;
  }

  private static String outbound(EmbeddedChannel channel) {
    channel.runPendingTasks();
    StringBuilder all = new StringBuilder();
    for (ByteBuf next = channel.readOutbound(); next != null; next = channel.readOutbound()) {
      all.append(next.toString(ISO_8859_1));
      next.release();
    }
    return all.toString();
  }

  private EmbeddedChannel channel(Dialect dialect) {
    Inbound inbound =
        new Inbound(
            node,
            dialect,
            new Limits(4096, 4096, 1 << 20, Duration.ofMinutes(1)),
            Map.of("/page", new Page("text/plain", () -> new byte[10])),
            address -> false,
            InstantSource.fixed(NOW),
            () -> {},
            true,
            TestFleet.of("http://10.0.0.1:8001"));
    return new EmbeddedChannel(
        new InboundPipeline(inbound, new DefaultChannelGroup(ImmediateEventExecutor.INSTANCE)));
  }
}
