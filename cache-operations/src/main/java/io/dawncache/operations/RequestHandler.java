package io.dawncache.operations;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One connection's requests, one after the other: each is read when the last is answered. */
final class RequestHandler extends SimpleChannelInboundHandler<FullHttpRequest> {
  /** How long a request may take to arrive whole, from the answer before it on. */
  static final long ARRIVAL_SECONDS = 30;

  /** How long an answer waits for what it reports; the work itself goes on. */
  private static final long WORK_SECONDS = 30;

  private final Entrance entrance;
  private @Nullable Future<?> deadline;
  private boolean waits; // for the next request

  RequestHandler(Entrance entrance) {
    this.entrance = entrance;
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    readNext(ctx);
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    cancelDeadline();
  }

  /** Reads on if what has arrived was a part of a request: the flow control forgets each read. */
  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    if (waits) {
      ctx.read();
    }
  }

  private void readNext(ChannelHandlerContext ctx) {
    waits = true;
    deadline = ctx.executor().schedule(() -> ctx.close(), ARRIVAL_SECONDS, TimeUnit.SECONDS);
    ctx.read();
  }

  private void cancelDeadline() {
    Future<?> present = deadline;
    if (present != null) {
      present.cancel(false);
    }
  }

  @Override
  protected void channelRead0(ChannelHandlerContext ctx, FullHttpRequest request) {
    cancelDeadline();
    waits = false;
    boolean keepAlive = HttpUtil.isKeepAlive(request) && request.decoderResult().isSuccess();
    boolean isHead = request.method().equals(HttpMethod.HEAD);
    List<String> methods = entrance.methods(request);
    CompletableFuture<Answer> answer;
    try {
      answer = answer(ctx, request).orTimeout(WORK_SECONDS, TimeUnit.SECONDS);
    } catch (Problem | RuntimeException e) {
      answer = CompletableFuture.completedFuture(Answer.failed(e));
    }
    var unused =
        answer
            .exceptionally(Answer::failed)
            .thenAccept(
                made -> ctx.executor().execute(() -> write(ctx, made, methods, isHead, keepAlive)));
  }

  /** Starts the answer; a copy, because its time-out must not end the work. */
  private CompletableFuture<Answer> answer(ChannelHandlerContext ctx, FullHttpRequest request)
      throws Problem {
    if (!request.decoderResult().isSuccess()) {
      throw Problem.badRequest("no request of HTTP/1.1: " + request.decoderResult().cause());
    }
    Entrance.Admitted admitted = entrance.check(request, ctx.channel());
    QueryStringDecoder uri = new QueryStringDecoder(request.uri());
    Map<String, String> query = new HashMap<>();
    for (Map.Entry<String, List<String>> parameter : uri.parameters().entrySet()) {
      query.put(parameter.getKey(), parameter.getValue().get(0));
    }
    String body = request.content().toString(UTF_8);
    return admitted
        .endpoint()
        .answer(new Request(query, body, admitted.access()))
        .toCompletableFuture()
        .copy();
  }

  private void write(
      ChannelHandlerContext ctx,
      Answer answer,
      List<String> methods,
      boolean isHead,
      boolean keepAlive) {
    FullHttpResponse response = response(answer, isHead);
    if (answer.status() == 405) {
      response.headers().set(HttpHeaderNames.ALLOW, String.join(", ", methods));
    } else if (answer.status() == 401) {
      response.headers().set(HttpHeaderNames.WWW_AUTHENTICATE, "Bearer");
    }
    HttpUtil.setKeepAlive(response, keepAlive);
    if (keepAlive) {
      ctx.writeAndFlush(response);
      readNext(ctx);
    } else {
      ctx.writeAndFlush(response).addListener(ChannelFutureListener.CLOSE);
    }
  }

  /** Makes the response to send; one to HEAD names the length of the body that it lacks. */
  static FullHttpResponse response(Answer answer, boolean isHead) {
    FullHttpResponse response =
        new DefaultFullHttpResponse(
            HttpVersion.HTTP_1_1,
            HttpResponseStatus.valueOf(answer.status()),
            isHead ? Unpooled.EMPTY_BUFFER : Unpooled.wrappedBuffer(answer.body()));
    response
        .headers()
        .set(HttpHeaderNames.CONTENT_TYPE, answer.contentType())
        .set(HttpHeaderNames.CONTENT_LENGTH, answer.body().length)
        .set(HttpHeaderNames.CACHE_CONTROL, "no-store")
        .set("X-Content-Type-Options", "nosniff");
    return response;
  }

  /** The client is gone, or does not take its answer. */
  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    ctx.close();
  }
}
