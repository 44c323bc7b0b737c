package io.dawncache.server.inbound;

import io.dawncache.core.ByteAccount;
import io.dawncache.core.Entry;
import io.dawncache.core.Group;
import io.dawncache.core.MemberList;
import io.dawncache.core.OperationResult;
import io.dawncache.core.PeerRequest;
import io.dawncache.core.PeerResult;
import io.dawncache.server.frame.BrokenFrameException;
import io.dawncache.server.frame.FetchFrames;
import io.dawncache.server.frame.FrameChannel;
import io.dawncache.server.frame.FrameKind;
import io.dawncache.server.frame.FrameUpgrade;
import io.dawncache.server.frame.Frames;
import io.dawncache.server.frame.LargeAnswer;
import io.dawncache.server.frame.LargeBytes;
import io.dawncache.server.frame.LargeMessage;
import io.dawncache.server.tls.TlsHandler;
import io.dawncache.server.wire.BadRequestException;
import io.dawncache.server.wire.Freshness;
import io.dawncache.server.wire.Kind;
import io.dawncache.server.wire.MessageKind;
import io.dawncache.server.wire.PeerCodec;
import io.dawncache.server.wire.Refusal;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A connection of frames from one of our nodes: its requests, each answered when it is ready. */
final class FrameService extends FrameChannel implements IdleWatch.Watched {
  /*
   * A request is in `inFlight` under its id from its arrival to the last byte of its answer, so
   * there are at most as many as ids. An answer that ends while the channel is not writable waits
   * in `ready`, as a value; nothing is read meanwhile. Only one request in pieces arrives at a
   * time, so that a connection holds at most one large body.
   *
   * A cancelled request leaves `inFlight` at once, and its id is free again when the other side
   * reads the confirmation. Its get continues, because others may have joined it; when its answer
   * arrives, the id is free or belongs to another request, and the answer is dropped.
   *
   * A request whose answer is lost would stay in flight for ever. So whatever is thrown in a task
   * of an exchange closes the connection, as does whatever is thrown while a read is served. An
   * answer that could not be handed over to the loop closes the connection, too, at the latest when
   * the idle watch next looks.
   */
  private static final int FIRST_IDS = 64;

  /** A part of a frame up to this length takes no more than a connection itself. */
  private static final int SHORT_FRAME_BYTES = 4 << 10;

  private static final System.Logger LOG = System.getLogger(FrameService.class.getName());
  private static final Refusal STOPS = new Refusal(503, Kind.REFUSED, "the node is stopping");

  private final Inbound inbound;
  private final ValuesInTransit inTransit;
  private final Operations operations;
  private final FetchFrames fetches = new FetchFrames();
  private final ArrayDeque<FrameExchange> ready = new ArrayDeque<>();
  private final Map<FrameExchange, LargeMessage> half = new HashMap<>(); // answers being written

  private @Nullable FrameExchange[] inFlight = new FrameExchange[FIRST_IDS];
  private int count; // of those in flight
  private @Nullable LargeRequest unfinished;
  private long longRequests; // that have begun
  private boolean draining;

  @SuppressWarnings("NullAway.Init") // by handlerAdded
  private HandOver handOver;

  @SuppressWarnings("NullAway.Init") // by handlerAdded
  private IdleWatch idleWatch;

  @SuppressWarnings("NullAway.Init") // by handlerAdded
  private ByteAccount.Holder unsent; // of the values in `ready` and `half`

  @SuppressWarnings("NullAway.Init") // by handlerAdded
  private ByteAccount.Holder arriving; // of a frame that has arrived in part

  private long readyBytes;
  private long halfBytes;
  private long piecesSeen; // bytes of answers in pieces that had been sent at the last flush

  FrameService(Inbound inbound, ValuesInTransit inTransit) {
    this.inTransit = inTransit;
    this.inbound = inbound;
    this.operations = new Operations(inbound);
  }

