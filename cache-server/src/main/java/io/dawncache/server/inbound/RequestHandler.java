package io.dawncache.server.inbound;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.dawncache.server.RequestListener;
import io.dawncache.server.frame.FrameUpgrade;
import io.dawncache.server.tls.TlsHandler;
import io.dawncache.server.wire.BadRequestException;
import io.dawncache.server.wire.Fatal;
import io.dawncache.server.wire.Hello;
import io.dawncache.server.wire.Refusal;
import io.netty.channel.Channel;
import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.EventExecutor;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One connection's requests: it serves them side by side, and answers them in the order in which
 * they arrived.
 */
final class RequestHandler extends ChannelInboundHandlerAdapter implements IdleWatch.Watched {
  /*
   * A decoded request waits in `arrived` until it is whole and may start, then in `started` until
   * it and all before it are answered. It may start while fewer than MAX_STARTED are started and
   * the channel is writable; an answer, too, is written only while the channel is writable.
   * Otherwise reading stops. So a connection holds at most MAX_STARTED answers, one body and what
   * one read decoded, and its buffers exceed the channel's high-water mark by at most one value,
   * however many requests a client writes without reading.
   *
   * Of the requests in `arrived` only the last may lack a part of its body. It counts as absent: a
   * silent connection does not stay open for it, and a server that stops does not wait for it. A
   * request also has a time limit to arrive whole, so that a byte now and then keeps nothing open.
   *
   * The answer to a get of many keys, or with a long value, is written in pieces, each under the
   * rule for a whole one, and keeps its place until the last. Each piece waits for the connection's
   * turn among those of its event loop, and so does what follows BURST_BYTES of short answers.
   *
   * Everything that moves a request on happens in advance(), which never runs inside itself:
   *   1. a write crosses the high-water mark, and the channel notifies us inside that write;
   *   2. a flush empties the channel, and the channel notifies us inside that flush;
   *   3. a hit answers inside start().
   * Each of them calls advance() again in the middle of a write, where another write would break
   * the encoder. So the inner call does nothing, and the outer one looks again before it ends.
   *
   * A client that ends its side may still wait for its answers. Until an answer is written to it,
   * it looks like a client that has closed the connection.
   *
   * A hit answers inside start(); all pipelined hits of one read leave in one flush, at
   * channelReadComplete. Answers that other threads bring later share a flush, too: if more than
   * one request is started, advance() becomes a task of the loop, behind the hand-overs that are
   * queued already, and does nothing until then.
   *
   * A request that is not answered would hold up all behind it for ever. So whatever is thrown in
   * advance() closes the connection, also when advance() is a task of the loop, whose failure
   * nothing would report. An answer that could not be handed over to the loop closes the
   * connection, too, at the latest when the idle watch next looks.
   */
  static final int MAX_STARTED = 64;

  /** What may leave in a row without a turn. */
  static final int BURST_BYTES = 128 << 10;

  private static final System.Logger LOG = System.getLogger(RequestHandler.class.getName());
  private static final long LINGER_MILLIS = 1000;
  static final long LAST_CALL_MILLIS = 100;
  private static final byte[] CONTINUE = "HTTP/1.1 100 Continue\r\n\r\n".getBytes(US_ASCII);

  /**
   * Fired into a pipeline to drain it: it answers what it has, takes no more, and closes. A client
   * may have sent a request that we have not read, and it may be no GET, which it could send again.
   * So an HTTP connection takes requests for {@value #LAST_CALL_MILLIS} ms more; the last answer
   * says that it closes.
   */
  enum Drain {
    NOW,
    /**
     * Only connections of frames end: their other sides have to prove again that they are peers.
     */
    PEERS
  }

  private final Inbound inbound;
  private final AnswerDates dates;
  private final ValuesInTransit inTransit;
  private final Function<? super EventExecutor, Turns> turnsOf;
  private final RequestRules rules = new RequestRules();
  private final Admission admission;
  private final RequestDispatcher dispatcher;
  private final ArrayDeque<Arrival> arrived = new ArrayDeque<>();
  private final ArrayDeque<Exchange> started = new ArrayDeque<>();

