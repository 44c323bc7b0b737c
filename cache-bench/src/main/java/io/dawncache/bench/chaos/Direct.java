package io.dawncache.bench.chaos;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.dawncache.core.Operation;
import io.dawncache.core.OperationResult;
import io.dawncache.server.Dialect;
import io.dawncache.server.wire.GroupcacheCodec;
import io.dawncache.server.wire.Headers;
import io.dawncache.server.wire.MessageKind;
import io.dawncache.server.wire.PeerAnswers;
import io.dawncache.server.wire.PeerCodec;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.time.Duration;

/** Asks one node over HTTP for one thing, and waits for the answer. */
final class Direct {
  private static final Duration PAGE_TIMEOUT = Duration.ofSeconds(2);
  private static final Duration TIMEOUT = Duration.ofSeconds(10);
  private static final HttpClient HTTP =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(PAGE_TIMEOUT)
          .build();

  private Direct() {}

  /** Returns whether a node answers that it is ready. */
  static boolean isReady(ChaosNode node) throws InterruptedException {
    try {
      return page(node, "/readyz").statusCode() == 200;
    } catch (IOException e) {
      return false;
    }
  }

  /**
   * Returns what a node says of itself.
   *
   * @throws IOException if it says nothing
   */
  static NodePage stats(ChaosNode node) throws IOException, InterruptedException {
    return NodePage.parse(new String(page(node, "/stats").body(), UTF_8));
  }

  /** Does what {@link Client#get} says. */
  static String get(ChaosNode node, String key) throws IOException, InterruptedException {
    HttpResponse<byte[]> answer =
        HTTP.send(
            request(node, basePath() + key).timeout(TIMEOUT).build(), BodyHandlers.ofByteArray());
    if (answer.statusCode() != 200) {
      throw new IOException(node.url() + ": " + key + ": status " + answer.statusCode());
    }
    return GroupcacheCodec.decodeResponse(ByteBuffer.wrap(answer.body())).toUtf8();
  }

  /** Does what {@link Client#change} says. */
  static OperationResult change(ChaosNode node, Operation operation)
      throws IOException, InterruptedException {
    ByteBuf message = PeerCodec.encode(operation);
    HttpRequest request =
        request(node, Dialect.DAWNCACHE.basePath())
            .header(Headers.PEER.toString(), "http://chaos.invalid")
            .header(Headers.MESSAGE.toString(), MessageKind.COORDINATE.label())
            .timeout(TIMEOUT.multipliedBy(2)) // a change may wait for members that are away
            .POST(HttpRequest.BodyPublishers.ofByteArray(ByteBufUtil.getBytes(message)))
            .build();
    message.release();
    HttpResponse<byte[]> answer = HTTP.send(request, BodyHandlers.ofByteArray());
    if (answer.statusCode() != 200) {
      throw new IOException(node.url() + ": a change: status " + answer.statusCode());
    }
    return PeerAnswers.ofOperation(Unpooled.wrappedBuffer(answer.body()));
  }

  /** Returns the path of the group, with a slash at its end. */
  static String basePath() {
    return Dialect.DAWNCACHE.basePath() + ChaosNode.GROUP + "/";
  }

  private static HttpResponse<byte[]> page(ChaosNode node, String path)
      throws IOException, InterruptedException {
    return HTTP.send(request(node, path).timeout(PAGE_TIMEOUT).build(), BodyHandlers.ofByteArray());
  }

  private static HttpRequest.Builder request(ChaosNode node, String path) {
    return HttpRequest.newBuilder(URI.create(node.url() + path));
  }
}
