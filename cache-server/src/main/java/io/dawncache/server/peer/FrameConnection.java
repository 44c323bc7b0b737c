package io.dawncache.server.peer;

import io.dawncache.core.ByteAccount;
import io.dawncache.core.PeerRequest;
import io.dawncache.server.frame.BrokenFrameException;
import io.dawncache.server.frame.FetchFrames;
import io.dawncache.server.frame.FrameChannel;
import io.dawncache.server.frame.FrameKind;
import io.dawncache.server.frame.Frames;
import io.dawncache.server.frame.LargeBytes;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.CompositeByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.EventLoop;
import io.netty.handler.timeout.IdleStateEvent;
import io.netty.util.collection.IntObjectHashMap;
import io.netty.util.collection.IntObjectMap;
import java.io.IOException;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A connection of frames to a peer. It carries many exchanges at a time, as many as there are ids,
 * and the peer answers them in any order. Lives on one event loop.
 */
final class FrameConnection extends FrameChannel implements Carrier {
  /*
   * An exchange holds its id from its request to its answer. When an exchange is given up, a CANCEL
   * is sent, and the id stays taken until the peer answers the CANCEL, or until the answer arrives
   * that crossed it. So an id never belongs to two exchanges, and an answer with an id that is not
   * taken is a protocol error. The id that was freed last is taken first, so a quiet connection uses
   * few ids.
   *
   * Exchanges have no timers of their own. One alarm ends those whose time-out is over and checks
   * whether the peer still answers. When an exchange has waited for a while, a PING is sent; any
   * frame that arrives after it counts as an answer. If none arrives before the probe's time-out,
   * the connection is dead, and all exchanges on it end because the peer could not be asked.
   */
  private static final int FIRST_IDS = 64;

  private final Link link;
  private final PeerTimings timings;
  private final int maxAnswerBytes;
  private final int mostPieces; // of one answer; more than that are small, and are merged
  private final Alarm alarm;

  private @Nullable PeerExchange[] inFlight = new PeerExchange[FIRST_IDS];
  private int[] freeIds = new int[FIRST_IDS];
  private int freeCount;
  private int nextId = 1; // the lowest id that was never used
  private int count; // of exchanges in flight
  // Answers whose last frame has not arrived.
  private final IntObjectMap<CompositeByteBuf> half = new IntObjectHashMap<>();
  private final ByteAccount.Holder gathered; // accounts for the bytes in `half`
  // Requests that are not fully written.
  private final IntObjectMap<LargeBytes> unsent = new IntObjectHashMap<>();

  private int version = 1; // of the frames
  private boolean used; // has delivered an answer
  private boolean retired; // closes when nothing is in flight any more
  private boolean pinged;
  private boolean receivedSincePing; // something has arrived since the last PING
  private long pingNanos;

  FrameConnection(Link link, Outbound outbound, EventLoop loop) {
    this.link = link;
    this.timings = outbound.timings();
    this.maxAnswerBytes = outbound.limits().maxBodyBytes();
    this.gathered = outbound.account().open();
    this.mostPieces = 16 + maxAnswerBytes / (Frames.MAX_PAYLOAD_BYTES / 2);
    this.alarm = new Alarm(loop, this::ring);
  }

  /** Sets the version of the frames that the peer has granted. */
  void speaks(int version) {
    this.version = version;
  }

  // Requests.

  /** Returns whether another exchange may be sent. */
  boolean mayTake() {
    return !retired && (freeCount > 0 || nextId <= Frames.MAX_ID) && mayWrite();
  }

  /**
   * Sends the request; the answer ends the exchange, and a lost connection goes to the link. If
   * sending throws, a part of a frame may be in the buffer, so the connection ends.
   */
  void send(PeerExchange asked, long nowNanos) {
    try {
      start(asked, nowNanos);
    } catch (Throwable t) {
      asked.released();
      asked.broken(t);
      closeAtOnce();
    }
  }

  private void start(PeerExchange asked, long nowNanos) {
    FrameKind kind = asked.question().kind();
    if (version < kind.version()) {
      asked.notAsked("its frames have no " + kind);
      return;
    }
    int id = takeId();
    inFlight[id] = asked;
    count++;
    asked.sentOn(this, id, nowNanos);
    long leftNanos = asked.leftNanos(nowNanos);
    long leftMillis = Math.max(1, TimeUnit.NANOSECONDS.toMillis(leftNanos + 999_999));
    write(asked.question(), id, leftMillis);
    alarm.ringIn(nowNanos, Math.min(leftNanos, timings.probeAfter().toNanos()));
  }

