package io.dawncache.server.inbound;

import io.dawncache.core.ByteView;
import io.dawncache.core.Entry;
import io.dawncache.core.GetCallback;
import io.dawncache.core.GetException;
import io.dawncache.core.Group;
import io.dawncache.core.OperationResult;
import io.dawncache.core.PeerRequest;
import io.dawncache.server.wire.Freshness;
import io.dawncache.server.wire.MessageKind;
import io.dawncache.server.wire.Refusal;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpUtil;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * One request from its start to its answer: a value, some other {@link Answer}, or a {@link
 * ResultStream}. It may end on any thread; the answer is then handed over to the connection's event
 * loop, where all fields live. It stays a value, not a buffer, until its turn to be written, so
 * nothing leaks if the connection goes first.
 */
final class Exchange implements GetCallback, Reply {
  private final RequestHandler handler;
  private final ChannelHandlerContext ctx;
  private final Inbound inbound;
  private final boolean head;

  private boolean keepAlive;
  private @Nullable Group group; // that is asked
  private boolean fromOurs;
  private @Nullable Entry entry;
  private double minuteQps;
  private @Nullable Answer answer;
  private @Nullable Pieces pieces;
  private int pageBytes;
  private boolean over;

  Exchange(
      RequestHandler handler, ChannelHandlerContext ctx, Inbound inbound, HttpRequest request) {
    this.handler = handler;
    this.ctx = ctx;
    this.inbound = inbound;
    this.head = request.method().equals(HttpMethod.HEAD);
    this.keepAlive = keepsAlive(request);
  }

  /**
   * Most requests say nothing of it; to go through values that are not there costs each of them.
   */
  private static boolean keepsAlive(HttpRequest request) {
    return request.headers().contains(HttpHeaderNames.CONNECTION)
        ? HttpUtil.isKeepAlive(request)
        : request.protocolVersion().isKeepAliveDefault();
  }

  /** Says whom the get is about to ask, and whether one of our nodes does. */
  void asks(Group group, boolean fromOurs) {
    this.group = group;
    this.fromOurs = fromOurs;
  }

  @Override
  public void value(Entry entry, double minuteQps) {
    int length = entry.value().length();
    if (length > inbound.limits().maxValueBytes()) {
      String text =
          "value: " + length + " bytes (expected: <= " + inbound.limits().maxValueBytes() + ")";
      refuse(Refusal.failed(inbound.dialect(), text));
    } else if (ctx.executor().inEventLoop()) {
      answer(entry, minuteQps);
    } else {
      handOver(() -> answer(entry, minuteQps));
    }
  }

  @Override
  public void error(GetException error) {
    refuse(Refusal.of(inbound.dialect(), error));
  }

  private void answer(Entry entry, double minuteQps) {
    this.entry = entry;
    this.minuteQps = minuteQps;
    handler.answered(ctx);
  }

  @Override
  public void operated(MessageKind kind, OperationResult result) {
    answer((toHead, last, out) -> Responses.operation(kind, result, last, out));
  }

  /** Answers without a value, on any thread. */
  @Override
  public void refuse(Refusal refusal) {
    answer((toHead, last, out) -> Responses.refusal(refusal, inbound.dialect(), toHead, last, out));
  }

  /** Answers without a value, as the connection's last, on its event loop. */
  void refuseAndClose(Refusal refusal) {
    keepAlive = false;
    refuse(refusal);
  }

  /** Answers with a page; one that cannot be rendered is a failure told in its place. */
  void show(Page page) {
    byte[] body;
    try {
      body = page.body().get();
    } catch (RuntimeException e) {
      refuse(Refusal.failed(inbound.dialect(), "page: " + e));
      return;
    }
    pageBytes = body.length;
    answer((toHead, last, out) -> Responses.page(page.contentType(), body, toHead, last, out));
  }

  /** Answers with what is rendered when its turn comes, on any thread. */
  void answer(Answer answer) {
    if (ctx.executor().inEventLoop()) {
      answerOnLoop(answer);
    } else {
      handOver(() -> answerOnLoop(answer));
    }
  }

  private void answerOnLoop(Answer answer) {
    this.answer = answer;
    handler.answered(ctx);
  }

  /** Answers with a result of each request, as they come. */
  @Override
  public ResultStream stream(List<PeerRequest> requests, ResultStream.Source source) {
    Runnable onCome =
        () -> {
          if (ctx.executor().inEventLoop()) {
            handler.answered(ctx);
          } else {
            handOver(() -> handler.answered(ctx));
          }
        };
    ResultStream stream =
        new ResultStream(
            requests,
            inbound.limits().maxValueBytes(),
            onCome,
            source,
            inbound.node().bytesInFlight().open(ctx::close));
    pieces = new ChunkedResults(stream);
    return stream;
  }

  private void handOver(Runnable task) {
    try {
      ctx.executor().execute(task);
    } catch (RejectedExecutionException e) {
      // The server has closed, and this connection with it: nobody waits for the answer.
    }
  }

  /** Returns how many bytes it keeps in memory until they are written, but for what it streams. */
  long heldBytes() {
    return entry != null ? entry.value().length() : pieces != null ? pieces.heldBytes() : pageBytes;
  }

  /** Refuses if it holds a value of which nothing is written; returns how long that was. */
  long refuseValue() {
    long held = entry == null ? 0 : heldBytes();
    if (held > 0) {
      entry = null;
      Refusal refusal = Refusal.tooMuchInFlight();
      answer =
          (toHead, last, out) -> Responses.refusal(refusal, inbound.dialect(), toHead, last, out);
    }
    return held;
  }

  /** It will not be answered, or is: lets go of what it holds. */
  void close() {
    entry = null;
    answer = null;
    if (pieces != null) {
      pieces.close();
    }
  }

  /** Returns whether there is something to write. */
  boolean hasNext() {
    return entry != null || answer != null || (pieces != null && pieces.hasNext());
  }

  /** Returns whether all has been written. */
  boolean isOver() {
    return over;
  }

  boolean keepsAlive() {
    return keepAlive;
  }

  /**
   * Writes what there is next; there must be something.
   *
   * @param last whether it would be the connection's last answer
   */
  void write(boolean last, Outbox out) {
    if (entry != null) {
      write(entry, freshness(entry), last, out);
    } else if (answer != null) {
      answer.render(head, last, out);
      over = true;
    } else if (pieces != null) {
      pieces.write(last, out);
      over = pieces.isOver();
      if (over) {
        pieces.close();
      }
    }
  }

  private void write(Entry entry, Freshness freshness, boolean last, Outbox out) {
    ByteView value = entry.value();
    if (head) {
      ByteBuf room = out.room(Values.AROUND_VALUE_BYTES);
      Values.writeHead(value, freshness, entry.isStale(), inbound.dialect(), last, room);
    } else if (value.length() <= LargeValue.PIECE_BYTES) {
      Values.write(value, freshness, entry.isStale(), inbound.dialect(), last, out);
    } else {
      pieces = new LargeValue(entry, freshness, inbound.dialect());
      pieces.write(last, out);
    }
    this.entry = null;
    over = pieces == null;
  }

  /** What is left of the value's life is left now, and not when the get ended. */
  private Freshness freshness(Entry entry) {
    Duration left = Objects.requireNonNull(group, "group").lifeLeft(entry);
    return fromOurs
        ? Freshness.toOurs(left, entry.isStale(), minuteQps)
        : Freshness.toOthers(left, inbound.clock());
  }
}
