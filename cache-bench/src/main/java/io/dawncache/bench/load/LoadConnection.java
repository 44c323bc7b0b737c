package io.dawncache.bench.load;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.net.ProtocolException;
import org.jspecify.annotations.Nullable;

/**
 * One connection: sends requests, perhaps pipelined, and reads the answers in the same order. It
 * sends a given number of requests, and closes when all of them are answered.
 */
final class LoadConnection extends ChannelInboundHandlerAdapter implements AnswerReader.Listener {
  /** Notified when the connection changes state. */
  interface Owner {
    void connected(LoadConnection connection);

    /** It was connected and has closed, in order or not. */
    void disconnected(LoadConnection connection);
  }

  private static final int REQUEST_BYTES = 256; // a guess, for the first buffer
  private static final int DONE_TAG = 1 << 3; // OperationAnswer's status, a varint
  private static final int NOT_DONE = 2; // the first of the bad statuses

  private final Dispatcher dispatcher;
  private final Owner owner;
  private final Requests requests;
  private final int target;
  private final long life;
  private final boolean answersTellPuts;
  private final AnswerReader answers = new AnswerReader(this);

  /* The requests in flight, the oldest at `first`: a ring. */
  private final long[] dueNanos;
  private final long[] sentNanos;
  private final boolean[] puts;
  private int first;
  private int inFlight;

  private @Nullable ChannelHandlerContext ctx;
  private @Nullable ByteBuf unflushed;
  private long sent;
  private boolean offered; // the dispatcher knows that there is room
  private boolean closing;
  private long readNanos;

  /**
   * Makes a connection that is not open yet.
   *
   * @param target the number of the target
   * @param depth how many requests may be in flight
   * @param life how many requests it sends
   * @param answersTellPuts whether the body of the answer to a put says whether it is done
   */
  LoadConnection(
      Dispatcher dispatcher,
      Owner owner,
      Requests requests,
      int target,
      int depth,
      long life,
      boolean answersTellPuts) {
    this.dispatcher = dispatcher;
    this.owner = owner;
    this.requests = requests;
    this.target = target;
    this.life = life;
    this.answersTellPuts = answersTellPuts;
    dueNanos = new long[depth];
    sentNanos = new long[depth];
    puts = new boolean[depth];
  }

  int target() {
    return target;
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    this.ctx = ctx;
    owner.connected(this);
    offerRoom();
  }

  /** Returns whether a request may be sent now. */
  boolean hasRoom() {
    offered =
        !closing
            && inFlight < dueNanos.length
            && sent < life
            && ctx != null
            && ctx.channel().isActive()
            && ctx.channel().isWritable();
    return offered;
  }

  private void offerRoom() {
    if (!offered && hasRoom()) {
      dispatcher.hasRoom(this);
    }
  }

  /** Returns whether nothing is sent that is not flushed. */
  boolean isFlushed() {
    return unflushed == null;
  }

  /** Sends a request, with the next flush, and returns its length. */
  int send(boolean put, int key, long dueNanos, long nowNanos) {
    ByteBuf out = unflushed;
    if (out == null) {
      out = context().alloc().buffer(REQUEST_BYTES);
      unflushed = out;
    }
    int before = out.readableBytes();
    if (put) {
      requests.writePut(key, out);
    } else {
      requests.writeGet(key, out);
    }
    int last = (first + inFlight++) % this.dueNanos.length;
    this.dueNanos[last] = dueNanos;
    this.sentNanos[last] = nowNanos;
    this.puts[last] = put;
    sent++;
    offered = false;
    return out.readableBytes() - before;
  }

  void flush() {
    ByteBuf out = unflushed;
    if (out != null) {
      unflushed = null;
      context().writeAndFlush(out, context().voidPromise());
    }
  }

  private ChannelHandlerContext context() {
    if (ctx == null) {
      throw new IllegalStateException("not connected");
    }
    return ctx;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    ByteBuf in = (ByteBuf) message;
    try {
      if (!closing) {
        readNanos = dispatcher.nowNanos(); // all answers of one read arrived at one time
        dispatcher.tallyAt(readNanos).receivedBytes += in.readableBytes();
        answers.read(in);
      }
    } catch (ProtocolException e) {
      end(Failure.MALFORMED);
    } finally {
      in.release();
    }
  }

  @Override
  public void answered(int status, long bodyBytes, int head, boolean keepsAlive)
      throws ProtocolException {
    if (inFlight == 0) {
      throw new ProtocolException("an answer to nothing");
    }
    boolean put = puts[first];
    boolean done = !put || !answersTellPuts || head >> 8 != DONE_TAG || (head & 0xff) < NOT_DONE;
    dispatcher.answered(put, status, bodyBytes, done, dueNanos[first], readNanos);
    first = (first + 1) % dueNanos.length;
    inFlight--;
    if (!keepsAlive || (sent >= life && inFlight == 0)) {
      close();
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    offerRoom();
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    offerRoom();
  }

  /** Gives up if the oldest request was sent at {@code sentByNanos} or earlier. */
  void giveUpOn(long sentByNanos) {
    if (inFlight > 0 && sentNanos[first] <= sentByNanos) {
      end(Failure.TIMED_OUT);
    }
  }

  /** Ends the connection, and counts what is in flight as {@code failure}. */
  void end(Failure failure) {
    fail(failure);
    close();
  }

  private void fail(Failure failure) {
    for (; inFlight > 0; inFlight--) {
      dispatcher.failed(failure, dueNanos[first]);
      first = (first + 1) % dueNanos.length;
    }
  }

  private void close() {
    closing = true;
    offered = false;
    dispatcher.ended(this);
    if (ctx != null) {
      ctx.close();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    if (!closing) {
      closing = true;
      readNanos = dispatcher.nowNanos();
      try {
        answers.end();
      } catch (ProtocolException e) {
        fail(Failure.MALFORMED);
      }
    }
    fail(Failure.LOST);
    if (unflushed != null) {
      unflushed.release();
      unflushed = null;
    }
    dispatcher.ended(this);
    owner.disconnected(this);
  }

  /** Closes a broken connection; channelInactive follows and counts the requests in flight. */
  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    ctx.close();
  }
}