  @SuppressWarnings("NullAway.Init") // by handlerAdded
  private Outbox outbox;

  @SuppressWarnings("NullAway.Init") // by handlerAdded
  private IdleWatch idleWatch;

  @SuppressWarnings("NullAway.Init") // by handlerAdded
  private HandOver handOver;

  @SuppressWarnings("NullAway.Init") // by handlerAdded
  private Unsent unsent;

  @SuppressWarnings("NullAway.Init") // by handlerAdded
  private Runnable advanceNow;

  @SuppressWarnings("NullAway.Init") // by handlerAdded
  private Turns.Turn turn;

  private @Nullable RequestWatch watch; // if the server reports its requests

  private @Nullable Body body; // of the request being read, if it may have one
  private long droppedBytes; // of the body being read, if it may not
  private boolean continueDue; // the client waits for 100 Continue before it sends the body
  private long requests; // how many heads have been read
  private boolean inHead; // a part of the next one has arrived
  private boolean inBody; // the last request's body is not complete
  private boolean reading; // a channelReadComplete will follow and flush
  private boolean advancing; // advance() is on the stack
  private boolean advancePending; // it is queued as a task of the event loop
  private boolean hasTurn; // what needs a turn may be written, once
  private long burstStart; // of the bytes that have been written into the outbox
  private boolean lastCall; // the server stops: the next answer with none behind it is the last
  private boolean draining; // no more is taken: the server stops, or nothing more can follow
  private boolean inputEnded; // the client has ended its side
  private boolean startedLast; // the last request that will be served is among the started
  private boolean closing; // the last answer is written; what still arrives is dropped

  /**
   * Makes the handler of one connection.
   *
   * @param turnsOf returns the turns of an event loop
   */
  RequestHandler(
      Inbound inbound,
      AnswerDates dates,
      ValuesInTransit inTransit,
      Function<? super EventExecutor, Turns> turnsOf,
      FailedPuts failedPuts) {
    this.inbound = inbound;
    this.dates = dates;
    this.inTransit = inTransit;
    this.turnsOf = turnsOf;
    this.admission = new Admission(inbound.fleet(), inbound.tls());
    this.dispatcher = new RequestDispatcher(inbound, admission, failedPuts);
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    outbox = new Outbox(ctx, dates);
    unsent = new Unsent(ctx, inbound.node().bytesInFlight());
    handOver = new HandOver(ctx.channel(), ctx.executor(), inTransit);
    advanceNow =
        () -> {
          advancePending = false;
          advance(ctx);
        };
    turn = turnsOf.apply(ctx.executor()).turn(() -> takeTurn(ctx));
    idleWatch = new IdleWatch(ctx, inbound.limits(), this, handOver);
    RequestListener listener = inbound.requests();
    if (listener != null) {
      watch = new RequestWatch(listener, inbound.clock(), ctx.channel().remoteAddress());
    }
  }