  /**
   * Switches the connection to frames, with nothing in flight, in place of the HTTP handlers; TLS
   * stays.
   */
  static void takeOver(
      ChannelHandlerContext ctx,
      FrameUpgrade.Grant grant,
      Inbound inbound,
      ValuesInTransit inTransit) {
    ChannelPipeline pipeline = ctx.pipeline();
    FrameService service = new FrameService(inbound, inTransit);
    List<String> before = pipeline.names();
    pipeline.addLast(service);
    FrameUpgrade.grant(grant, inbound.fleet(), service.out());
    // The decoder last: it passes what it has read beyond the request to the handler behind it.
    for (int i = before.size() - 1; i >= 0; i--) {
      ChannelHandler handler = pipeline.get(before.get(i));
      if (handler != null && !(handler instanceof TlsHandler)) {
        pipeline.remove(handler);
      }
    }
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    super.handlerAdded(ctx);
    handOver = new HandOver(ctx.channel(), ctx.executor(), inTransit);
    idleWatch = new IdleWatch(ctx, inbound.limits(), this, handOver);
    unsent = holder();
    arriving = holder();
  }

  Inbound inbound() {
    return inbound;
  }

  /** Returns a part of the node's account that closes this connection if it has to make room. */
  ByteAccount.Holder holder() {
    return inbound.node().bytesInFlight().open(channel()::close);
  }

  // Requests.

  @Override
  protected void readBegins() {
    inbound.beforeReading().run();
  }

  @Override
  protected void received(FrameKind kind, int id, boolean more, ByteBuf payload)
      throws BrokenFrameException {
    switch (kind) {
      case CANCEL -> cancel(id);
      case FETCH, PEEK, GET_ALL, FORGET, COORDINATE, MEMBERS, OFFER, HAND_OVER ->
          request(kind, id, more, payload);
      default -> throw new BrokenFrameException(kind + " (expected: a request)");
    }
  }

  private void request(FrameKind kind, int id, boolean more, ByteBuf payload)
      throws BrokenFrameException {
    idleWatch.moved();
    LargeRequest begun = unfinished;
    if (begun != null && begun.id() == id && begun.kind() == kind) {
      begun.add(payload);
      if (!more) {
        unfinished = null;
        try (begun) {
          serve(kind, id, begun.bytes(), begun.fault());
        }
      }
    } else if (isTaken(id) || (begun != null && begun.id() == id)) {
      throw new BrokenFrameException(kind + " of id " + id + " (expected: an id that is free)");
    } else if (!more) {
      serve(kind, id, payload, null);
    } else if (begun == null) {
      longRequests++;
      unfinished = new LargeRequest(kind, id, inbound.limits().maxBodyBytes(), holder());
      unfinished.add(payload);
    } else {
      throw new BrokenFrameException("two requests in pieces (expected: one at a time)");
    }
  }

  private boolean isTaken(int id) {
    return id < inFlight.length && inFlight[id] != null;
  }

  /** Serves a request that is whole, or refuses one whose message was not kept. */
  private void serve(FrameKind kind, int id, @Nullable ByteBuf message, @Nullable Refusal fault)
      throws BrokenFrameException {
    FrameExchange exchange = new FrameExchange(this, handOver, kind, id);
    enter(exchange);
    try {
      if (draining) {
        exchange.refuse(STOPS);
      } else if (message == null || fault != null) {
        exchange.refuse(Objects.requireNonNull(fault));
      } else if (kind == FrameKind.FETCH) {
        fetch(fetches.readRequest(message), exchange);
      } else if (kind == FrameKind.PEEK) {
        peek(fetches.readRequest(message), exchange);
      } else {
        operations.message(messageKind(kind), message.nioBuffer(), exchange);
      }
    } catch (BadRequestException e) {
      throw new BrokenFrameException(kind + ": " + e.getMessage());
    } catch (IllegalArgumentException e) { // the core refuses the key
      exchange.refuse(Refusal.badRequest(String.valueOf(e.getMessage())));
    }
  }

  private void enter(FrameExchange exchange) {
    if (exchange.id() >= inFlight.length) {
      int roomier = Math.max(exchange.id() + 1, 2 * inFlight.length);
      inFlight = Arrays.copyOf(inFlight, Math.min(roomier, Frames.MAX_ID + 1));
    }
    inFlight[exchange.id()] = exchange;
    count++;
  }

  private static MessageKind messageKind(FrameKind kind) {
    return switch (kind) {
      case GET_ALL -> MessageKind.GET_ALL;
      case FORGET -> MessageKind.FORGET;
      case MEMBERS -> MessageKind.MEMBERS;
      case OFFER -> MessageKind.OFFER;
      case HAND_OVER -> MessageKind.HAND_OVER;
      default -> MessageKind.COORDINATE;
    };
  }

