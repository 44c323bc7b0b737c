package io.dawncache.server.inbound;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import com.google.protobuf.MessageLite;
import io.dawncache.core.ByteView;
import io.dawncache.core.CacheNode;
import io.dawncache.core.Entry;
import io.dawncache.core.GetException;
import io.dawncache.core.Group;
import io.dawncache.core.Loaded;
import io.dawncache.core.OperationResult;
import io.dawncache.server.Dialect;
import io.dawncache.server.Limits;
import io.dawncache.server.Page;
import io.dawncache.server.frame.FrameKind;
import io.dawncache.server.frame.FrameReader;
import io.dawncache.server.frame.Frames;
import io.dawncache.server.wire.MessageKind;
import io.dawncache.server.wire.Refusal;
import io.dawncache.server.wire.pb.FetchRequest;
import io.dawncache.server.wire.pb.ForgetRequest;
import io.dawncache.server.wire.pb.GetAllRequest;
import io.dawncache.server.wire.pb.SetRequest;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.concurrent.AbstractEventExecutor;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.ImmediateEventExecutor;
import java.lang.management.ManagementFactory;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Whatever fails while an answer is made and written, no request is left waiting for it. */
@Timeout(60)
class AnswerFaultsTest {
  private static final Limits LIMITS = new Limits(4096, 4096, 1 << 20, Duration.ofMinutes(1));
  private static final String PEER = "Dawncache-Peer: http://10.0.0.2:8001\r\n";

  /** A request for each form of an answer in HTTP. */
  private enum Form {
    VALUE(Dialect.DAWNCACHE, "GET", "here/small", "", ByteString.EMPTY),
    STALE_OR_MORTAL(Dialect.DAWNCACHE, "GET", "here/mortal", PEER, ByteString.EMPTY),
    LARGE_VALUE(Dialect.DAWNCACHE, "GET", "here/large", "", ByteString.EMPTY),
    HEAD(Dialect.DAWNCACHE, "HEAD", "here/large", "", ByteString.EMPTY),
    REFUSAL(Dialect.DAWNCACHE, "GET", "nowhere/k", "", ByteString.EMPTY),
    PAGE(Dialect.DAWNCACHE, "GET", "/page", "", ByteString.EMPTY),
    OPERATION(
        Dialect.DAWNCACHE,
        "POST",
        "",
        PEER + "Dawncache-Message: forget\r\n",
        ForgetRequest.newBuilder().setGroup("here").addKeys("k").build().toByteString()),
    RESULTS(
        Dialect.DAWNCACHE,
        "POST",
        "",
        PEER + "Dawncache-Message: get-all\r\n",
        getAll().toByteString()),
    DELETED(Dialect.MAILGUN, "DELETE", "here/k", "", ByteString.EMPTY),
    PUT(
        Dialect.MAILGUN,
        "PUT",
        "here/k",
        "",
        SetRequest.newBuilder()
            .setGroup("here")
            .setKey("k")
            .setValue(ByteString.copyFromUtf8("v"))
            .build()
            .toByteString());

    private final Dialect dialect;
    private final String head;
    private final ByteString body;

    Form(Dialect dialect, String method, String path, String headers, ByteString body) {
      String target = path.startsWith("/") ? path : dialect.basePath() + path;
      this.dialect = dialect;
      this.head =
          (method + " " + target + " HTTP/1.1\r\nHost: x\r\n" + headers)
              + (body.isEmpty() ? "" : "Content-Length: " + body.size() + "\r\n")
              + "\r\n";
      this.body = body;
    }

    private static GetAllRequest getAll() {
      GetAllRequest.Builder all =
          GetAllRequest.newBuilder().setGroup("here").setTimeoutMillis(60_000);
      all.addKeysBuilder().setKey("small");
      all.addKeysBuilder().setKey("large");
      return all.build();
    }
  }

  /** More than a large value has pieces. */
  private static final int MOST_TURNS = 8;

  private final CacheNode node = CacheNode.create();
  private final UnpooledByteBufAllocator memory = new UnpooledByteBufAllocator(false);

  private int untilFault; // so many steps go well; what is counted is told by the test
  private boolean faulty; // a step has failed

  @BeforeEach
  void load() {
    byte[] large = new byte[300_000];
    Group here =
        node.addGroup(
            "here",
            key ->
                switch (key) {
                  case "large" -> Loaded.of(ByteView.copyOf(large));
                  case "mortal" -> Loaded.ofUtf8("x").withTtl(Duration.ofHours(1));
                  default -> Loaded.ofUtf8("value of " + key);
                });
    for (String key : new String[] {"small", "large", "mortal", "end"}) {
      assertNotNull(here.get(key));
    }
  }

