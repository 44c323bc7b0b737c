package io.dawncache.server.inbound;

import io.dawncache.core.ByteView;
import io.dawncache.core.Entry;
import io.dawncache.core.Group;
import io.dawncache.core.OperationResult;
import io.dawncache.core.PeerRequest;
import io.dawncache.core.TraceContext;
import io.dawncache.server.wire.Fleet;
import io.dawncache.server.wire.Freshness;
import io.dawncache.server.wire.Headers;
import io.dawncache.server.wire.MessageKind;
import io.dawncache.server.wire.Refusal;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpUtil;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One request from its start to its answer: a value, some other {@link Answer}, or a {@link
 * ResultStream}. The outcome stays a value, not a buffer, until its turn to be written, so nothing
 * leaks if the connection closes first.
 */
final class Exchange extends Reply {
  private static final System.Logger LOG = System.getLogger(Exchange.class.getName());

  private final RequestHandler handler;
  private final ChannelHandlerContext ctx;
  private final Inbound inbound;
  private final boolean head;
  private final boolean http10;

  private @Nullable HttpHeaders asking; // the get's request, while it may ask for its trace
  private boolean keepAlive;
  private boolean fromOurs;
  private boolean plainPut; // a client's, or a mailgun node's
  private @Nullable Answer answer;
  private @Nullable Pieces pieces;
  private boolean ended; // the outcome may be read; pieces take its place
  private boolean over;
  private int status = 200; // unless the answer is a response of its own

  Exchange(
      RequestHandler handler,
      ChannelHandlerContext ctx,
      HandOver handOver,
      Inbound inbound,
      HttpRequest request) {
    super(handOver);
    this.handler = handler;
    this.ctx = ctx;
    this.inbound = inbound;
    this.head = request.method().equals(HttpMethod.HEAD);
    this.http10 = !request.protocolVersion().isKeepAliveDefault();
    this.keepAlive = keepsAlive(request);
  }

  /** Most requests lack this header, so the cheap check comes first. */
  private static boolean keepsAlive(HttpRequest request) {
    return request.headers().contains(HttpHeaderNames.CONNECTION)
        ? HttpUtil.isKeepAlive(request)
        : request.protocolVersion().isKeepAliveDefault();
  }

  /**
   * Names the group that the get is about to ask, and says whether one of our nodes asks.
   *
   * @param headers of the request
   */
  void asks(Group group, boolean fromOurs, HttpHeaders headers) {
    asks(group);
    this.fromOurs = fromOurs;
    this.asking = headers;
  }

  /**
   * Reads the trace only when the core asks for it, for a miss; so a hit does not pay for it. After
   * that the headers need not stay in memory while the get waits.
   */
  @Override
  public @Nullable TraceContext trace() {
    HttpHeaders headers = asking;
    asking = null;
    return headers == null ? null : Headers.trace(headers);
  }

  /**
   * Says that it will end with the outcome of a put by a client that does not know our messages.
   */
  void answersPlainPut() {
    plainPut = true;
  }

  @Override
  void ended(boolean elsewhere) {
    ended = true;
    if (elsewhere) {
      handler.answeredElsewhere(ctx);
    } else {
      handler.answered(ctx);
    }
  }

  @Override
  ResultStream stream(List<PeerRequest> requests, ResultStream.Source source) {
    ResultStream stream =
        stream(
            requests,
            inbound,
            source,
            () -> handler.answered(ctx),
            inbound.node().bytesInFlight().open(ctx::close));
    pieces = new ChunkedResults(stream);
    return stream;
  }

  // Everything from here on runs on the event loop.

  /**
   * Answers with something that is neither a value nor a refusal nor the outcome of an operation.
   */
  void answer(Answer answer) {
    this.answer = answer;
    end();
  }

  /** Answers without a value, as the connection's last. */
  void refuseAndClose(Refusal refusal) {
    closes();
    refuse(refusal);
  }

  /** Ends the connection after the answer, whatever that is. */
  void closes() {
    keepAlive = false;
  }

  /** Returns how many bytes it keeps in memory until they are written, except what it streams. */
  long heldBytes() {
    if (ended && entry != null) {
      return entry.value().length();
    }
    return pieces == null ? 0 : pieces.heldBytes();
  }

  /** Replaces a value of which nothing is written with a refusal; returns the value's length. */
  long refuseValue() {
    if (!ended || entry == null) {
      return 0;
    }
    long held = entry.value().length();
    entry = null;
    refusal = Refusal.tooMuchInFlight();
    return held;
  }

