package io.dawncache.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.dawncache.core.CacheNode;
import io.dawncache.core.GetFailedException;
import io.dawncache.core.Group;
import io.dawncache.core.Loaded;
import io.dawncache.server.testing.LogRecorder;
import java.io.IOException;
import java.net.BindException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A node that outlives its server, and gets another. */
@Timeout(60)
class StartAgainIT {
  @Test
  void aNodeIsServedAgainOnceItsServerIsClosed() throws IOException {
    ServerConfig anyPort = ServerConfig.builder().build();
    try (CacheNode one = CacheNode.create();
        CacheNode two = CacheNode.create();
        CacheServer other = CacheServer.start(two, anyPort)) {
      Group group = one.addGroup("g", key -> Loaded.ofUtf8("of one"));
      two.addGroup("g", key -> Loaded.ofUtf8("of two"));
      CacheServer first = CacheServer.start(one, anyPort);
      assertThrows(IllegalStateException.class, () -> CacheServer.start(one, anyPort));
      first.close();

      try (CacheServer second = CacheServer.start(one, anyPort)) {
        second.setMembers(List.of(other.self()));

        assertEquals("of two", group.get("k").toUtf8());
      }
    }
  }

  @Test
  void aStartThatFailsLeavesTheNodeFreeForTheNext() throws IOException {
    try (CacheNode one = CacheNode.create();
        CacheNode two = CacheNode.create();
        CacheServer other = CacheServer.start(two, ServerConfig.builder().build())) {
      ServerConfig taken = ServerConfig.builder().port(other.address().getPort()).build();
      assertThrows(BindException.class, () -> CacheServer.start(one, taken));

      CacheServer.start(one, ServerConfig.builder().build()).close();
    }
  }

  @Test
  void aGetOfANodeThatIsClosedIsNoFaultOfItsOrigin() {
    try (LogRecorder log = LogRecorder.of(Group.class)) {
      CacheNode node = CacheNode.create();
      Group group = node.addGroup("g", key -> Loaded.ofUtf8("v"));
      node.close();

      assertThrows(GetFailedException.class, () -> group.get("k"));

      assertEquals(List.of(), log.lines());
    }
  }
}
