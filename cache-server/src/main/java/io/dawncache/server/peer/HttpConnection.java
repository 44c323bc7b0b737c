package io.dawncache.server.peer;

import io.dawncache.server.wire.Fatal;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.PrematureChannelClosureException;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.TooLongHttpContentException;
import io.netty.handler.timeout.IdleStateEvent;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** One connection to a peer. It carries one exchange at a time, so a slow load delays no other. */
final class HttpConnection extends ChannelInboundHandlerAdapter implements Carrier {
  private final HttpPool pool;
  private final Channel channel;
  private @Nullable PeerExchange pending;
  private boolean pooled; // the pool knows that it is open
  private boolean used; // has delivered an answer
  private boolean staysOpen; // after the present answer in pieces
  private boolean free; // answered; returns to the pool when this read is over

  HttpConnection(HttpPool pool, Channel channel) {
    this.pool = pool;
    this.channel = channel;
  }

  /** The pool takes the connection over; until then its end is the end of the dial. */
  void entersPool() {
    pooled = true;
  }

  /** Returns whether the connection has delivered an answer. */
  boolean isUsed() {
    return used;
  }

  boolean isActive() {
    return channel.isActive();
  }

  /** Sends the request; the answer ends the exchange, and a lost connection goes to the pool. */
  void send(PeerExchange pending) {
    assert this.pending == null : "one exchange at a time";
    this.pending = pending;
    pending.sentOn(this);
    try {
      channel.writeAndFlush(pending.question().request(pending.left()), channel.voidPromise());
    } catch (Throwable t) {
      pending.broken(t); // this closes the connection
    }
  }

  /** Closes the connection: the next exchange would otherwise receive the answer to this one. */
  @Override
  public void giveUp(PeerExchange unawaited) {
    pending = null;
    channel.close();
  }

  void close() {
    channel.close();
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    PeerExchange waiting = pending;
    try {
      if (waiting == null) {
        free = false;
        channel.close(); // no exchange waits for this answer
      } else {
        received(waiting, message);
      }
    } catch (Throwable t) {
      if (waiting != null) {
        waiting.broken(t);
      }
      channel.close();
    } finally {
      ReferenceCountUtil.release(message);
    }
  }

  private void received(PeerExchange waiting, Object message) {
    if (message instanceof HttpResponse head && !isHttp1(head.protocolVersion())) {
      String text = "version: " + head.protocolVersion() + " (expected: HTTP/1.1)";
      head.setDecoderResult(DecoderResult.failure(new IOException(text)));
    }
    if (message instanceof FullHttpResponse answer) {
      if (isWhole(answer)) {
        answered(waiting, answer);
      }
    } else if (message instanceof HttpResponse head) {
      begun(waiting, head);
    } else if (message instanceof HttpContent piece) {
      received(waiting, piece);
    }
  }

  /** Of another major version nothing is known, not even where an answer ends. */
  private static boolean isHttp1(HttpVersion version) {
    return version.majorVersion() == 1
        && version.protocolName().equals(HttpVersion.HTTP_1_1.protocolName());
  }

  /**
   * Returns whether this is a final and whole answer. An interim answer (100 to 199) precedes the
   * final one. An answer that the end of the stream cut short is not an answer, and channelInactive
   * follows.
   */
  private static boolean isWhole(FullHttpResponse answer) {
    return answer.status().codeClass() != HttpStatusClass.INFORMATIONAL
        && !(answer.decoderResult().cause() instanceof PrematureChannelClosureException);
  }

  private void answered(PeerExchange answered, FullHttpResponse answer) {
    release(answered, HttpUtil.isKeepAlive(answer) && answer.decoderResult().isSuccess());
    pool.noteCluster(answer);
    answered.answered(answer);
  }

  /** Reads the head of an answer in pieces. */
  private void begun(PeerExchange waiting, HttpResponse head) {
    if (head.decoderResult().isFailure()) {
      broken(waiting, "not an HTTP answer, " + head.decoderResult().cause().getMessage());
    } else if (waiting.question().takesPieces()) {
      waiting.begun();
      staysOpen = HttpUtil.isKeepAlive(head);
    } else {
      broken(waiting, "an answer in pieces (expected: a whole one)");
    }
  }

  private void received(PeerExchange waiting, HttpContent piece) {
    if (piece.decoderResult().isFailure()) {
      broken(waiting, "not an HTTP answer, " + piece.decoderResult().cause().getMessage());
      return;
    }
    try {
      waiting.question().received(piece.content());
    } catch (IOException e) {
      broken(waiting, "not what was asked for, " + e.getMessage());
      return;
    }
    // The piece may have ended the exchange, which has then left this connection.
    if (piece instanceof LastHttpContent && pending == waiting) {
      release(waiting, staysOpen);
      waiting.answeredInPieces();
    }
  }

  private void broken(PeerExchange waiting, String why) {
    release(waiting, false);
    waiting.failed(why);
  }

  private void release(PeerExchange answered, boolean reusable) {
    pending = null;
    answered.released();
    if (reusable) {
      used = true;
      free = true;
    } else {
      channel.close();
    }
  }

  /**
   * Returns the connection to the pool, not earlier: a surplus answer in the same read must not be
   * taken as the next exchange's answer.
   */
  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    if (free) {
      free = false;
      pool.giveBack(this);
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    Fatal.report(cause);
    if (cause instanceof TooLongHttpContentException) {
      PeerExchange answered = taken();
      if (answered != null) {
        answered.answerIsTooLong(pool.maxAnswerBytes());
      }
    } else if (cause instanceof WholeAnswers.NoRoomException) {
      PeerExchange asked = taken();
      if (asked != null) {
        asked.answerHasNoRoom();
      }
    }
    channel.close(); // channelInactive then ends an exchange that is still pending
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof IdleStateEvent && pending == null) {
      channel.close();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    PeerExchange lost = taken();
    free = false;
    if (pooled) {
      pool.closed(this, lost);
    }
  }

  private @Nullable PeerExchange taken() {
    PeerExchange taken = pending;
    pending = null;
    if (taken != null) {
      taken.released();
    }
    return taken;
  }
}