  /** Releases what it holds: it is answered, or will not be. */
  void close() {
    entry = null;
    answer = null;
    operated = null;
    if (pieces != null) {
      pieces.close();
    }
  }

  /** Returns whether there is something to write. */
  boolean hasNext() {
    return ended || (pieces != null && pieces.hasNext());
  }

  /** Returns whether what it writes next is a piece of a long answer. */
  boolean isLong() {
    if (!ended) {
      return pieces != null && pieces.isNextLong();
    }
    Entry value = entry;
    return value != null && !head && value.value().length() > LargeValue.PIECE_BYTES;
  }

  /** Returns whether all has been written. */
  boolean isOver() {
    return over;
  }

  /** Returns the status that its answer has, as far as that is written. */
  int status() {
    return status;
  }

  boolean keepsAlive() {
    return keepAlive;
  }

  /**
   * Writes the next part; there must be one. If this throws, part of it may have been written, and
   * nothing can follow on the connection.
   *
   * @param last whether it would be the connection's last answer
   */
  void write(boolean last, Outbox out) {
    Persistence persistence = persistence(last);
    Entry value = entry;
    if (!ended && pieces != null) {
      pieces.write(persistence, out);
      over = pieces.isOver();
      if (over) {
        pieces.close();
      }
    } else if (value != null && value.value().length() <= inbound.limits().maxValueBytes()) {
      write(value, freshness(value), persistence, out);
    } else {
      Response response = render();
      status = response.status();
      response.write(head, persistence, out);
      over = true;
      if (pieces != null) {
        pieces.close(); // the refusal takes their place
      }
    }
  }

  private Persistence persistence(boolean last) {
    if (last) {
      return Persistence.CLOSE;
    }
    return http10 ? Persistence.KEEP_ALIVE : Persistence.DEFAULT;
  }

  private void write(Entry entry, Freshness freshness, Persistence persistence, Outbox out) {
    ByteView value = entry.value();
    if (head) {
      ByteBuf room = out.room(Values.AROUND_VALUE_BYTES);
      Values.writeHead(
          value, freshness, entry.isStale(), inbound.dialect(), persistence, out.date(), room);
      over = true;
    } else if (value.length() <= LargeValue.PIECE_BYTES) {
      Values.write(value, freshness, entry.isStale(), inbound.dialect(), persistence, out);
      over = true;
    } else {
      pieces = new LargeValue(entry, freshness, inbound.dialect());
      this.entry = null;
      ended = false;
      pieces.write(persistence, out);
      over = pieces.isOver();
    }
  }

  /**
   * The TTL is what remains now, not what remained when the get ended. In our own dialect a client
   * gets the value alone.
   */
  private Freshness freshness(Entry entry) {
    if (!fromOurs && inbound.dialect().isOurs()) {
      return Freshness.NONE;
    }
    Duration left = asked().forServers().remainingTtl(entry);
    return fromOurs
        ? Freshness.toOurs(left, entry.isStale(), minuteQps).with(entry.metadata())
        : Freshness.toOthers(left, inbound.clock());
  }

  /** Every request gets an answer, even if its own cannot be rendered. */
  private Response render() {
    try {
      if (answer != null) {
        return answer.render();
      }
      OperationResult outcome = operated;
      return outcome == null
          ? Responses.refusal(refusal(), inbound.dialect())
          : render(outcome, Objects.requireNonNull(operation, "operation"));
    } catch (RuntimeException e) {
      LOG.log(Level.ERROR, "answer to " + ctx.channel().remoteAddress() + ": not rendered", e);
      String text = "the answer could not be rendered (the node's log says why)";
      return Responses.refusal(Refusal.failed(inbound.dialect(), text), inbound.dialect());
    }
  }

  private Response render(OperationResult outcome, MessageKind kind) {
    if (plainPut) {
      return Responses.put(outcome, inbound.dialect());
    }
    Fleet fleet = inbound.fleet();
    return kind == MessageKind.MEMBERS
        ? Responses.operation(kind, outcome, fleet.report(), fleet.membersWithHints())
        : Responses.operation(kind, outcome, fleet.list(), null);
  }

  private Refusal refusal() {
    if (refusal != null) {
      return refusal;
    }
    if (error != null) {
      return fromOurs
          ? Refusal.toOurs(inbound.dialect(), error)
          : Refusal.of(inbound.dialect(), error);
    }
    int length = Objects.requireNonNull(entry, "entry").value().length();
    String text =
        "value: " + length + " bytes (expected: <= " + inbound.limits().maxValueBytes() + ")";
    return Refusal.failed(inbound.dialect(), text);
  }
}
