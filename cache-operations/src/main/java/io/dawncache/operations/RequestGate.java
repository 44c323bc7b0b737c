package io.dawncache.operations;

import io.dawncache.core.ByteAccount;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.util.ReferenceCountUtil;
import java.util.function.BooleanSupplier;

/**
 * Stands before the whole requests of one connection: it ends the connection of a certificate that
 * is not trusted any more, and lets a long body in only if its sender may use it and the node has
 * room for it.
 *
 * <p>Belongs to the event loop.
 */
final class RequestGate extends ChannelDuplexHandler {
  /*
   * A short body passes unasked, so that an operator can act also while attackers or loads take all
   * of the account of bytes in flight. Those of all connections together are a fraction of what one
   * long body may be. A longer one is counted from its first byte until its request is answered.
   */
  static final int SHORT_BODY_BYTES = 4 << 10;

  private final Entrance entrance;
  private final BooleanSupplier isTrusted;
  private final ByteAccount account;

  @SuppressWarnings("NullAway.Init") // by handlerAdded
  private ByteAccount.Holder holder;

  @SuppressWarnings("NullAway.Init") // by the first head
  private HttpRequest head;

  private boolean letIn; // the present request may have a long body
  private boolean refused; // what still arrives is thrown away
  private long arrivedBytes; // of bodies that are not answered

  /**
   * Makes the gate of one connection.
   *
   * @param isTrusted whether the certificate of the other side still is
   */
  RequestGate(Entrance entrance, BooleanSupplier isTrusted, ByteAccount account) {
    this.entrance = entrance;
    this.isTrusted = isTrusted;
    this.account = account;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    holder = account.open(ctx::close);
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    holder.close();
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    try {
      if (!refused) {
        check(ctx, message);
      }
    } catch (Problem e) {
      refuse(ctx, e);
    }
    if (refused) {
      ReferenceCountUtil.release(message);
    } else {
      ctx.fireChannelRead(message);
    }
  }

  private void check(ChannelHandlerContext ctx, Object message) throws Problem {
    long body = 0;
    if (message instanceof HttpRequest request) {
      if (!isTrusted.getAsBoolean()) {
        refused = true;
        ctx.close();
        return;
      }
      head = request;
      letIn = false;
      body = request.decoderResult().isSuccess() ? HttpUtil.getContentLength(request, 0L) : 0;
    }
    if (message instanceof HttpContent content) {
      arrivedBytes += content.content().readableBytes();
      body = Math.max(body, arrivedBytes);
    }
    if (body > SHORT_BODY_BYTES) {
      checkLong(ctx);
    }
  }

  private void checkLong(ChannelHandlerContext ctx) throws Problem {
    if (!letIn) {
      if (!head.method().equals(HttpMethod.POST)) {
        throw new Problem(413, "Body too long", "body (expected: none)");
      }
      entrance.check(head, ctx.channel());
      letIn = true;
    }
    holder.moved();
    if (!holder.set(arrivedBytes)) {
      throw new Problem(
          503, "Too much in flight", "body (expected: <= " + SHORT_BODY_BYTES + " bytes for now)");
    }
  }

  private void refuse(ChannelHandlerContext ctx, Problem problem) {
    refused = true;
    holder.close();
    FullHttpResponse response = RequestHandler.response(Answer.of(problem), false);
    HttpUtil.setKeepAlive(response, false);
    ctx.writeAndFlush(response).addListener(ChannelFutureListener.CLOSE);
  }

  @Override
  public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
    if (message instanceof HttpResponse answer
        && !answer.status().equals(HttpResponseStatus.CONTINUE)) {
      arrivedBytes = 0;
      holder.set(0);
    }
    ctx.write(message, promise);
  }
}
