package io.dawncache.server.inbound;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import com.google.protobuf.ByteString;
import io.dawncache.core.ByteView;
import io.dawncache.core.CacheNode;
import io.dawncache.core.Group;
import io.dawncache.core.GroupConfig;
import io.dawncache.core.Loaded;
import io.dawncache.server.Dialect;
import io.dawncache.server.Limits;
import io.dawncache.server.Page;
import io.dawncache.server.testing.Books;
import io.dawncache.server.wire.GroupcacheCodec;
import io.dawncache.server.wire.pb.ForgetRequest;
import io.dawncache.server.wire.pb.GetAllRequest;
import io.dawncache.server.wire.pb.KeyAnswer;
import io.dawncache.server.wire.pb.OperationAnswer;
import io.dawncache.server.wire.pb.Response;
import io.netty.buffer.ByteBufInputStream;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** One connection's requests, on a channel without a socket and by an origin that a test holds. */
@Timeout(60)
class RequestHandlerTest {
  private static final int MAX_VALUE_BYTES = 1000;
  private static final String PEER = "http://10.0.0.2:8001";
  private static final Duration TTL = Duration.ofHours(1);
  private static final Duration IDLE = Duration.ofMinutes(1);
  private static final Duration REQUEST = Duration.ofSeconds(30);
  private static final long NOW_SECONDS = 1_800_000_000;

  private Instant now = Instant.ofEpochSecond(NOW_SECONDS);
  private final HeldOrigin origin = new HeldOrigin();
  private final CacheNode node = CacheNode.create();
  private final Flushes flushes = new Flushes();
  private final EmbeddedChannel channel = channel();

  private Group held;
  private int reads;

  @BeforeEach
  void addGroups() {
    GroupConfig roomy = GroupConfig.builder().maxLoads(1000).build();
    held = node.addAsyncGroup("held", roomy, origin);
    Group here = node.addGroup("here", key -> Loaded.ofUtf8("value of " + key));
    for (int i = 0; i < 3; i++) {
      assertNotNull(here.get("k" + i)); // so that it is a hit from now on
    }
  }

  @AfterEach
  void closeAndCheckTheBooks() {
    channel.finishAndReleaseAll();
    node.close();
    Books.check(node);
  }

  // The order of answers.

  @Test
  void answersLeaveInTheOrderInWhichTheirRequestsCame() throws Exception {
    read(get("/held/a"), get("/held/b"), get("/held/c"));

    origin.answer("c", "3");
    origin.answer("b", "2");
    assertNull(channel.readOutbound());
    origin.answer("a", "1");

    assertEquals(List.of("1", "2", "3"), values(3));
  }

  @Test
  void aHitWaitsForTheMissBeforeIt() throws Exception {
    read(get("/held/a"), get("/here/k0"));
    assertNull(channel.readOutbound());

    origin.answer("a", "1");

    assertEquals(List.of("1", "value of k0"), values(2));
  }

  @Test
  void anAnswerHasTheDateAtWhichItIsWritten() throws Exception {
    read(get("/here/k0"));
    read(get("/held/a"));
    now = now.plusSeconds(5);
    origin.answer("a", "1");
    now = now.plusSeconds(60);
    read(get("/here/k0"));

    assertEquals(
        List.of(
            "Fri, 15 Jan 2027 08:00:00 GMT",
            "Fri, 15 Jan 2027 08:00:05 GMT",
            "Fri, 15 Jan 2027 08:01:05 GMT"),
        headers("Date", 3));
  }

  @Test
  void groupsWhosePathsLookAlikeAreToldApartOnOneConnection() throws Exception {
    for (String name : List.of("a", "a b", "a/b")) {
      Group group = node.addGroup(name, key -> Loaded.ofUtf8(name + ": " + key));
      for (String key : List.of("k", "b/k", "/k")) {
        assertNotNull(group.get(key));
      }
    }

    read(
        get("/a/k"),
        get("/a%20b/k"),
        get("/a%2Fb/k"),
        get("/a/b/k"),
        get("/a%2fb/k"),
        get("/a//k"));

    assertEquals(List.of("a: k", "a b: k", "a/b: k", "a: b/k", "a/b: k", "a: /k"), values(6));
  }

  @Test
  void aGroupThatComesLaterIsFound() throws Exception {
    read(get("/later/k"));
    assertEquals(List.of(400), statuses(1));

    assertNotNull(node.addGroup("later", key -> Loaded.ofUtf8("value of " + key)).get("k"));
    read(get("/later/k"));

    assertEquals(List.of("value of k"), values(1));
  }

  @Test
  void aRefusalWaitsForItsTurnToo() throws Exception {
    read(get("/held/a"), get("/nowhere/x"), get("/here/k0"));
    assertNull(channel.readOutbound());

    origin.answer("a", "1");

    assertEquals(List.of(200, 400, 200), statuses(3));
  }

  @Test
  void aRequestThatFailedDoesNotHoldUpThoseBehindIt() throws Exception {
    read(get("/held/a"), get("/held/b"));

    origin.answer("b", "2");
    origin.fail("a", "boom");

    assertEquals(List.of(500, 200), statuses(2));
    assertTrue(channel.isActive());
  }

  @Test
  void twoRequestsForOneKeyAreAnsweredByOneLoad() throws Exception {
    read(get("/held/a"), get("/held/a"));

    origin.answer("a", "1");

    assertEquals(List.of("1", "1"), values(2));
    assertEquals(1, held.stats().localLoads());
  }