  private void fetch(PeerRequest fetch, FrameExchange exchange) {
    Group group = inbound.node().group(fetch.group());
    if (group == null) {
      exchange.refuse(Refusal.noSuchGroup(inbound.dialect(), fetch.group()));
    } else {
      exchange.asks(group, fetch.trace());
      group.forServers().getForPeer(fetch.key(), fetch.timeout(), fetch.copyGets(), exchange);
    }
  }

  private void peek(PeerRequest peek, FrameExchange exchange) {
    Group group = inbound.node().group(peek.group());
    if (group == null) {
      exchange.refuse(Refusal.noSuchGroup(inbound.dialect(), peek.group()));
    } else {
      exchange.asks(group);
      Entry held = group.forServers().peekForPeer(peek.key());
      if (held == null) {
        exchange.refuse(Refusal.notHeld());
      } else {
        exchange.value(held, /* minuteQps= */ 0);
      }
    }
  }

  private void cancel(int id) {
    LargeRequest begun = unfinished;
    if (begun != null && begun.id() == id) {
      dropUnfinished();
    } else if (isTaken(id)) {
      leave(inFlight[id]);
    } else {
      return; // its answer and this have crossed
    }
    Frames.write(id, FrameKind.CANCEL, out());
  }

  private void dropUnfinished() {
    LargeRequest begun = unfinished;
    unfinished = null;
    if (begun != null) {
      begun.close();
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    super.channelReadComplete(ctx);
    int held = heldBytes() <= SHORT_FRAME_BYTES ? 0 : heldBytes();
    arriving.moved();
    if (held != arriving.bytes() && !isClosing() && !arriving.set(held)) {
      closeWithError(Refusal.tooMuchInFlight().text());
    }
  }

  // Answers.

  /**
   * An exchange has its answer, or a further part of it. It may be a task, so it handles what is
   * thrown.
   */
  void answered(FrameExchange exchange) {
    try {
      if (isInFlight(exchange)) {
        if (ready.isEmpty() && mayWrite()) {
          write(exchange);
        } else {
          addReady(exchange);
        }
      }
    } catch (Throwable e) {
      fail(e);
    }
  }

  /** A refusal replaces a value for which the account has no room. */
  private void addReady(FrameExchange exchange) {
    long bytes = exchange.heldBytes();
    if (unsent.set(readyBytes + halfBytes + bytes)) {
      readyBytes += bytes;
    } else {
      exchange.refuseValue();
    }
    ready.add(exchange);
  }

  private boolean isInFlight(FrameExchange exchange) {
    return !isClosing() && isTaken(exchange.id()) && inFlight[exchange.id()] == exchange;
  }

  @Override
  protected void writable() {
    while (!ready.isEmpty() && mayWrite()) {
      FrameExchange next = ready.remove();
      readyBytes -= next.heldBytes();
      if (isInFlight(next)) {
        write(next);
        unsent.moved();
      }
    }
  }

  private void write(FrameExchange exchange) {
    idleWatch.moved();
    Entry value = exchange.sendable();
    if (value != null) {
      write(exchange, value);
      return;
    }
    PeerResult end = exchange.withoutValue();
    OperationResult operated = exchange.outcome();
    LargeResults results = exchange.results();
    if (end != null) {
      FetchFrames.writeEnd(end, exchange.id(), out());
      leave(exchange);
    } else if (operated != null) {
      write(exchange, encode(exchange.kind(), operated));
    } else if (results != null && results.takeTurn()) {
      send(exchange, results);
    }
  }

  /** Every request gets an answer, even if its own cannot be encoded. */
  private ByteBuf encode(FrameKind kind, OperationResult operated) {
    boolean isList = kind == FrameKind.MEMBERS;
    MemberList own = isList ? inbound.fleet().report() : inbound.fleet().list();
    try {
      return PeerCodec.encode(operated, own, isList ? inbound.fleet().membersWithHints() : null);
    } catch (RuntimeException e) {
      LOG.log(Level.ERROR, "answer to " + channel().remoteAddress() + ": not encoded", e);
      return PeerCodec.encode(
          OperationResult.of(OperationResult.Status.UNKNOWN, "the answer could not be encoded"),
          own,
          null);
    }
  }

  private void write(FrameExchange exchange, Entry entry) {
    Freshness freshness = exchange.freshness(entry);
    long bytes = FetchFrames.answerBytes(entry.value(), freshness);
    if (bytes <= Frames.MAX_PAYLOAD_BYTES) {
      ByteBuf out = out();
      Frames.writeHead((int) bytes, exchange.id(), FrameKind.FETCHED, false, out);
      FetchFrames.writeAnswer(entry.value(), freshness, out);
      leave(exchange);
    } else if (unsent.set(readyBytes + halfBytes + exchange.heldBytes())) {
      halfBytes += exchange.heldBytes();
      Runnable onClose = () -> leave(exchange);
      send(exchange, new LargeAnswer(exchange.id(), entry.value(), freshness, onClose));
    } else {
      exchange.refuseValue();
      write(exchange);
    }
  }

  private void write(FrameExchange exchange, ByteBuf message) {
    if (message.readableBytes() <= Frames.MAX_PAYLOAD_BYTES) {
      ByteBuf out = out();
      int bytes = message.readableBytes();
      Frames.writeHead(bytes, exchange.id(), FrameKind.OPERATED, false, out);
      out.writeBytes(message);
      message.release();
      leave(exchange);
    } else {
      Runnable onClose = () -> leave(exchange);
      send(exchange, new LargeBytes(exchange.id(), FrameKind.OPERATED, message, onClose));
    }
  }

  private void send(FrameExchange exchange, LargeMessage answer) {
    half.put(exchange, answer);
    send(answer);
  }

  LargeResults results(FrameExchange exchange, ResultStream stream) {
    return new LargeResults(exchange.id(), stream, channel().alloc(), () -> leave(exchange));
  }

  /** Removes an exchange that is answered, or will not be, and drops the rest of its answer. */
  private void leave(@Nullable FrameExchange exchange) {
    if (exchange != null && isTaken(exchange.id()) && inFlight[exchange.id()] == exchange) {
      inFlight[exchange.id()] = null;
      count--;
      LargeMessage rest = half.isEmpty() ? null : half.remove(exchange);
      LargeResults results = exchange.results();
      if (rest instanceof LargeAnswer) {
        halfBytes -= exchange.heldBytes();
        unsent.moved();
      } else if (results != null) {
        results.drop(); // also if they were never queued: what still arrives finds a closed stream
      }
      if (rest != null && drop(rest)) {
        rest.close();
      }
    }
  }

  @Override
  protected boolean takesTurns() {
    return true;
  }

  @Override
  protected void afterFlush() {
    if (isClosing()) {
      return;
    }
    unsent.set(readyBytes + halfBytes); // no more than before
    if (sentInPieces() != piecesSeen) {
      piecesSeen = sentInPieces();
      unsent.moved();
    }
    if (draining && count == 0) {
      closeGently();
    } else {
      channel().config().setAutoRead(channel().isWritable());
    }
  }

  // The end.

  /** The peer sends no more requests, and closes when it has its answers. */
  @Override
  protected void goAwayReceived() {}

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event == ChannelInputShutdownEvent.INSTANCE) {
      closeAtOnce(); // a peer that ends its side has left: it could not even give credit
    } else if (isClosing()) {
      return;
    } else if (event == RequestHandler.Drain.NOW) {
      drain("the node is stopping");
    } else if (event == RequestHandler.Drain.PEERS) {
      drain("the secrets have changed");
    }
  }

  private void drain(String why) {
    draining = true;
    dropUnfinished();
    sendGoAway(why);
  }

  @Override
  public boolean isIdle() {
    return count == 0;
  }

  @Override
  public long sentOnCredit() {
    return waitsForCredit() ? sentInPieces() : -1;
  }

  @Override
  public long incompleteRequest() {
    if (isClosing()) {
      return 0;
    }
    return unfinished != null ? longRequests : incompleteFrame();
  }

  @Override
  public void requestTimedOut(ChannelHandlerContext ctx) {
    closeWithError(
        "a request is incomplete after " + inbound.limits().requestTimeout().toMillis() + " ms");
  }

  @Override
  protected void ended() {
    idleWatch.stop();
    ready.clear();
    half.clear();
    for (FrameExchange exchange : inFlight) {
      LargeResults results = exchange == null ? null : exchange.results();
      if (results != null) {
        results.drop();
      }
    }
    Arrays.fill(inFlight, null);
    count = 0;
    unsent.close();
    arriving.close();
    dropUnfinished();
  }
}