  private int takeId() {
    if (freeCount > 0) {
      return freeIds[--freeCount];
    }
    if (nextId == inFlight.length) {
      int roomier = Math.min(2 * nextId, Frames.MAX_ID + 1);
      int[] roomierIds = Arrays.copyOf(freeIds, roomier);
      inFlight = Arrays.copyOf(inFlight, roomier); // both grow, or neither if the heap is full
      freeIds = roomierIds;
    }
    return nextId++;
  }

  /** Writes a fetch, which nearly all requests are, without a buffer of its own. */
  private void write(Question question, int id, long leftMillis) {
    if (question instanceof FetchQuestion one) {
      PeerRequest fetch = one.asked();
      int bytes = FetchFrames.requestBytes(fetch, leftMillis);
      if (bytes <= Frames.MAX_PAYLOAD_BYTES) {
        ByteBuf out = out();
        Frames.writeHead(bytes, id, FrameKind.FETCH, false, out);
        FetchFrames.writeRequest(fetch, leftMillis, out);
        return;
      }
    }
    write(question.kind(), id, question.message(leftMillis));
  }

  /** Writes a message and releases it. */
  private void write(FrameKind kind, int id, ByteBuf message) {
    int bytes = message.readableBytes();
    if (bytes <= Frames.MAX_PAYLOAD_BYTES) {
      ByteBuf out = out();
      Frames.writeHead(bytes, id, kind, false, out);
      out.writeBytes(message);
      message.release();
    } else {
      LargeBytes request = new LargeBytes(id, kind, message, () -> unsent.remove(id));
      unsent.put(id, request);
      send(request);
    }
  }

  /** Long requests are sent one after another, because the peer reads one at a time. */
  @Override
  protected boolean takesTurns() {
    return false;
  }

  @Override
  public void giveUp(PeerExchange unawaited) {
    int id = unawaited.id();
    dropHalf(id);
    LargeBytes request = unsent.get(id);
    if (request != null && drop(request)) {
      boolean begun = request.isBegun();
      request.close();
      if (!begun) {
        release(unawaited);
        return;
      }
    }
    if (!isClosing()) {
      Frames.write(id, FrameKind.CANCEL, out());
    }
  }

  @Override
  protected void writable() {
    link.serveWaiting();
  }

  // Answers.

  @Override
  protected void readBegins() {
    receivedSincePing = true;
  }

  @Override
  protected void received(FrameKind kind, int id, boolean more, ByteBuf payload)
      throws BrokenFrameException {
    PeerExchange asked = id < inFlight.length ? inFlight[id] : null;
    if (asked == null) {
      throw new BrokenFrameException(kind + " of id " + id + " (expected: one that is asked)");
    }
    if (kind == FrameKind.CANCEL ? !asked.isEnded() : !asked.question().isAnsweredBy(kind)) {
      throw new BrokenFrameException(kind + " of id " + id + " (expected: an answer to that)");
    }
    used = true;
    try {
      if (asked.isEnded()) {
        if (!more) {
          release(asked);
        }
      } else if (kind == FrameKind.RESULTS) {
        piece(asked, more, payload);
      } else if (more) {
        gather(asked, payload);
      } else {
        last(asked, kind, payload);
      }
    } catch (Throwable t) {
      asked.broken(t);
      throw t; // the state of this connection may be wrong now, so it ends
    }
  }

  private void piece(PeerExchange asked, boolean more, ByteBuf payload) {
    asked.begun();
    if (!more) {
      asked.released();
    }
    try {
      asked.question().received(payload);
      if (!more) {
        asked.answeredInPieces();
      }
    } catch (IOException e) {
      asked.failed("not what was asked for, " + e.getMessage());
    } catch (Throwable t) {
      asked.broken(t);
    } finally {
      if (!more) {
        release(asked);
      }
    }
  }

  /** Keeps the pieces in the buffers they were read into, so that a value is copied only once. */
  private void gather(PeerExchange asked, ByteBuf payload) {
    if (!gathered.add(payload.readableBytes())) {
      dropHalf(asked.id());
      asked.answerHasNoRoom();
      return;
    }
    CompositeByteBuf before = half.get(asked.id());
    if (before == null) {
      before = new CompositeByteBuf(payload.alloc(), true, mostPieces);
      half.put(asked.id(), before);
    }
    before.addComponent(true, payload.readRetainedSlice(payload.readableBytes()));
    if (before.readableBytes() > maxAnswerBytes) {
      dropHalf(asked.id());
      asked.answerIsTooLong(maxAnswerBytes);
    }
  }

