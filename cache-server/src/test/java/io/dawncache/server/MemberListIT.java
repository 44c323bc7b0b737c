package io.dawncache.server;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.dawncache.core.CacheNode;
import io.dawncache.server.testing.LogRecorder;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a server says to a member list that leaves it out. */
@Timeout(60)
class MemberListIT {
  private static final String OTHER = "http://127.0.0.1:1";
  private static final String SELF = "http://ten:8001";

  private static String warning(String self) {
    return "WARNING members: "
        + OTHER
        + " (expected: "
        + self
        + " among them, or self as it stands there): this node owns no key";
  }

  private static List<String> warnings(LogRecorder log) {
    return log.lines().stream().filter(line -> line.startsWith("WARNING")).toList();
  }

  @Test
  void aListWithoutTheNodeItselfIsTakenAndWarnedOf() throws IOException {
    ServerConfig config = ServerConfig.builder().self(SELF).members(List.of(OTHER)).build();
    try (LogRecorder log = LogRecorder.of(CacheServer.class);
        CacheNode node = CacheNode.create();
        CacheServer server = CacheServer.start(node, config)) {
      assertEquals(List.of(warning(SELF)), warnings(log));

      server.setMembers(List.of(OTHER));

      assertEquals(List.of(warning(SELF), warning(SELF)), warnings(log));
      assertEquals(List.of(OTHER), server.members());
    }
  }

  @Test
  void aListWithTheNodeItselfOrNobodyIsNotWarnedOf() throws IOException {
    try (LogRecorder log = LogRecorder.of(CacheServer.class);
        CacheNode node = CacheNode.create();
        CacheServer server = CacheServer.start(node, ServerConfig.builder().build())) {
      server.setMembers(List.of(server.self(), OTHER));
      server.setMembers(List.of());

      assertEquals(List.of(), warnings(log));
    }
  }
}