  // How much is in flight.

  @Test
  void at64InFlightReadingStopsUntilTheFirstIsAnswered() throws Exception {
    for (int i = 0; i < 63; i++) {
      read(get("/held/a" + i));
    }
    assertTrue(channel.config().isAutoRead());
    read(get("/held/a63"));
    assertFalse(channel.config().isAutoRead());

    origin.answer("a63", "x"); // it waits for its turn, and so is still in flight
    assertFalse(channel.config().isAutoRead());
    origin.answer("a0", "x");

    assertTrue(channel.config().isAutoRead());
    assertEquals(List.of("x"), values(1));
  }

  @Test
  void whatOneReadDecodedBeyond64WaitsToBeStarted() throws Exception {
    read(gets("/held/a", 100));
    assertEquals(64, held.stats().gets());
    assertFalse(channel.config().isAutoRead());

    origin.answer("a0", "x");
    assertEquals(65, held.stats().gets());
    for (int i = 1; i < 100; i++) {
      origin.answer("a" + i, "x");
    }

    assertEquals(100, values(100).size());
    assertEquals(100, held.stats().gets());
    assertTrue(channel.config().isAutoRead());
  }

  @Test
  void aThousandHitsInOneReadAreAnsweredInOrder() {
    read(gets("/here/k", 3, 1_000));

    List<String> expected = IntStream.range(0, 1_000).mapToObj(i -> "value of k" + i % 3).toList();
    assertEquals(expected, values(1_000));
    assertTrue(channel.config().isAutoRead());
  }

  @Test
  void aChannelThatTakesNoMoreBytesStartsNoMoreRequests() {
    setWritable(false);

    read(get("/here/k0"), get("/held/a"));

    assertNull(channel.readOutbound());
    assertEquals(0, held.stats().gets());
    assertFalse(channel.config().isAutoRead());

    setWritable(true);

    assertEquals(List.of("value of k0"), values(1));
    assertEquals(1, held.stats().gets());
    assertTrue(channel.config().isAutoRead());
  }

  // Flushes.

  @Test
  void theHitsOfOneReadGoOutInOneFlush() {
    flushes.count = 0;
    for (HttpRequest request : gets("/here/k", 3)) {
      channel.writeOneInbound(request);
      channel.writeOneInbound(LastHttpContent.EMPTY_LAST_CONTENT);
    }
    assertEquals(0, flushes.count);

    channel.flushInbound();

    assertEquals(1, flushes.count);
    assertEquals(3, values(3).size());
  }

  @Test
  void hitsThatWaitedForRoomGoOutInOneFlush() {
    setWritable(false);
    read(gets("/here/k", 3));
    flushes.count = 0;

    setWritable(true);

    assertEquals(1, flushes.count);
    assertEquals(3, values(3).size());
  }

  @Test
  void anAnswerThatComesLaterIsFlushedAtOnceWithThoseItHeldUp() throws Exception {
    read(get("/held/a"), get("/here/k0"), get("/here/k1"));
    flushes.count = 0;

    origin.answer("a", "1");

    assertEquals(1, flushes.count);
    assertEquals(3, values(3).size());
  }

  @Test
  void aReadThatAnswersNothingFlushesNothing() {
    flushes.count = 0;

    read(get("/held/a"));

    assertEquals(0, flushes.count);
  }

  // One answer.

  @Test
  void headIsAnsweredAsGetIsButWithoutTheBody() {
    read(get("/here/k0"), request(HttpMethod.HEAD, "/here/k0"));

    FullHttpResponse get = channel.readOutbound();
    FullHttpResponse head = channel.readOutbound();
    assertEquals(get.status(), head.status());
    assertEquals(get.headers(), head.headers());
    assertEquals(0, head.content().readableBytes());
    get.release();
    head.release();
  }

  @Test
  void headOfWhatIsRefusedHasNoBodyEither() {
    read(get("/nowhere/x"), request(HttpMethod.HEAD, "/nowhere/x"));

    FullHttpResponse get = channel.readOutbound();
    FullHttpResponse head = channel.readOutbound();
    assertEquals(400, head.status().code());
    assertEquals(get.headers(), head.headers());
    assertEquals(0, head.content().readableBytes());
    get.release();
    head.release();
  }

  @Test
  void aValueBeyondTheLimitFails() throws Exception {
    read(get("/held/a"), get("/held/b"));

    origin.answer("a", "x".repeat(MAX_VALUE_BYTES));
    origin.answer("b", "x".repeat(MAX_VALUE_BYTES + 1));

    assertEquals(List.of(200, 500), statuses(2));
  }

  @Test
  void aPageThatThrowsFailsAlone() {
    HttpRequest broken = new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, "/broken");
    broken.headers().set("Host", "t");

    read(broken, get("/here/k0"));