  @AfterEach
  void close() {
    node.close();
    assertEquals(0, memory.metric().usedHeapMemory() + memory.metric().usedDirectMemory());
  }

  @ParameterizedTest
  @EnumSource(Form.class)
  void aConnectionEndsWhereverMemoryRunsOutForAnAnswer(Form form) {
    int allocations = 0;
    do {
      untilFault = allocations++;
      faulty = false;
      EmbeddedChannel channel = channel(form.dialect, failingAllocator());

      ask(channel, form);

      assertEnded(channel);
    } while (faulty);
    assertTrue(allocations > 1, "nothing failed");
  }

  @ParameterizedTest
  @EnumSource(Form.class)
  void aConnectionEndsWhicheverWriteOfAnAnswerFails(Form form) {
    int writes = 0;
    do {
      untilFault = writes++;
      faulty = false;
      EmbeddedChannel channel = channel(form.dialect, memory);
      channel.pipeline().addFirst(failingWrites());

      ask(channel, form);

      assertEnded(channel);
    } while (faulty);
    assertTrue(writes > 1, "nothing failed");
  }

  @Test
  void anAnswerThatCannotBeRenderedIsAFailureAndTheNextIsAnswered() {
    EmbeddedChannel channel = channel(Dialect.DAWNCACHE, memory);

    write(channel, "GET /broken HTTP/1.1\r\nHost: x\r\n\r\n");
    write(channel, "GET /odd HTTP/1.1\r\nHost: x\r\n\r\n");
    write(channel, "GET /_dawncache/here/small HTTP/1.1\r\nHost: x\r\n\r\n");

    assertTrue(channel.isOpen());
    String answers = outbound(channel);
    assertEquals(3, answers.split("HTTP/1.1 500 ", -1).length, answers);
    assertTrue(answers.endsWith("value of small"), answers);
    assertFalse(answers.contains("boom"), answers); // that is for the log
    channel.finishAndReleaseAll();
  }

  @Test
  void anErrorWhileAnAnswerIsRenderedEndsTheConnection() {
    EmbeddedChannel channel = channel(Dialect.DAWNCACHE, memory);

    write(channel, "GET /error HTTP/1.1\r\nHost: x\r\n\r\n");

    assertFalse(channel.isOpen());
    channel.finishAndReleaseAll();
  }

  /** An event loop without memory for one more task; closing fails for the same reason. */
  @ParameterizedTest
  @EnumSource(End.class)
  void anAnswerThatCannotBeHandedOverEndsTheConnectionWhenTheWatchLooks(End end) {
    Inbound inbound = inbound(Dialect.DAWNCACHE);
    RequestHandler handler = handler(inbound);
    EmbeddedChannel channel = new EmbeddedChannel(handler);
    ChannelHandlerContext ctx = channel.pipeline().firstContext();
    HandOver handOver =
        new HandOver(
            fake(Channel.class, channel, Map.of("close", AnswerFaultsTest::outOfMemory)),
            new Loop(AnswerFaultsTest::outOfMemory),
            inTransit(inbound));
    Reply exchange =
        new Exchange(
            handler,
            ctx,
            handOver,
            inbound,
            new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, "/"));
    IdleWatch watch = new IdleWatch(ctx, LIMITS, handler, handOver);

    end.way.accept(exchange, ends());
    assertTrue(channel.isOpen());
    channel.advanceTimeBy(LIMITS.idleTimeout().toNanos() / 4, TimeUnit.NANOSECONDS);
    channel.runScheduledPendingTasks();