  private void last(PeerExchange asked, FrameKind kind, ByteBuf payload) {
    CompositeByteBuf before = half.isEmpty() ? null : half.remove(asked.id());
    asked.released();
    try {
      if (before == null) {
        asked.answered(kind, payload);
      } else {
        last(asked, kind, before, payload);
      }
    } finally {
      release(asked);
    }
  }

  private void last(PeerExchange asked, FrameKind kind, CompositeByteBuf before, ByteBuf payload) {
    // First, because the receiver of the value may add it to the account.
    gathered.remove(before.readableBytes());
    try {
      before.addComponent(true, payload.readRetainedSlice(payload.readableBytes()));
      if (before.readableBytes() > maxAnswerBytes) {
        asked.answerIsTooLong(maxAnswerBytes);
      } else {
        asked.answered(kind, before);
      }
    } finally {
      before.release();
    }
  }

  /** Frees the id of an exchange that has ended, unless the connection has ended in between. */
  private void release(PeerExchange answered) {
    int id = answered.id();
    if (inFlight[id] != answered) {
      return;
    }
    inFlight[id] = null;
    freeIds[freeCount++] = id;
    count--;
    answered.released();
    dropHalf(id);
    if (retired && count == 0) {
      channel().close();
    } else {
      link.serveWaiting();
    }
  }

  private void dropHalf(int id) {
    CompositeByteBuf pieces = half.isEmpty() ? null : half.remove(id);
    if (pieces != null) {
      gathered.remove(pieces.readableBytes());
      pieces.release();
    }
  }

  // Time.

  private long ring(long nowNanos) {
    long waitedNanos = 0; // by the exchange that waits longest
    long next = Alarm.OFF;
    for (int id = 1; id < nextId; id++) {
      PeerExchange asked = inFlight[id];
      if (asked == null || asked.isEnded()) {
        continue;
      }
      long leftNanos = asked.leftNanos(nowNanos);
      if (leftNanos <= 0) {
        asked.timedOut();
      } else {
        next = Math.min(next, leftNanos);
        waitedNanos = Math.max(waitedNanos, nowNanos - asked.sentNanos());
      }
    }
    return next == Alarm.OFF ? next : Math.min(next, probe(nowNanos, waitedNanos));
  }

  /** Checks whether a peer that has not answered is still alive; returns when to check again. */
  private long probe(long nowNanos, long waitedNanos) {
    long probeAfter = timings.probeAfter().toNanos();
    if (pinged && receivedSincePing) {
      pinged = false;
    }
    long sincePing = nowNanos - pingNanos;
    if (pinged) {
      long patience = timings.probe().toNanos() - sincePing;
      if (patience > 0) {
        // No alarm rings when the PONG arrives; the next ring sees it and may send the next PING.
        return Math.min(patience, probeAfter);
      }
      silent();
      return Alarm.OFF;
    }
    if (waitedNanos < probeAfter) {
      return probeAfter - waitedNanos;
    }
    pinged = true;
    receivedSincePing = false;
    pingNanos = nowNanos;
    Frames.write(Frames.NO_ID, FrameKind.PING, out());
    return Math.min(probeAfter, timings.probe().toNanos());
  }

  private void silent() {
    retired = true;
    for (int id = 1; id < nextId; id++) {
      PeerExchange asked = inFlight[id];
      if (asked != null) {
        asked.released();
        asked.silent(timings.probe());
      }
    }
    channel().close();
  }

  // The end.

  /** Closes the connection when nothing is in flight any more. */
  void closeWhenIdle() {
    retired = true;
    if (count == 0) {
      channel().close();
    }
  }

  @Override
  protected void goAwayReceived() {
    try {
      link.connectionGone(this);
    } finally {
      closeWhenIdle();
    }
  }

  /** Returns whether the connection has delivered an answer. */
  boolean isUsed() {
    return used;
  }

  /** Ends all exchanges in flight, and the connection. */
  void stop() {
    retired = true;
    for (int id = 1; id < nextId; id++) {
      PeerExchange asked = inFlight[id];
      if (asked != null) {
        asked.released();
        asked.serverStopped();
      }
    }
    channel().close();
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof IdleStateEvent && count == 0) {
      link.connectionRetired(this);
      closeWhenIdle();
    }
  }

  @Override
  protected void ended() {
    retired = true;
    alarm.stop();
    try {
      link.connectionGone(this);
    } finally {
      loseAll();
    }
  }

  private void loseAll() {
    for (int id = 1; id < nextId; id++) {
      PeerExchange lost = inFlight[id];
      inFlight[id] = null;
      if (lost != null) {
        lost.released();
        link.lost(lost, used);
      }
    }
    half.values().forEach(CompositeByteBuf::release);
    half.clear();
    gathered.close();
  }
}