    assertEquals(List.of(500, 200), statuses(2));
  }

  @Test
  void aMarkedRequestIsAPeersAndCounted() {
    HttpRequest marked = get("/here/k0");
    marked.headers().set("Dawncache-Peer", "http://10.0.0.2:8001");

    read(get("/here/k0"), marked);

    assertEquals(2, values(2).size());
    assertEquals(1, node.group("here").stats().serverRequests());
  }

  // Time.

  @Test
  void aGetThatIsGivenLittleTimeTimesOut() throws Exception {
    HttpRequest hasty = get("/held/a");
    hasty.headers().set("Dawncache-Timeout", "1");

    read(hasty);
    while (channel.outboundMessages().isEmpty()) {
      channel.runPendingTasks();
    }

    FullHttpResponse late = channel.readOutbound();
    assertEquals(504, late.status().code());
    assertEquals("timed-out", late.headers().get("Dawncache-Status"));
    late.release();
    origin.answer("a", "1");
    assertEquals(ByteView.ofUtf8("1"), held.get("a")); // its load went on
  }

  @Test
  void aTimeoutIsANumberOfMilliseconds() {
    for (String text : List.of("", "0", "-1", "1.5", "10s", "1e3", "9".repeat(19), "٣")) {
      HttpRequest wrong = get("/here/k0");
      wrong.headers().set("Dawncache-Timeout", text);
      read(wrong);

      FullHttpResponse refused = channel.readOutbound();
      assertEquals(400, refused.status().code());
      assertEquals(
          "Dawncache-Timeout: " + text + " (expected: whole milliseconds, >= 1)\n",
          refused.content().toString(UTF_8));
      refused.release();
    }
    assertTrue(channel.isActive());
  }

  @Test
  void aPeersCountOfGetsIsANumber() {
    HttpRequest marked = get("/here/k0");
    marked.headers().set("Dawncache-Peer", PEER).set("Dawncache-Copy-Gets", "many");

    read(marked);

    assertEquals(List.of(400), statuses(1));
  }

  @Test
  void oneOfOurNodesGetsTheRemainingTtlAndAClientTheValueAlone() throws Exception {
    node.addGroup("mortal", key -> Loaded.ofUtf8("x").withTtl(TTL));
    HttpRequest marked = get("/mortal/a");
    marked.headers().set("Dawncache-Peer", PEER);
    awaitAnswer(get("/mortal/a"));

    Response toOurs = response(marked);
    assertTrue(toOurs.getTtlNanos() > 0 && toOurs.getTtlNanos() <= TTL.toNanos());
    assertEquals(0, toOurs.getExpire());

    Response ofTheValue = Response.newBuilder().setValue(ByteString.copyFromUtf8("x")).build();
    assertEquals(ofTheValue, response(get("/mortal/a")));
  }

  @Test
  void oneOfOurNodesIsToldHowOftenAKeyIsAskedForItsOwnCopiesGetsIncluded() throws Exception {
    HttpRequest marked = get("/here/k0");
    marked.headers().set("Dawncache-Peer", PEER);
    HttpRequest withCopies = get("/here/k1");
    withCopies.headers().set("Dawncache-Peer", PEER).set("Dawncache-Copy-Gets", 1_000_000);

    double alone = response(marked).getMinuteQps();
    double copied = response(withCopies).getMinuteQps();

    assertTrue(alone > 0, () -> alone + " a minute");
    assertTrue(copied > 1_000 * alone, () -> copied + " a minute");
  }

  @Test
  void aValueWithoutATtlIsNothingButItsBytesToAClient() throws Exception {
    assertEquals(
        Response.newBuilder().setValue(ByteString.copyFromUtf8("value of k0")).build(),
        response(get("/here/k0")));
  }

  @Test
  void aStaleAnswerSaysSoToEverybody() throws Exception {
    AtomicBoolean broken = new AtomicBoolean();
    GroupConfig config = GroupConfig.builder().staleIfError(Duration.ofHours(1)).build();
    node.addGroup(
        "stale",
        config,
        key -> {
          if (broken.getAndSet(true)) {
            throw new IOException("the origin is on fire");
          }
          return Loaded.ofUtf8("old").withTtl(Duration.ofMillis(1));
        });
    HttpRequest marked = get("/stale/a");
    marked.headers().set("Dawncache-Peer", PEER);

    String stale = null;
    while (stale == null) { // until its TTL is over
      FullHttpResponse answer = awaitAnswer(get("/stale/a"));
      stale = answer.headers().get("Dawncache-Stale");
    }
    FullHttpResponse toOurs = awaitAnswer(marked);

    assertEquals("true", stale);
    assertEquals("true", toOurs.headers().get("Dawncache-Stale"));
    assertTrue(Response.parseFrom(ByteBufUtil.getBytes(toOurs.content())).getStale());
  }

  private Response response(HttpRequest request) throws IOException {
    return Response.parseFrom(ByteBufUtil.getBytes(awaitAnswer(request).content()));
  }

  /** Has the channel read the request, and returns its answer in a buffer that nobody counts. */
  private FullHttpResponse awaitAnswer(HttpRequest request) {
    read(request);
    while (channel.outboundMessages().isEmpty()) {
      channel.runPendingTasks();
    }
    FullHttpResponse answer = channel.readOutbound();
    try {
      return answer.replace(Unpooled.copiedBuffer(answer.content()));
    } finally {
      answer.release();
    }
  }

  // GroupcacheCodec of our nodes.

  @Test
  void whatOneReadBringsIsServedAfterOneLookAtTheTime() {
    reads = 0;
    channel.writeOneInbound(get("/here/k0"));
    assertEquals(1, reads);
    channel.writeOneInbound(LastHttpContent.EMPTY_LAST_CONTENT);
    channel.writeOneInbound(get("/here/k1"));
    channel.writeOneInbound(LastHttpContent.EMPTY_LAST_CONTENT);
    channel.flushInbound();
    assertEquals(1, reads);

    read(get("/here/k2"));

    assertEquals(2, reads);
    assertEquals(3, values(3).size());
  }

  @Test
  void aMessageIsServedWhenItHasComeWhole() throws Exception {
    byte[] body = ForgetRequest.newBuilder().setGroup("here").addKeys("k0").build().toByteArray();
    channel.writeInbound(message("forget", body.length), part(body, 0, 3));
    assertNotNull(node.group("here").peek("k0"));
    assertNull(channel.readOutbound());

    channel.writeInbound(last(body, 3));

    FullHttpResponse answer = channel.readOutbound();
    assertEquals(200, answer.status().code());
    assertEquals("forget", answer.headers().get("Dawncache-Message"));
    OperationAnswer done = OperationAnswer.parseFrom(ByteBufUtil.getBytes(answer.content()));
    assertEquals(OperationAnswer.Status.DONE, done.getStatus());
    assertEquals(0, done.getUnreachedCount());
    answer.release();
    assertNull(node.group("here").peek("k0"));
  }

  @Test
  void aMessageWaitsItsTurnToBeServed() throws Exception {
    setWritable(false);
    sendForget("here");
    assertNotNull(node.group("here").peek("k0"));
    assertFalse(channel.config().isAutoRead());

    setWritable(true);

    assertEquals(List.of(200), statuses(1));
    assertNull(node.group("here").peek("k0"));
  }

  @Test
  void requestsBehindAMessageThatIsStillComingWaitForIt() throws Exception {
    byte[] body = ForgetRequest.newBuilder().setGroup("nowhere").build().toByteArray();
    channel.writeInbound(message("forget", body.length), part(body, 0, 1));
    channel.writeInbound(last(body, 1), get("/here/k0"), LastHttpContent.EMPTY_LAST_CONTENT);

    assertEquals(List.of(200, 200), statuses(2));
  }

  @Test
  void aMessageBeyondTheLimitIsTheConnectionsLast() {
    channel.writeInbound(message("forget", 1 << 30));

    assertEquals(List.of(413), statuses(1));
    assertFalse(channel.isActive());
  }

  @Test
  void aMessageThatGrowsBeyondTheLimitIsTheConnectionsLast() {
    HttpRequest chunked = message("forget", 0);
    chunked.headers().remove("Content-Length").set("Transfer-Encoding", "chunked");
    byte[] body = new byte[MAX_VALUE_BYTES + (64 << 10)];
    channel.writeInbound(chunked, part(body, 0, body.length));
    assertNull(channel.readOutbound());
    channel.writeInbound(part(new byte[1], 0, 1));

    assertEquals(List.of(413), statuses(1));
    assertFalse(channel.isActive());
  }

  @Test
  void aMessageThatIsNoHttpInTheMiddleIsTheConnectionsLast() {
    DefaultHttpContent broken = part(new byte[1], 0, 1);
    broken.setDecoderResult(DecoderResult.failure(new IllegalArgumentException("gibberish")));

    channel.writeInbound(message("forget", 10), broken);

    assertEquals(List.of(400), statuses(1));
    assertFalse(channel.isActive());
  }

  @Test
  void aMessageThatNeverComesWholeDoesNotKeepASilentConnectionOpen() {
    channel.writeInbound(message("forget", 10), part(new byte[1], 0, 1));

    passIdleTime();

    assertFalse(channel.isActive());
  }

  @Test
  void aDrainedConnectionDoesNotWaitForTheRestOfAMessage() throws Exception {
    channel.writeInbound(message("forget", 10), part(new byte[1], 0, 1));
    drain();
    assertFalse(channel.isActive());
  }

  @Test
  void aDrainedConnectionAnswersWhatIsBeforeTheMessageThatIsStillComing() throws Exception {
    read(get("/held/a"));
    channel.writeInbound(message("forget", 10), part(new byte[1], 0, 1));
    drain();
    channel.writeInbound(last(new byte[9], 0)); // was on its way
    read(message("forget", 0)); // likewise

    origin.answer("a", "1");

    assertEquals(List.of("close"), connectionHeaders(1));
    assertFalse(channel.isActive());
  }

  @Test
  void resultsOfManyKeysLeaveAsTheyComeAndHoldTheirPlace() throws Exception {
    getAll("held", "a", "b");
    read(get("/here/k0"));
    HttpResponse head = channel.readOutbound();
    assertEquals(200, head.status().code());
    assertEquals("get-all", head.headers().get("Dawncache-Message"));
    assertEquals("chunked", head.headers().get("Transfer-Encoding"));
    assertNull(channel.readOutbound());

    origin.answer("b", "2");
    assertEquals(List.of("b=2"), results("a", "b"));
    assertNull(channel.readOutbound());
    origin.answer("a", "1");

    assertEquals(List.of("a=1"), results("a", "b"));
    assertEquals(List.of("value of k0"), values(1));
    assertEquals(2, held.stats().serverRequests());
  }

  @Test
  void resultsAreWrittenOnlyWhileTheChannelTakesBytes() throws Exception {
    getAll("held", "a", "b", "c");
    assertTrue(channel.readOutbound() instanceof HttpResponse);
    setWritable(false);
    origin.answer("c", "3");
    origin.answer("a", "1");
    assertNull(channel.readOutbound());

    setWritable(true);

    assertEquals(List.of("c=3", "a=1"), results("a", "b", "c"));
    origin.answer("b", "2");
    assertEquals(List.of("b=2"), results("a", "b", "c"));
  }

  @Test
  void aDrainedConnectionClosesBehindTheLastResult() throws Exception {
    getAll("held", "a");
    drain();
    assertTrue(channel.isActive());

    origin.answer("a", "1");

    assertFalse(channel.isActive());
    assertTrue(channel.readOutbound() instanceof HttpResponse);
    assertEquals(List.of("a=1"), results("a"));
  }

  @Test
  void resultsThatComeAfterTheConnectionHasGoneAreDropped() throws Exception {
    getAll("held", "a", "b");
    assertTrue(channel.readOutbound() instanceof HttpResponse);
    channel.close();

    origin.answer("a", "1");
    origin.answer("b", "2");

    assertNull(channel.readOutbound());
  }

  private void sendForget(String group) {
    byte[] body = ForgetRequest.newBuilder().setGroup(group).build().toByteArray();
    channel.writeInbound(message("forget", body.length), last(body, 0));
  }

  private void getAll(String group, String... keys) {
    GetAllRequest.Builder all = GetAllRequest.newBuilder().setGroup(group).setTimeoutMillis(60_000);
    for (String key : keys) {
      all.addKeysBuilder().setKey(key);
    }
    byte[] body = all.build().toByteArray();
    channel.writeInbound(message("get-all", body.length), last(body, 0));
  }

  private static HttpRequest message(String kind, int length) {
    HttpRequest message =
        new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.POST, "/_dawncache/");
    message
        .headers()
        .set("Host", "t")
        .set("Dawncache-Peer", PEER)
        .set("Dawncache-Message", kind)
        .set("Content-Length", length);
    return message;
  }

  private static DefaultHttpContent part(byte[] body, int from, int to) {
    return new DefaultHttpContent(Unpooled.copiedBuffer(body, from, to - from));
  }

  private static LastHttpContent last(byte[] body, int from) {
    return new DefaultLastHttpContent(Unpooled.copiedBuffer(body, from, body.length - from));
  }

  /** Returns the results that have been written, each as {@code key=value}. */
  private List<String> results(String... keys) throws IOException {
    List<String> results = new ArrayList<>();
    while (channel.outboundMessages().peek() instanceof HttpContent
        && !(channel.outboundMessages().peek() instanceof FullHttpResponse)) {
      HttpContent piece = channel.readOutbound();
      ByteBufInputStream in = new ByteBufInputStream(piece.content());
      for (KeyAnswer next = KeyAnswer.parseDelimitedFrom(in);
          next != null;
          next = KeyAnswer.parseDelimitedFrom(in)) {
        results.add(keys[next.getIndex()] + "=" + next.getValue().toStringUtf8());
      }
      piece.release();
    }
    return results;
  }

  // The end of a connection.

  @Test
  void aConnectionStaysOpenAfterAnAnswer() {
    read(get("/here/k0"));

    FullHttpResponse answer = channel.readOutbound();
    assertNull(answer.headers().get("Connection"));
    assertTrue(channel.isActive());
    answer.release();
  }

  @Test
  void aClientThatSaysCloseIsAnsweredAndTheConnectionCloses() {
    HttpRequest last = get("/here/k0");
    last.headers().set("Connection", "close");

    read(last);

    assertEquals(List.of("close"), connectionHeaders(1));
    assertFalse(channel.isActive());
  }

  @Test
  void http10ClosesUnlessItSaysKeepAlive() {
    HttpRequest keepAlive =
        new DefaultHttpRequest(HttpVersion.HTTP_1_0, HttpMethod.GET, path("/here/k0"));
    keepAlive.headers().set("Connection", "keep-alive");
    HttpRequest plain =
        new DefaultHttpRequest(HttpVersion.HTTP_1_0, HttpMethod.GET, path("/here/k0"));

    read(keepAlive);
    assertTrue(channel.isActive());
    read(plain);

    assertFalse(channel.isActive());
    assertEquals(List.of("keep-alive", "close"), connectionHeaders(2));
  }

  @Test
  void whatComesAfterTheLastRequestIsNotAnswered() throws Exception {
    HttpRequest last = get("/held/a");
    last.headers().set("Connection", "close");
    read(last, get("/here/k0"));

    origin.answer("a", "1");

    assertEquals(List.of("1"), values(1));
    assertNull(channel.readOutbound());
    assertFalse(channel.isActive());
  }

  @Test
  void bytesThatAreNoRequestAreTheConnectionsLast() throws Exception {
    HttpRequest malformed = get("/here/k0");
    malformed.setDecoderResult(DecoderResult.failure(new IllegalArgumentException("gibberish")));
    read(get("/held/a"), malformed);
    assertNull(channel.readOutbound());

    origin.answer("a", "1");

    assertEquals(List.of(200, 400), statuses(2));
    assertFalse(channel.isActive());
  }

  @Test
  void aBodyIsReadPastUpToItsLimit() {
    HttpRequest withBody = get("/here/k0");
    withBody.headers().set("Content-Length", 1 << 30);
    channel.writeInbound(withBody);
    assertEquals(List.of(400), statuses(1));

    channel.writeInbound(new DefaultHttpContent(Unpooled.wrappedBuffer(new byte[64 << 10])));
    assertTrue(channel.isActive());
    channel.writeInbound(new DefaultHttpContent(Unpooled.wrappedBuffer(new byte[64 << 10])));
    assertFalse(channel.isActive());
  }

  @Test
  void everyBodyHasTheWholeLimit() {
    for (int i = 0; i < 3; i++) {
      HttpRequest withBody = get("/here/k0");
      withBody.headers().set("Content-Length", 64 << 10);
      channel.writeInbound(
          withBody,
          new DefaultHttpContent(Unpooled.wrappedBuffer(new byte[64 << 10])),
          LastHttpContent.EMPTY_LAST_CONTENT);
    }

    assertEquals(List.of(400, 400, 400), statuses(3));
    assertTrue(channel.isActive());
  }

  @Test
  void answersThatComeAfterTheConnectionHasGoneAreDropped() throws Exception {
    read(get("/held/a"), get("/held/b"));
    channel.close();

    origin.answer("a", "1");
    origin.fail("b", "boom");

    assertNull(channel.readOutbound());
    assertEquals(ByteView.ofUtf8("1"), held.get("a")); // the load was not in vain
  }

  @Test
  void aSocketIsHalfClosedAndReadToItsEndForAWhile() {
    DuplexEmbedded socket = new DuplexEmbedded(handler());
    HttpRequest last = get("/here/k0");
    last.headers().set("Connection", "close");
    socket.freezeTime();

    socket.writeInbound(last, LastHttpContent.EMPTY_LAST_CONTENT);
    assertTrue(socket.outputShutdown);
    assertTrue(socket.isOpen());
    assertTrue(socket.config().isAutoRead());
    socket.writeInbound(get("/here/k1"), LastHttpContent.EMPTY_LAST_CONTENT); // is dropped

    socket.advanceTimeBy(1, TimeUnit.SECONDS);
    socket.runScheduledPendingTasks();
    assertFalse(socket.isOpen());
    assertEquals(1, socket.outboundMessages().size());
    socket.finishAndReleaseAll();
  }

  @Test
  void aFaultClosesTheConnection() {
    channel.pipeline().fireExceptionCaught(new IOException("reset by the client"));

    assertFalse(channel.isActive());
  }

  // The server stops.

  @Test
  void aRequestThatWasOnItsWayWhenTheServerStoppedIsAnsweredWithAGoodbye() throws Exception {
    channel.pipeline().fireUserEventTriggered(RequestHandler.Drain.NOW);
    assertTrue(channel.isActive());

    read(get("/here/k0"));

    assertEquals(List.of("close"), connectionHeaders(1));
    assertFalse(channel.isActive());
  }

  @Test
  void ofThePipelinedRequestsOfALastCallTheLastSaysGoodbye() throws Exception {
    channel.pipeline().fireUserEventTriggered(RequestHandler.Drain.NOW);
    read(get("/held/a"), get("/held/b"));
    endLastCall();

    origin.answer("b", "2");
    origin.answer("a", "1");

    assertEquals(Arrays.asList(null, "close"), connectionHeaders(2));
    assertFalse(channel.isActive());
  }

  @Test
  void aMessageThatIsWholeBeforeTheLastCallEndsIsServed() throws Exception {
    channel.pipeline().fireUserEventTriggered(RequestHandler.Drain.NOW);
    channel.writeInbound(message("forget", 0));
    channel.writeInbound(LastHttpContent.EMPTY_LAST_CONTENT);

    assertEquals(List.of("close"), connectionHeaders(1));
    assertFalse(channel.isActive());
  }

  @Test
  void aDrainedConnectionWithNothingInFlightClosesBehindItsAnswers() {
    read(get("/here/k0"));

    drain();

    assertFalse(channel.isActive());
    FullHttpResponse answer = channel.readOutbound();
    assertEquals(200, answer.status().code());
    answer.release();
  }

  @Test
  void aDrainedConnectionAnswersWhatItHasTheLastWithAGoodbye() throws Exception {
    read(get("/held/a"), get("/held/b"));

    drain();
    assertTrue(channel.isActive());
    assertFalse(channel.config().isAutoRead());
    origin.answer("a", "1");
    assertTrue(channel.isActive());
    assertFalse(channel.config().isAutoRead());
    origin.answer("b", "2");

    assertFalse(channel.isActive());
    FullHttpResponse first = channel.readOutbound();
    assertNull(first.headers().get("Connection"));
    first.release();
    assertEquals(List.of("close"), connectionHeaders(1));
  }

  @Test
  void aDrainedConnectionStartsWhatHadArrived() throws Exception {
    read(gets("/held/a", 65));

    drain();
    for (int i = 0; i < 65; i++) {
      origin.answer("a" + i, "x");
    }

    assertEquals(65, values(65).size());
    assertFalse(channel.isActive());
  }

  @Test
  void aDrainedConnectionAnswersTheHitsThatWaitForRoom() {
    setWritable(false);
    read(gets("/here/k", 3));

    drain();
    setWritable(true);

    assertFalse(channel.isActive());
    assertEquals(Arrays.asList(null, null, "close"), connectionHeaders(3));
  }

  // Silence.

  @Test
  void aSilentConnectionWithNothingInFlightCloses() {
    read(get("/here/k0"));

    passIdleTime();

    assertFalse(channel.isActive());
    assertEquals(1, values(1).size());
  }

  @Test
  void aClientThatWaitsForItsAnswerMayBeSilent() throws Exception {
    read(get("/held/a"));

    passIdleTime();

    assertTrue(channel.isActive());
    origin.answer("a", "1");
    assertEquals(List.of("1"), values(1));
  }

  @Test
  void aClientThatTakesSomethingNowAndThenIsNotSilent() {
    for (int i = 0; i < 10; i++) {
      read(get("/here/k0"));
      pass(IDLE.dividedBy(2));
      assertTrue(channel.isActive());
    }
    assertEquals(10, values(10).size());
  }

  @Test
  void aClientThatAsksOnButTakesNothingIsClosed() {
    flushes.held = true;
    read(get("/here/k0"));
    pass(IDLE.dividedBy(2));
    read(get("/here/k1"));
    pass(IDLE.dividedBy(2));
    read(get("/held/a"));
    assertTrue(channel.isActive());

    pass(IDLE.dividedBy(2));
    read(get("/held/b"));
    pass(IDLE.dividedBy(2).plus(IDLE.dividedBy(4)));

    assertFalse(channel.isActive());
  }

  @Test
  void aClientThatTakesNothingOfWhatItAskedForIsClosed() {
    flushes.held = true;
    read(get("/here/k0"));

    passIdleTime();

    assertFalse(channel.isActive());
  }

  // A client that ends its side.

  @Test
  void aClientThatEndsItsSideIsAnsweredAndThenItsConnectionCloses() throws Exception {
    read(get("/held/a"), get("/held/b"));

    endInput();
    origin.answer("a", "1");
    assertTrue(channel.isActive());
    origin.answer("b", "2");

    assertFalse(channel.isActive());
    assertEquals(Arrays.asList(null, "close"), connectionHeaders(2));
  }

  @Test
  void aClientThatEndsItsSideAndWaitsForNothingIsClosedAtOnce() {
    read(get("/here/k0"));

    endInput();

    assertFalse(channel.isActive());
    assertEquals(1, values(1).size());
  }

  @Test
  void theRestOfARequestIsNotWaitedForWhenItsClientHasEndedItsSide() throws Exception {
    read(get("/held/a"));
    channel.writeInbound(message("forget", 10), part(new byte[1], 0, 1));

    endInput();
    origin.answer("a", "1");

    assertFalse(channel.isActive());
    assertEquals(List.of("1"), values(1));
  }

  @Test
  void aSocketWhoseBothSidesHaveEndedIsClosedBehindTheLastAnswer() throws Exception {
    DuplexEmbedded socket = new DuplexEmbedded(handler());
    socket.writeInbound(get("/held/a"), LastHttpContent.EMPTY_LAST_CONTENT);
    socket.pipeline().fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
    assertTrue(socket.isOpen());

    origin.answer("a", "1");

    assertFalse(socket.isOpen());
    assertEquals(1, socket.outboundMessages().size());
    socket.finishAndReleaseAll();
  }

  @Test
  void aSocketThatLingersIsClosedWhenItsClientEndsItsSide() {
    DuplexEmbedded socket = new DuplexEmbedded(handler());
    HttpRequest last = get("/here/k0");
    last.headers().set("Connection", "close");
    socket.writeInbound(last, LastHttpContent.EMPTY_LAST_CONTENT);
    assertTrue(socket.isOpen());

    socket.pipeline().fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);

    assertFalse(socket.isOpen());
    socket.finishAndReleaseAll();
  }

  private void endInput() {
    channel.pipeline().fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
  }

  // A request that dribbles in.

  @Test
  void aBodyThatIsNotWholeInItsTimeIsRefusedBehindWhatWasAskedBefore() throws Exception {
    read(get("/held/a"));
    channel.writeInbound(message("forget", 1000));
    for (int i = 0; i < 25; i++) {
      channel.writeInbound(part(new byte[1], 0, 1));
      pass(REQUEST.dividedBy(20));
    }
    assertNull(channel.readOutbound());

    origin.answer("a", "1");

    assertEquals(List.of(200, 408), statuses(2));
    assertFalse(channel.isActive());
  }

  @Test
  void aBodyThatIsReadPastHasToEndInItsTimeToo() {
    HttpRequest withBody = get("/here/k0");
    withBody.headers().set("Content-Length", 1000);
    channel.writeInbound(withBody);
    for (int i = 0; i < 25 && channel.isActive(); i++) {
      channel.writeInbound(part(new byte[1], 0, 1));
      pass(REQUEST.dividedBy(20));
    }

    assertFalse(channel.isActive());
    assertEquals(List.of(400), statuses(1));
  }

  @Test
  void aHeadThatIsNotWholeInItsTimeEndsTheConnection() {
    for (int i = 0; i < 25 && channel.isActive(); i++) {
      channel.pipeline().fireChannelReadComplete(); // bytes, and not enough of them
      pass(REQUEST.dividedBy(20));
    }

    assertFalse(channel.isActive());
  }

  @Test
  void requestsThatComeInPiecesHaveTheirTimeEach() {
    for (int i = 0; i < 10; i++) {
      channel.pipeline().fireChannelReadComplete();
      pass(REQUEST.dividedBy(2));
      read(get("/here/k0"));
      assertTrue(channel.isActive());
    }
    assertEquals(10, values(10).size());
  }

  @Test
  void theTimeOfARequestThatWeDoNotReadStandsStill() throws Exception {
    read(gets("/held/a", 64));
    assertFalse(channel.config().isAutoRead());
    channel.pipeline().fireChannelReadComplete();

    pass(REQUEST.multipliedBy(4));

    assertTrue(channel.isActive());
  }

  @Test
  void nothingIsServedBehindAClientsLastRequest() throws Exception {
    HttpRequest last = get("/held/a");
    last.headers().set("Connection", "close");

    read(last, get("/held/b"));
    origin.answer("a", "1");

    assertEquals(List.of("1"), values(1));
    assertEquals(1, held.stats().gets());
  }

  // The world of these tests.

  private RequestHandler handler() {
    Limits limits = new Limits(4096, 4096, MAX_VALUE_BYTES, IDLE, REQUEST);
    Page broken =
        new Page(
            "text/plain",
            () -> {
              throw new IllegalStateException("boom");
            });
    return new RequestHandler(
        TestInbound.of(
            node,
            Dialect.DAWNCACHE,
            limits,
            Map.of("/broken", broken),
            () -> now,
            () -> reads++,
            true),
        new AnswerDates(() -> now),
        new ValuesInTransit(node.bytesInFlight()),
        Turns::of,
        new FailedPuts(System::nanoTime));
  }

  private EmbeddedChannel channel() {
    return new EmbeddedChannel(new AnswerReader(), flushes, handler());
  }

  /** Has the channel read these requests at once. */
  private void read(HttpRequest... requests) {
    Object[] messages = new Object[2 * requests.length];
    for (int i = 0; i < requests.length; i++) {
      messages[2 * i] = requests[i];
      messages[2 * i + 1] = LastHttpContent.EMPTY_LAST_CONTENT;
    }
    channel.writeInbound(messages);
  }

  private void drain() {
    channel.pipeline().fireUserEventTriggered(RequestHandler.Drain.NOW);
    endLastCall();
  }

  private void endLastCall() {
    channel.advanceTimeBy(RequestHandler.LAST_CALL_MILLIS, TimeUnit.MILLISECONDS);
    channel.runScheduledPendingTasks();
  }

  /** Longer than the idle time, but not by much more than a look. */
  private void passIdleTime() {
    pass(IDLE.plus(IDLE.dividedBy(4)));
  }

  private void pass(Duration time) {
    int steps = 20;
    for (int i = 0; i < steps; i++) {
      channel.advanceTimeBy(time.toNanos() / steps, TimeUnit.NANOSECONDS);
      channel.runScheduledPendingTasks();
    }
  }

  private void setWritable(boolean writable) {
    channel.unsafe().outboundBuffer().setUserDefinedWritability(1, writable);
    channel.runPendingTasks();
  }

  private static HttpRequest[] gets(String prefix, int count) {
    return gets(prefix, count, count);
  }

  private static HttpRequest[] gets(String prefix, int keys, int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> get(prefix + i % keys))
        .toArray(HttpRequest[]::new);
  }

  private static HttpRequest get(String groupAndKey) {
    return request(HttpMethod.GET, groupAndKey);
  }

  private static HttpRequest request(HttpMethod method, String groupAndKey) {
    HttpRequest request = new DefaultHttpRequest(HttpVersion.HTTP_1_1, method, path(groupAndKey));
    request.headers().set("Host", "t");
    return request;
  }

  private static String path(String groupAndKey) {
    return "/_dawncache" + groupAndKey;
  }

  private List<String> values(int count) {
    List<String> values = new ArrayList<>();
    for (FullHttpResponse answer : answers(count)) {
      try {
        assertEquals(200, answer.status().code());
        values.add(GroupcacheCodec.decodeResponse(answer.content().nioBuffer()).toUtf8());
      } catch (IOException e) {
        throw new AssertionError(e);
      } finally {
        answer.release();
      }
    }
    return values;
  }

  private List<Integer> statuses(int count) {
    List<FullHttpResponse> answers = answers(count);
    answers.forEach(FullHttpResponse::release);
    return answers.stream().map(answer -> answer.status().code()).toList();
  }

  private List<String> connectionHeaders(int count) {
    return headers("Connection", count);
  }

  private List<String> headers(String name, int count) {
    List<FullHttpResponse> answers = answers(count);
    answers.forEach(FullHttpResponse::release);
    return answers.stream().map(answer -> answer.headers().get(name)).toList();
  }

  private List<FullHttpResponse> answers(int count) {
    assertEquals(count, channel.outboundMessages().size());
    return IntStream.range(0, count)
        .mapToObj(i -> (FullHttpResponse) channel.readOutbound())
        .toList();
  }

  /** Counts flushes on their way to the socket; can hold them up, as a full socket would. */
  private static final class Flushes extends ChannelOutboundHandlerAdapter {
    private int count;
    private boolean held;

    @Override
    public void flush(ChannelHandlerContext ctx) {
      count++;
      if (!held) {
        ctx.flush();
      }
    }
  }

  /** A channel whose two directions end apart, as a socket's do. */
  private static final class DuplexEmbedded extends EmbeddedChannel implements DuplexChannel {
    private boolean outputShutdown;

    DuplexEmbedded(RequestHandler handler) {
      super(handler);
    }

    @Override
    public boolean isInputShutdown() {
      return false;
    }

    @Override
    public ChannelFuture shutdownInput() {
      throw new UnsupportedOperationException();
    }

    @Override
    public ChannelFuture shutdownInput(ChannelPromise promise) {
      throw new UnsupportedOperationException();
    }

    @Override
    public boolean isOutputShutdown() {
      return outputShutdown;
    }

    @CanIgnoreReturnValue
    @Override
    public ChannelFuture shutdownOutput() {
      outputShutdown = true;
      return newSucceededFuture();
    }

    @Override
    public ChannelFuture shutdownOutput(ChannelPromise promise) {
      throw new UnsupportedOperationException();
    }

    @Override
    public boolean isShutdown() {
      return false;
    }

    @Override
    public ChannelFuture shutdown() {
      throw new UnsupportedOperationException();
    }

    @Override
    public ChannelFuture shutdown(ChannelPromise promise) {
      throw new UnsupportedOperationException();
    }
  }
}
