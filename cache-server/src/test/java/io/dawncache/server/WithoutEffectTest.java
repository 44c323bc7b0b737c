package io.dawncache.server;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.dawncache.core.CacheNode;
import io.dawncache.core.GroupConfig;
import io.dawncache.core.Loaded;
import io.dawncache.server.testing.LogRecorder;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Settings that do nothing beside each other, as the log of a node names them. */
class WithoutEffectTest {
  private static final Duration MINUTE = Duration.ofMinutes(1);

  private static List<String> logged(GroupConfig.Builder config) {
    try (LogRecorder log = LogRecorder.of(CacheNode.class);
        CacheNode node = CacheNode.create()) {
      node.addGroup("scores", config.build(), Loaded::ofUtf8).get("Tom");
      return log.lines();
    }
  }

  @Test
  void anAgeOfRefreshesThatNoValueReachesIsLoggedOnce() {
    for (Duration age : List.of(MINUTE, MINUTE.plusSeconds(5))) {
      assertEquals(
          List.of(
              "WARNING group scores: refreshAfterWrite: "
                  + age
                  + " (expected: less than ttl, PT1M): only values with a longer TTL of their own"
                  + " are refreshed"),
          logged(GroupConfig.builder().ttl(MINUTE).refreshAfterWrite(age)));
    }
  }

  @Test
  void anAgeThatValuesReachIsNotLogged() {
    assertEquals(
        List.of(),
        logged(GroupConfig.builder().ttl(MINUTE).refreshAfterWrite(MINUTE.minusNanos(1))));
    assertEquals(List.of(), logged(GroupConfig.builder().refreshAfterWrite(MINUTE)));
    assertEquals(List.of(), logged(GroupConfig.builder().ttl(MINUTE)));
  }
}
