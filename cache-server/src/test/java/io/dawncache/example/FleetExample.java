package io.dawncache.example;

import io.dawncache.core.Applied;
import io.dawncache.core.ByteView;
import io.dawncache.core.CacheNode;
import io.dawncache.core.GetResult;
import io.dawncache.core.Group;
import io.dawncache.core.GroupConfig;
import io.dawncache.core.Loaded;
import io.dawncache.server.CacheServer;
import io.dawncache.server.ServerConfig;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** The README's examples of a fleet. */
@SuppressWarnings("unused")
final class FleetExample {
  private FleetExample() {}

  /** The origin. */
  interface Database {
    Loaded find(String key);

    void write(String key, int score);
  }

  static void serve(Database database) throws IOException {
    CacheNode node = CacheNode.create();
    Group scores = node.addGroup("scores", key -> database.find(key));
    List<String> members = List.of("http://10.0.0.1:8001", "http://10.0.0.2:8001");
    ServerConfig config =
        ServerConfig.builder()
            .host("0.0.0.0")
            .port(8001)
            .self(members.get(0))
            .members(members)
            .build();
    CacheServer server = CacheServer.start(node, config);

    ByteView value = scores.get("Tom");
    CompletableFuture<ByteView> later = scores.getAsync("Jack");

    server.close();
    node.close();
  }

  static void change(CacheNode node, CacheServer server, Database database) {
    GroupConfig config =
        GroupConfig.builder()
            .ttl(Duration.ofMinutes(10))
            .ttlJitter(0.1)
            .refreshAfterWrite(Duration.ofMinutes(8))
            .staleIfError(Duration.ofHours(1))
            .build();
    Group scores = node.addGroup("scores", config, key -> database.find(key));

    database.write("Tom", 631);
    Applied removed = scores.remove("Tom");
    Applied put = scores.put("Tom", ByteView.ofUtf8("631"));
    Map<String, GetResult> many = scores.getAll(List.of("Tom", "Jack"));

    server.setMembers(List.of("http://10.0.0.1:8001", "http://10.0.0.3:8001"));
  }
}