    assertFalse(channel.isOpen());
    watch.stop();
    channel.finishAndReleaseAll();
  }

  /** Each way in which a request ends. */
  @SuppressWarnings("ImmutableEnumChecker") // they hold no state
  private enum End {
    VALUE((reply, ends) -> reply.value(ends.entry, 0)),
    ERROR((reply, ends) -> reply.error(ends.error)),
    REFUSAL((reply, ends) -> reply.refuse(ends.refusal)),
    OPERATION((reply, ends) -> reply.operated(MessageKind.FORGET, ends.result));

    private final BiConsumer<Reply, Ends> way;

    End(BiConsumer<Reply, Ends> way) {
      this.way = way;
    }
  }

  /** What a request may end with, made beforehand. */
  private record Ends(Entry entry, GetException error, Refusal refusal, OperationResult result) {}

  private Ends ends() {
    Group nothing = node.addGroup("nothing", key -> Loaded.notFound());
    return new Ends(
        node.group("here").getEntry("small", Duration.ofMinutes(1)),
        assertThrows(GetException.class, () -> nothing.get("k")),
        Refusal.tooMuchInFlight(),
        OperationResult.done(List.of()));
  }

  /** An event loop that is never this thread. */
  private static final class Loop extends AbstractEventExecutor {
    private final Runnable whenGivenATask;

    Loop(Runnable whenGivenATask) {
      this.whenGivenATask = whenGivenATask;
    }

    @Override
    public boolean inEventLoop(Thread thread) {
      return false;
    }

    @Override
    public void execute(Runnable task) {
      whenGivenATask.run();
    }

    @Override
    public boolean isShuttingDown() {
      return false;
    }

    @Override
    public Future<?> shutdownGracefully(long quietPeriod, long timeout, TimeUnit unit) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Future<?> terminationFuture() {
      throw new UnsupportedOperationException();
    }

    @Override
    @Deprecated
    public void shutdown() {}

    @Override
    public boolean isShutdown() {
      return false;
    }

    @Override
    public boolean isTerminated() {
      return false;
    }

    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) {
      return false;
    }
  }

  private static ValuesInTransit inTransit(Inbound inbound) {
    return new ValuesInTransit(inbound.node().bytesInFlight());
  }

  private static RequestHandler handler(Inbound inbound) {
    return new RequestHandler(
        inbound,
        new AnswerDates(InstantSource.system()),
        inTransit(inbound),
        Turns::of,
        new FailedPuts(System::nanoTime));
  }

  /** There may be no memory for one, and then the answer would be lost. */
  @ParameterizedTest
  @EnumSource(End.class)
  void fromItsEndToTheHandOverARequestMakesNoObject(End end) {
    Inbound inbound = inbound(Dialect.DAWNCACHE);
    RequestHandler handler = handler(inbound);
    EmbeddedChannel http = new EmbeddedChannel(handler);
    FrameService service = new FrameService(inbound, inTransit(inbound));
    EmbeddedChannel frames = new EmbeddedChannel(service);
    ValuesInTransit inTransit = inTransit(inbound);
    AtomicInteger handedOver = new AtomicInteger();
    Loop loop = new Loop(handedOver::incrementAndGet);
    var request = new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, "/");
    List<Reply> replies = new ArrayList<>();
    for (int i = 0; i < 2; i++) { // what the first makes are classes
      ChannelHandlerContext ctx = http.pipeline().firstContext();
      replies.add(
          new Exchange(handler, ctx, new HandOver(http, loop, inTransit), inbound, request));
      replies.add(
          new FrameExchange(service, new HandOver(frames, loop, inTransit), FrameKind.FETCH, i));
    }

    Ends ends = ends();
    List<Long> made = replies.stream().map(reply -> bytesMadeBy(end, ends, reply)).toList();

    assertEquals(4, handedOver.get());
    assertEquals(List.of(0L, 0L), made.subList(2, 4));
    http.finishAndReleaseAll();
    frames.finishAndReleaseAll();
  }

  private static long bytesMadeBy(End end, Ends ends, Reply reply) {
    var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    long self = Thread.currentThread().getId();
    long before = threads.getThreadAllocatedBytes(self);
    end.way.accept(reply, ends);
    return threads.getThreadAllocatedBytes(self) - before;
  }

  // Frames.

  @Test
  void aConnectionOfFramesEndsWhereverMemoryRunsOutOrAnswersAll() throws Exception {
    int allocations = 0;
    do {
      untilFault = Integer.MAX_VALUE;
      faulty = false;
      EmbeddedChannel channel = channel(Dialect.DAWNCACHE, failingAllocator());
      write(
          channel,
          "GET /_dawncache/probe HTTP/1.1\r\nHost: x\r\n"
              + PEER
              + "Connection: Upgrade\r\nUpgrade: dawncache-frames/1\r\n\r\n");
      channel.runPendingTasks();
      assertTrue(outbound(channel).startsWith("HTTP/1.1 101 "));
      untilFault = allocations++;

      if (channel.isOpen()) {
        channel.writeInbound(
            Unpooled.wrappedBuffer(
                frame(FrameKind.FETCH, 1, fetch("here", "small")),
                frame(FrameKind.FETCH, 2, fetch("here", "large")),
                frame(FrameKind.FETCH, 3, fetch("nowhere", "k")),
                frame(
                    FrameKind.FORGET,
                    4,
                    ForgetRequest.newBuilder().setGroup("here").addKeys("k").build()),
                frame(FrameKind.GET_ALL, 5, Form.getAll()),
                frame(FrameKind.PING, 0, new byte[0])));
      }
      channel.runPendingTasks();

      if (channel.isOpen()) {
        assertEquals(Set.of(1, 2, 3, 4, 5), answered(channel));
      } else {
        assertTrue(faulty);
      }
      channel.finishAndReleaseAll();
    } while (faulty);
    assertTrue(allocations > 3, "nothing failed");
  }

  private static Set<Integer> answered(EmbeddedChannel channel) throws Exception {
    Set<Integer> ids = new HashSet<>();
    FrameReader reader = new FrameReader();
    for (ByteBuf next = channel.readOutbound(); next != null; next = channel.readOutbound()) {
      reader.read(
          next,
          UnpooledByteBufAllocator.DEFAULT,
          (kind, id, more, payload) -> {
            if (!more && id != 0) {
              ids.add(id);
            }
          });
    }
    reader.close();
    return ids;
  }

  private static MessageLite fetch(String group, String key) {
    return FetchRequest.newBuilder().setGroup(group).setKey(key).setTimeoutMillis(60_000).build();
  }

  private static ByteBuf frame(FrameKind kind, int id, MessageLite message) {
    return frame(kind, id, message.toByteArray());
  }

  private static ByteBuf frame(FrameKind kind, int id, byte[] payload) {
    ByteBuf out = Unpooled.buffer();
    Frames.writeHead(payload.length, id, kind, false, out);
    return out.writeBytes(payload);
  }

  // The world of these tests.

  private void ask(EmbeddedChannel channel, Form form) {
    ByteBuf requests = Unpooled.buffer();
    requests.writeCharSequence(form.head, US_ASCII);
    requests.writeBytes(form.body.toByteArray());
    requests.writeCharSequence(
        "GET "
            + form.dialect.basePath()
            + "here/end HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
        US_ASCII);
    channel.writeInbound(requests);
    for (int turn = 0; turn < MOST_TURNS; turn++) {
      channel.runPendingTasks();
    }
  }

  /** The last request asks for the end of the connection: it ends, by its answer or before. */
  private void assertEnded(EmbeddedChannel channel) {
    assertFalse(channel.isOpen(), "a request waits for its answer");
    String answers = outbound(channel);
    assertTrue(faulty || answers.endsWith("value of end"), answers);
    channel.finishAndReleaseAll();
  }

  private static void write(EmbeddedChannel channel, String request) {
    channel.writeInbound(Unpooled.copiedBuffer(request, US_ASCII));
  }

  private static String outbound(EmbeddedChannel channel) {
    StringBuilder all = new StringBuilder();
    for (ByteBuf next = channel.readOutbound(); next != null; next = channel.readOutbound()) {
      all.append(next.toString(ISO_8859_1));
      next.release();
    }
    return all.toString();
  }

  private EmbeddedChannel channel(Dialect dialect, ByteBufAllocator allocator) {
    EmbeddedChannel channel = new EmbeddedChannel();
    channel.config().setAllocator(allocator);
    channel
        .pipeline()
        .addLast(
            new InboundPipeline(
                inbound(dialect), new DefaultChannelGroup(ImmediateEventExecutor.INSTANCE)));
    return channel;
  }

  private Inbound inbound(Dialect dialect) {
    return TestInbound.of(
        node,
        dialect,
        LIMITS,
        Map.of(
            "/page", new Page("text/plain", () -> new byte[1000]),
            "/odd", new Page("text/plain\r\nEvil: yes", () -> new byte[10]),
            "/broken", new Page("text/plain", AnswerFaultsTest::boom),
            "/error", new Page("text/plain", AnswerFaultsTest::outOfMemory)),
        InstantSource.system(),
        () -> {},
        true);
  }

  private static byte[] boom() {
    throw new IllegalStateException("boom");
  }

  private static byte[] outOfMemory() {
    throw new NoMemory();
  }

  private ByteBufAllocator failingAllocator() {
    return (ByteBufAllocator)
        Proxy.newProxyInstance(
            getClass().getClassLoader(),
            new Class<?>[] {ByteBufAllocator.class},
            (self, method, arguments) -> {
              if (ByteBuf.class.isAssignableFrom(method.getReturnType())) {
                step();
              }
              try {
                return method.invoke(memory, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  private ChannelOutboundHandlerAdapter failingWrites() {
    return new ChannelOutboundHandlerAdapter() {
      @Override
      public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
        try {
          step();
        } catch (NoMemory e) {
          ((ByteBuf) message).release();
          throw e;
        }
        ctx.write(message, promise);
      }
    };
  }

  private void step() {
    if (untilFault-- == 0) {
      faulty = true;
      throw new NoMemory();
    }
  }

  /** As an OutOfMemoryError; of those, one that escaped would end the test runner itself. */
  private static final class NoMemory extends VirtualMachineError {
    private static final long serialVersionUID = 1L;
  }

  private interface Step {
    Object run();
  }

  private static <T> T fake(Class<T> type, T real, Map<String, Step> steps) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (self, method, arguments) -> {
              Step step = steps.get(method.getName());
              return step == null ? method.invoke(real, arguments) : step.run();
            }));
  }
}
