package io.dawncache.example;

import io.dawncache.core.CacheNode;
import io.dawncache.core.Group;
import io.dawncache.core.Loaded;
import io.dawncache.server.CacheServer;
import io.dawncache.server.Dialect;
import io.dawncache.server.ServerConfig;
import java.util.List;

/** An application that embeds two nodes, which get each other's keys; {@link OutsideServerIT}. */
public final class TwoNodes {
  private TwoNodes() {}

  /** Gets keys from either node until each has answered the other; prints how many were wrong. */
  public static void main(String[] args) throws Exception {
    ServerConfig config = ServerConfig.builder().dialect(Dialect.DAWNCACHE).build();
    try (CacheNode one = CacheNode.create();
        CacheNode two = CacheNode.create();
        CacheServer first = CacheServer.start(one, config);
        CacheServer second = CacheServer.start(two, config)) {
      Group left = one.addGroup("g", key -> Loaded.ofUtf8("value of " + key));
      Group right = two.addGroup("g", key -> Loaded.ofUtf8("value of " + key));
      List<String> members = List.of(first.self(), second.self());
      first.setMembers(members);
      second.setMembers(members);
      int wrong = 0;
      for (int i = 0; answered(left) == 0 || answered(right) == 0; i++) {
        String key = "k" + i;
        wrong += left.get(key).toUtf8().equals("value of " + key) ? 0 : 1;
        wrong += right.get(key).toUtf8().equals("value of " + key) ? 0 : 1;
      }
      System.out.println("each answered the other, " + wrong + " values were wrong");
    }
  }

  private static long answered(Group group) {
    return group.stats().serverRequests();
  }
}
