package io.dawncache.server.inbound;

import io.dawncache.core.ByteView;
import io.dawncache.core.GetCallback;
import io.dawncache.core.GetException;
import io.dawncache.server.wire.Refusal;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpUtil;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * One request from its start to its answer. A flight may end on any thread; the answer is then
 * handed over to the connection's event loop, where all fields live. It stays a value, not a
 * buffer, until its turn to be written, so nothing leaks if the connection goes first.
 */
final class Exchange implements GetCallback {
  private final RequestHandler handler;
  private final ChannelHandlerContext ctx;
  private final Inbound inbound;
  private final boolean head;

  private boolean keepAlive;
  private @Nullable ByteView value;
  private @Nullable Refusal refusal;
  private @Nullable Shown shown;

  Exchange(
      RequestHandler handler, ChannelHandlerContext ctx, Inbound inbound, HttpRequest request) {
    this.handler = handler;
    this.ctx = ctx;
    this.inbound = inbound;
    this.head = request.method().equals(HttpMethod.HEAD);
    this.keepAlive = HttpUtil.isKeepAlive(request);
  }

  @Override
  public void value(ByteView value) {
    if (value.length() > inbound.limits().maxValueBytes()) {
      String text =
          "value: "
              + value.length()
              + " bytes (expected: <= "
              + inbound.limits().maxValueBytes()
              + ")";
      refuseOnLoop(Refusal.failed(inbound.dialect(), text));
    } else if (ctx.executor().inEventLoop()) {
      answer(value);
    } else {
      handOver(() -> answer(value));
    }
  }

  @Override
  public void error(GetException error) {
    refuseOnLoop(Refusal.of(inbound.dialect(), error));
  }

  private void refuseOnLoop(Refusal refusal) {
    if (ctx.executor().inEventLoop()) {
      refuse(refusal);
    } else {
      handOver(() -> refuse(refusal));
    }
  }

  private void handOver(Runnable answer) {
    try {
      ctx.executor().execute(answer);
    } catch (RejectedExecutionException e) {
      // The server has closed, and this connection with it: nobody waits for the answer.
    }
  }

  private void answer(ByteView value) {
    this.value = value;
    handler.answered(ctx);
  }

  /** Answers without a value. */
  void refuse(Refusal refusal) {
    this.refusal = refusal;
    handler.answered(ctx);
  }

  /** Answers without a value, as the connection's last. */
  void refuseAndClose(Refusal refusal) {
    keepAlive = false;
    refuse(refusal);
  }

  /** Answers with a page; one that cannot be rendered is a failure told in its place. */
  void show(Page page) {
    try {
      shown = new Shown(page.contentType(), page.body().get());
    } catch (RuntimeException e) {
      refuse(Refusal.failed(inbound.dialect(), "page: " + e));
      return;
    }
    handler.answered(ctx);
  }

  boolean isAnswered() {
    return value != null || refusal != null || shown != null;
  }

  boolean keepsAlive() {
    return keepAlive;
  }

  /** Returns the response, in a new buffer that the pipeline releases. */
  FullHttpResponse response(ByteBufAllocator allocator, boolean last) {
    FullHttpResponse response;
    if (value != null) {
      response = Responses.value(value, inbound.dialect(), head, allocator);
    } else if (refusal != null) {
      response = Responses.refusal(refusal, head);
    } else if (shown != null) {
      response = Responses.page(shown.contentType, shown.body, head);
    } else {
      throw new IllegalStateException("no answer yet");
    }
    HttpUtil.setKeepAlive(response, !last);
    return response;
  }

  /** A page as it was rendered for this request. */
  private static final class Shown {
    final String contentType;
    final byte[] body;

    Shown(String contentType, byte[] body) {
      this.contentType = contentType;
      this.body = body;
    }
  }
}
