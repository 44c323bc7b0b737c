package io.dawncache.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dawncache.core.CacheNode;
import io.dawncache.core.Loaded;
import io.dawncache.server.testing.LeakExtension;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** What a server reports of the requests that it answers. */
@Timeout(60)
@ExtendWith(LeakExtension.class)
class RequestListenerIT {
  private static final int LARGE_BYTES = 1 << 20;

  private final List<AnsweredRequest> answered = new CopyOnWriteArrayList<>();
  private final HttpClient client = HttpClient.newHttpClient();

  private AnsweredRequest ask(CacheServer server, String method, String path) throws Exception {
    int before = answered.size();
    client.send(
        HttpRequest.newBuilder(URI.create(server.self() + path))
            .method(method, HttpRequest.BodyPublishers.noBody())
            .build(),
        BodyHandlers.discarding());
    while (answered.size() == before) {
      Thread.onSpinWait();
    }
    return answered.get(before);
  }

  @Test
  void eachAnswerHasItsRequestItsStatusAndItsBytes() throws Exception {
    ServerConfig config = ServerConfig.builder().requestListener(answered::add).build();
    try (CacheNode node = CacheNode.create();
        CacheServer server = CacheServer.start(node, config)) {
      node.addGroup(
          "scores",
          key ->
              key.equals("large")
                  ? Loaded.ofUtf8("x".repeat(LARGE_BYTES))
                  : key.equals("none") ? Loaded.notFound() : Loaded.ofUtf8(key));

      AnsweredRequest miss = ask(server, "GET", "/_dawncache/scores/Tom");
      AnsweredRequest hit = ask(server, "GET", "/_dawncache/scores/Tom");
      assertEquals("GET", hit.method());
      assertEquals("/_dawncache/scores/Tom", hit.target());
      assertEquals(200, hit.status());
      assertEquals(miss.bytes(), hit.bytes());
      assertTrue(hit.bytes() > 100 && hit.bytes() < 300, hit.toString());
      assertTrue(!hit.took().isNegative(), hit.toString());

      assertEquals(404, ask(server, "GET", "/_dawncache/scores/none").status());
      assertEquals(400, ask(server, "GET", "/_dawncache/other/Tom").status());
      assertEquals(405, ask(server, "POST", "/_dawncache/scores/Tom").status());
      AnsweredRequest head = ask(server, "HEAD", "/_dawncache/scores/large");
      assertEquals(200, head.status());
      assertTrue(head.bytes() < 300, head.toString());
      long large = ask(server, "GET", "/_dawncache/scores/large").bytes();
      assertTrue(large > LARGE_BYTES && large < LARGE_BYTES + 300, "" + large);
      assertEquals(7, answered.size());
    }
  }
}
