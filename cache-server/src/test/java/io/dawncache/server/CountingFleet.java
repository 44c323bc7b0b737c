package io.dawncache.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dawncache.core.CacheNode;
import io.dawncache.core.Group;
import io.dawncache.core.GroupConfig;
import io.dawncache.core.Loaded;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;

/** Servers in this process with one origin, which counts its loads; for tests of what moves. */
abstract class CountingFleet {
  static final int KEYS = 500;

  final List<CacheNode> nodes = new ArrayList<>();
  final List<CacheServer> servers = new ArrayList<>();
  final AtomicInteger loads = new AtomicInteger();

  private final GroupConfig config;

  CountingFleet(GroupConfig config) {
    this.config = config;
  }

  CacheServer start(ServerConfig server) throws IOException {
    CacheNode node = CacheNode.create();
    nodes.add(node);
    node.addGroup(
        "scores",
        config,
        key -> {
          loads.incrementAndGet();
          return answer(key);
        });
    CacheServer started = CacheServer.start(node, server);
    servers.add(started);
    return started;
  }

  /** Returns what the origin answers. */
  Loaded answer(String key) {
    return Loaded.ofUtf8("value of " + key);
  }

  @AfterEach
  void stop() {
    servers.forEach(CacheServer::close);
    nodes.forEach(CacheNode::close);
  }

  Group group(int index) {
    Group group = nodes.get(index).group("scores");
    assertTrue(group != null);
    return group;
  }

  void startFleet(int size) throws IOException {
    startFleet(size, ServerConfig.builder().build());
  }

  void startFleet(int size, ServerConfig server) throws IOException {
    for (int i = 0; i < size; i++) {
      start(server);
    }
    setMembers();
  }

  /** Sets them one after another, so for a moment the nodes hold different lists. */
  void setMembers() {
    List<String> members = servers.stream().map(CacheServer::self).toList();
    servers.forEach(server -> server.setMembers(members));
    servers.forEach(
        server -> {
          while (!server.otherLists().isEmpty()) {
            Thread.onSpinWait(); // until the test's time-out
          }
        });
  }

  static List<String> keys() {
    return IntStream.range(0, KEYS).mapToObj(i -> "key-" + i).toList();
  }

  void getAll(int index) {
    for (String key : keys()) {
      assertEquals("value of " + key, group(index).get(key).toUtf8());
    }
  }
}
