package io.dawncache.bench.chaos;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.gson.JsonParseException;
import io.dawncache.core.Operation;
import io.dawncache.core.OperationResult;
import io.dawncache.core.PeerRequest;
import io.dawncache.core.PeerResult;
import io.dawncache.operations.page.StatsPage;
import io.dawncache.server.Dialect;
import io.dawncache.server.wire.GroupcacheCodec;
import io.dawncache.server.wire.Headers;
import io.dawncache.server.wire.KeyAnswers;
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
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Asks one node over HTTP for one thing, and waits for the answer. */
final class Direct {
  private static final Duration PAGE_TIMEOUT = Duration.ofSeconds(2);
  private static final Duration TIMEOUT = Duration.ofSeconds(10);
  private static final Duration ORDER_TIMEOUT = Duration.ofSeconds(40); // a listener has 30 s
  private static final int MOST_BYTES = 1 << 24;
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

  /**
   * Returns all that a node says of itself.
   *
   * @throws IOException if it says nothing
   */
  static StatsPage wholeStats(ChaosNode node) throws IOException, InterruptedException {
    try {
      return StatsPage.fromJson(new String(page(node, "/stats").body(), UTF_8));
    } catch (JsonParseException e) {
      throw new IOException(node.url() + "/stats: " + e.getMessage(), e);
    }
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
        asPeer(node, MessageKind.COORDINATE, message)
            .timeout(TIMEOUT.multipliedBy(2)) // a change may wait for members that are away
            .build();
    message.release();
    HttpResponse<byte[]> answer = HTTP.send(request, BodyHandlers.ofByteArray());
    if (answer.statusCode() != 200) {
      throw new IOException(node.url() + ": a change: status " + answer.statusCode());
    }
    return PeerAnswers.ofOperation(Unpooled.wrappedBuffer(answer.body()));
  }

  /**
   * Gets many keys of a node in one request, as another node asks for them.
   *
   * @return what became of each key
   * @throws IOException if the answer is none to these keys
   */
  static Map<String, PeerResult> getAll(ChaosNode node, List<String> keys)
      throws IOException, InterruptedException {
    List<PeerRequest> fetches =
        keys.stream().map(key -> new PeerRequest(ChaosNode.GROUP, key, TIMEOUT)).toList();
    ByteBuf message = PeerCodec.encode(fetches, TIMEOUT);
    HttpRequest request = asPeer(node, MessageKind.GET_ALL, message).timeout(TIMEOUT).build();
    message.release();
    HttpResponse<byte[]> answer = HTTP.send(request, BodyHandlers.ofByteArray());
    if (answer.statusCode() != 200) {
      throw new IOException(node.url() + ": get-all: status " + answer.statusCode());
    }
    Map<String, PeerResult> results = new HashMap<>();
    KeyAnswers answers =
        new KeyAnswers(fetches, MOST_BYTES, (fetch, result) -> results.put(fetch.key(), result));
    answers.received(Unpooled.wrappedBuffer(answer.body()));
    answers.end(PeerResult.of(PeerResult.Status.FAILED, "no result"));
    return results;
  }

  /**
   * Posts an order to an operations listener, and returns the answer.
   *
   * @param authority the listener's
   * @param json the order's arguments
   * @throws IOException if it is not done
   */
  static String operate(String authority, String path, String json)
      throws IOException, InterruptedException {
    HttpResponse<String> answer =
        HTTP.send(
            HttpRequest.newBuilder(URI.create("http://" + authority + path))
                .header("Content-Type", "application/json")
                .timeout(ORDER_TIMEOUT)
                .POST(HttpRequest.BodyPublishers.ofString(json))
                .build(),
            BodyHandlers.ofString());
    if (answer.statusCode() != 200) {
      throw new IOException(path + ": status " + answer.statusCode());
    }
    return answer.body();
  }

  /** Returns the path of the group, with a slash at its end. */
  static String basePath() {
    return Dialect.DAWNCACHE.basePath() + ChaosNode.GROUP + "/";
  }

  private static HttpRequest.Builder asPeer(ChaosNode node, MessageKind kind, ByteBuf message) {
    return request(node, Dialect.DAWNCACHE.basePath())
        .header(Headers.PEER.toString(), "http://chaos.invalid")
        .header(Headers.MESSAGE.toString(), kind.label())
        .POST(HttpRequest.BodyPublishers.ofByteArray(ByteBufUtil.getBytes(message)));
  }

  private static HttpResponse<byte[]> page(ChaosNode node, String path)
      throws IOException, InterruptedException {
    return HTTP.send(request(node, path).timeout(PAGE_TIMEOUT).build(), BodyHandlers.ofByteArray());
  }

  private static HttpRequest.Builder request(ChaosNode node, String path) {
    return HttpRequest.newBuilder(URI.create(node.url() + path));
  }
}