  /** The connection switches to frames, or it has closed. */
  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    unsent.close();
    idleWatch.stop();
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (!reading) {
      reading = true;
      idleWatch.moved();
      inbound.beforeReading().run();
    }
    try {
      if (closing) {
        return;
      }
      if (message instanceof HttpRequest request) {
        arrive(ctx, request);
      } else if (message instanceof HttpContent part) {
        read(ctx, part);
      }
    } finally {
      ReferenceCountUtil.release(message);
    }
  }

  private void arrive(ChannelHandlerContext ctx, HttpRequest request) {
    Refusal fault = fault(ctx.channel(), request);
    FrameUpgrade.Grant grant =
        fault == null && mayHaveFrames(request)
            ? admission.grant(request, ctx.channel().remoteAddress())
            : null;
    if (grant != null) {
      outbox.flush(); // the answers to what this read pipelined before
      Hello.of(request.headers()).noteIn(inbound.fleet(), null);
      FrameService.takeOver(ctx, grant, inbound, inTransit);
      return;
    }
    requests++;
    inHead = false;
    inBody = true;
    droppedBytes = 0;
    body = fault == null ? dispatcher.bodyOf(request, ctx::close) : null;
    if (draining && body != null) {
      body.close(); // it may never be complete
      body = null;
    } else {
      if (body != null) {
        fault = expect(request, body);
      }
      arrived.add(new Arrival(request, body, fault));
      advance(ctx);
    }
  }

  /** Returns what is wrong with a request's head, or with the certificate of who sends it. */
  private @Nullable Refusal fault(Channel channel, HttpRequest request) {
    Refusal fault = rules.fault(request);
    return fault == null ? admission.uncertified(request, channel) : fault;
  }

  /** Notes what the client expects before it sends the body; returns what is wrong with that. */
  private @Nullable Refusal expect(HttpRequest request, Body body) {
    String expectation = request.headers().get(HttpHeaderNames.EXPECT);
    if (expectation == null || !request.protocolVersion().isKeepAliveDefault()) {
      return null; // HTTP/1.0 has no expectations
    }
    if (!HttpHeaderValues.CONTINUE.contentEqualsIgnoreCase(expectation)) {
      Refusal fault = Refusal.expectationFailed();
      body.fail(fault);
      return fault;
    }
    continueDue = true;
    return null;
  }

  /** A switch that arrives before earlier answers have left is served as a plain probe. */
  private boolean mayHaveFrames(HttpRequest request) {
    return inbound.frames()
        && !lastCall
        && !draining
        && started.isEmpty()
        && arrived.isEmpty()
        && FrameUpgrade.isAsked(request, inbound.dialect())
        && inbound.fleet().isOwnCluster(Hello.of(request.headers()).cluster());
  }

  private void read(ChannelHandlerContext ctx, HttpContent part) {
    if (part instanceof LastHttpContent) {
      inBody = false;
    }
    continueDue &= !part.content().isReadable() && inBody; // else the client has not waited
    if (body == null) {
      drop(ctx, part);
    } else {
      body.add(part);
      if (body.isOver()) {
        advance(ctx);
      }
      if (!inBody) {
        body = null;
      }
    }
  }

  /**
   * Skips a body that the request may not have, up to a bound. Beyond it, or if its end cannot be
   * found, the connection closes behind the answers that are due.
   */
  private void drop(ChannelHandlerContext ctx, HttpContent part) {
    droppedBytes += part.content().readableBytes();
    if (droppedBytes > inbound.limits().maxBodyBytes() || part.decoderResult().isFailure()) {
      takeNoMore(ctx);
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    inHead |= !reading && !inBody; // of bytes that completed no message
    reading = false;
    advance(ctx);
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    unsent.moved();
    advance(ctx);
  }

  /** Writes what is answered and starts what has arrived, as far as allowed, and flushes. */
  private void advance(ChannelHandlerContext ctx) {
    if (advancing || advancePending) {
      return;
    }
    advancing = true;
    try {
      do {
        writeAnswered(ctx);
        while (hasArrived() && mayStart(ctx)) {
          start(ctx, arrived.remove());
          writeAnswered(ctx);
        }
        flush(); // which may have made the channel writable again
      } while (nextAnswered(ctx) != null || (hasArrived() && mayStart(ctx)));
      if (continueDue && mayStart(ctx)) {
        writeContinue();
      }
    } catch (Throwable e) {
      fail(ctx, e);
    } finally {
      advancing = false;
    }
    if (!reading) {
      unsent.settle(started);
      burstStart = outbox.writtenBytes();
    }
    readOn(ctx, closing || (!draining && mayStart(ctx)));
  }

  /** In its turn: after the answers to all earlier requests. */
  private void writeContinue() {
    if (started.isEmpty() && arrived.size() == 1 && body != null && !body.isOver()) {
      continueDue = false;
      outbox.room(CONTINUE.length).writeBytes(CONTINUE);
      flush();
    }
  }

  /** The output may end in the middle of an answer, so nothing can follow it. */
  private void fail(ChannelHandlerContext ctx, Throwable cause) {
    try {
      end();
    } finally {
      ctx.close();
    }
    Fatal.report(cause);
    if (!(cause instanceof IOException)) {
      LOG.log(Level.ERROR, "connection of " + ctx.channel().remoteAddress() + " closed", cause);
    }
  }

  /**
   * Sets it only when it changes: each hit would else pay a volatile write that other cores see.
   */
  private static void readOn(ChannelHandlerContext ctx, boolean on) {
    ChannelConfig config = ctx.channel().config();
    if (config.isAutoRead() != on) {
      config.setAutoRead(on);
    }
  }

  /** Returns whether the next request is whole. */
  private boolean hasArrived() {
    Arrival next = arrived.peek();
    return next != null && next.isOver();
  }

  private boolean mayStart(ChannelHandlerContext ctx) {
    return !closing && !startedLast && started.size() < MAX_STARTED && ctx.channel().isWritable();
  }

  private void start(ChannelHandlerContext ctx, Arrival arrival) {
    Exchange exchange = new Exchange(this, ctx, handOver, inbound, arrival.head());
    started.add(exchange);
    if (watch != null) {
      watch.started(arrival.head());
    }
    try {
      dispatcher.serve(arrival, ctx.channel().remoteAddress(), exchange);
    } catch (BadRequestException e) {
      exchange.refuse(Refusal.badRequest(String.valueOf(e.getMessage())));
    } catch (IllegalArgumentException e) { // the core refuses the key
      exchange.refuse(Refusal.badRequest(String.valueOf(e.getMessage())));
    }
    startedLast = !exchange.keepsAlive();
  }

  /** An exchange has its answer, or a further part of it. */
  void answered(ChannelHandlerContext ctx) {
    advance(ctx);
  }

  /**
   * Another thread has brought an exchange its answer. If others may have theirs as well, all are
   * written in one flush.
   */
  void answeredElsewhere(ChannelHandlerContext ctx) {
    if (started.size() == 1) {
      advance(ctx);
    } else if (!advancePending) {
      try {
        ctx.executor().execute(advanceNow);
        advancePending = true;
      } catch (Throwable e) {
        fail(ctx, e);
      }
    }
  }

  private void writeAnswered(ChannelHandlerContext ctx) {
    for (Exchange next = nextAnswered(ctx); next != null; next = nextAnswered(ctx)) {
      write(ctx, next);
    }
  }

  /** Returns the first in the order if it has something to write and may write it, or null. */
  private @Nullable Exchange nextAnswered(ChannelHandlerContext ctx) {
    Exchange next = closing || !ctx.channel().isWritable() ? null : started.peek();
    if (next == null || !next.hasNext()) {
      return null;
    }
    if (needsTurn(next) && !hasTurn) {
      turn.ask();
      return null;
    }
    return next;
  }

  private boolean needsTurn(Exchange next) {
    return next.isLong() || outbox.writtenBytes() - burstStart >= BURST_BYTES;
  }

  /** Writes a piece of a long answer, or a burst of short ones; returns how many bytes. */
  private long takeTurn(ChannelHandlerContext ctx) {
    long before = outbox.writtenBytes();
    hasTurn = true;
    advance(ctx);
    hasTurn = false;
    return outbox.writtenBytes() - before;
  }

  private void write(ChannelHandlerContext ctx, Exchange exchange) {
    boolean behindIsNone = started.size() == 1 && arrived.isEmpty();
    boolean last = !exchange.keepsAlive() || ((lastCall || draining) && behindIsNone);
    if (needsTurn(exchange)) {
      hasTurn = false;
      burstStart = outbox.writtenBytes();
    }
    exchange.write(last, outbox);
    idleWatch.moved();
    if (closing || !exchange.isOver()) {
      return; // the write failed, or the exchange keeps its place until its whole answer is written
    }
    started.remove();
    if (watch != null) {
      watch.answered(exchange.status(), outbox.writtenBytes());
    }
    if (last) {
      closeBehindTheOutput(ctx);
    }
  }

  /** Drops all that has arrived: none of it is served or answered any more. */
  private void dropAll() {
    started.forEach(Exchange::close);
    started.clear();
    if (watch != null) {
      watch.clear();
    }
    arrived.forEach(Arrival::close);
    arrived.clear();
  }

  /**
   * To close with unread bytes would reset the connection, and the client could lose our answer. So
   * this ends our side and reads on for a short time, until the client ends its own.
   */
  private void closeGently(Channel channel) {
    if (channel instanceof DuplexChannel duplex && channel.isActive()) {
      if (inputEnded) {
        channel.close();
        return;
      }
      TlsHandler.shutdownOutput(duplex);
      channel.eventLoop().schedule(() -> channel.close(), LINGER_MILLIS, TimeUnit.MILLISECONDS);
    } else {
      channel.close();
    }
  }

  /** Flushes, unless a read is in progress: channelReadComplete then flushes for all of it. */
  private void flush() {
    if (!reading) {
      outbox.flush();
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event == Drain.NOW) {
      lastCall = true;
      ctx.executor().schedule(() -> takeNoMore(ctx), LAST_CALL_MILLIS, TimeUnit.MILLISECONDS);
    } else if (event == ChannelInputShutdownEvent.INSTANCE
        || event == SslCloseCompletionEvent.SUCCESS) {
      inputEnded = true;
      takeNoMore(ctx);
      if (closing && isOutputEnded(ctx.channel())) {
        ctx.close(); // closeGently waited for that
      }
    }
  }

  /** Answers what has arrived, and then closes the connection. */
  private void takeNoMore(ChannelHandlerContext ctx) {
    draining = true;
    arrived.removeIf(RequestHandler::dropUnfinished);
    if (isIdle() && !closing) {
      closeBehindTheOutput(ctx);
    }
    readOn(ctx, closing);
  }

  private void closeBehindTheOutput(ChannelHandlerContext ctx) {
    closing = true;
    dropAll();
    outbox.flushAndNotify().addListener(done -> closeGently(ctx.channel()));
  }

  /** Drops a request that is not whole and will not become so; returns whether it was one. */
  private static boolean dropUnfinished(Arrival arrival) {
    if (arrival.isOver()) {
      return false;
    }
    arrival.close();
    return true;
  }

  private static boolean isOutputEnded(Channel channel) {
    return channel instanceof DuplexChannel duplex && duplex.isOutputShutdown();
  }

  @Override
  public boolean isIdle() {
    return started.isEmpty() && !hasArrived();
  }

  @Override
  public long sentOnCredit() {
    return -1;
  }

  @Override
  public long incompleteRequest() {
    if (closing || (body != null && body.isOver())) {
      return 0;
    }
    return inBody ? requests : inHead ? requests + 1 : 0;
  }

  /** Without an incomplete body there is nothing to answer, or it has been answered. */
  @Override
  public void requestTimedOut(ChannelHandlerContext ctx) {
    if (body != null) {
      body.fail(Refusal.requestTimedOut(inbound.limits().requestTimeout()));
      advance(ctx);
    } else {
      ctx.close();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    end();
    idleWatch.stop();
  }

  private void end() {
    closing = true;
    body = null;
    dropAll();
    outbox.clear();
    unsent.close();
  }

  /**
   * A broken connection is the client's doing; anything else is a fault of this node and is logged.
   */
  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    fail(ctx, cause);
  }
}
