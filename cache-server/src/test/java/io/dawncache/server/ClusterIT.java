package io.dawncache.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dawncache.core.Applied;
import io.dawncache.core.ByteView;
import io.dawncache.core.CacheNode;
import io.dawncache.core.Loaded;
import io.dawncache.server.testing.LeakExtension;
import io.dawncache.server.testing.LogRecorder;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Nodes that do not belong together, or do not agree about who does. */
@Timeout(60)
@ExtendWith(LeakExtension.class)
class ClusterIT {
  private final LogRecorder log = LogRecorder.of(PresentFleet.class);

  @AfterEach
  void endLog() {
    log.close();
  }

  private static CacheServer start(CacheNode node, String cluster, boolean frames)
      throws IOException {
    ServerConfig.Builder config = ServerConfig.builder().peerFrames(frames);
    if (!cluster.isEmpty()) {
      config.cluster(cluster);
    }
    return CacheServer.start(node, config.build());
  }

  private static CacheNode node(String value) {
    CacheNode node = CacheNode.create();
    node.addGroup(Fleet.GROUP, Fleet.WITHOUT_COPIES, key -> Loaded.ofUtf8(value));
    return node;
  }

  /** Gets a key of each member from this node; returns the values, each once. */
  private static List<String> getOfEach(CacheNode node, List<String> members) {
    return members.stream()
        .map(member -> Fleet.keyOwnedBy(member, members))
        .map(key -> node.group(Fleet.GROUP).get(key).toUtf8())
        .distinct()
        .toList();
  }

  @ParameterizedTest
  @CsvSource({
    "shop, staging, true",
    "shop, staging, false",
    "shop, '',      true",
    "shop, '',      false",
    "'',   staging, true",
    "'',   staging, false",
  })
  void nodesOfOtherClustersDoNotAnswerEachOther(String ours, String theirs, boolean frames)
      throws IOException {
    try (CacheNode one = node("ours");
        CacheNode other = node("theirs");
        CacheServer oneServer = start(one, ours, frames);
        CacheServer otherServer = start(other, theirs, frames)) {
      // The key of the other first: a peek for an own key would have it ejected.
      List<String> members = List.of(otherServer.self(), oneServer.self());
      oneServer.setMembers(members);

      assertEquals(List.of("ours"), getOfEach(one, members));
      Applied applied = one.group(Fleet.GROUP).remove("key-1");

      assertEquals(List.of(otherServer.self()), applied.unreached());
      // Both sides say it: the one that was asked names the asker, and the asker the one it asked.
      assertLogs(oneServer.self() + " is of " + named(ours), named(theirs));
      assertLogs(otherServer.self() + " is of " + named(theirs), named(ours));
      assertEquals(log.lines().stream().distinct().toList(), log.lines());
      assertTrue(one.group(Fleet.GROUP).stats().peerErrors() > 0);
    }
  }

  private static String named(String cluster) {
    return cluster.isEmpty() ? "no cluster" : "cluster " + cluster;
  }

  private void assertLogs(String who, String expected) {
    assertTrue(
        log.lines().stream()
            .anyMatch(line -> line.contains(who) && line.contains("expected: " + expected + ")")),
        () -> who + " (expected: " + expected + ") in\n" + String.join("\n", log.lines()));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void nodesOfOneClusterAnswerEachOther(boolean frames) throws IOException {
    try (CacheNode one = node("one");
        CacheNode other = node("other");
        CacheServer oneServer = start(one, "shop", frames);
        CacheServer otherServer = start(other, "shop", frames)) {
      List<String> members = List.of(oneServer.self(), otherServer.self());
      oneServer.setMembers(members);
      otherServer.setMembers(members);

      assertEquals(List.of("one", "other"), getOfEach(one, members));
      assertTrue(one.group(Fleet.GROUP).remove("key-1").isEverywhere());
      assertEquals(List.of(), log.lines());
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void listsThatDifferAreNoticedByBothAndNoChangeIsMadeEverywhere(boolean frames) throws Exception {
    ServerConfig.Builder config = ServerConfig.builder().peerFrames(frames);
    try (Fleet fleet = Fleet.strangers(2, config, i -> key -> Loaded.ofUtf8("v"))) {
      List<String> both = List.of(fleet.server(0).self(), fleet.server(1).self());
      fleet.server(0).setMembers(both);
      fleet.server(1).setMembers(both);
      getOfEach(fleet.node(0), both);
      getOfEach(fleet.node(1), both);
      assertTrue(fleet.group(0).remove("key-1").isEverywhere());

      fleet.server(1).setMembers(List.of(fleet.server(1).self(), "http://127.0.0.1:1"));
      Applied applied = fleet.group(0).put("key-1", ByteView.ofUtf8("new"));

      assertFalse(applied.isEverywhere());
      assertTrue(applied.otherLists().contains(fleet.server(1).self()), applied::toString);
      assertEquals(List.of(fleet.server(0).self()), fleet.group(1).remove("key-1").otherLists());

      fleet.server(1).setMembers(List.of(fleet.server(1).self(), fleet.server(0).self()));
      getOfEach(fleet.node(1), both);
      assertTrue(fleet.group(0).remove("key-1").isEverywhere());
      assertTrue(fleet.group(1).remove("key-1").isEverywhere());
    }
  }

  @Test
  void aNodeThatLeavesAloneKnowsThatItsChangesAreNotEverywhere() throws Exception {
    try (Fleet fleet = Fleet.of(2, i -> key -> Loaded.ofUtf8("v"))) {
      List<String> both = fleet.server(0).members();
      getOfEach(fleet.node(0), both);
      getOfEach(fleet.node(1), both);

      fleet.server(1).setMembers(List.of(fleet.server(1).self()));

      assertFalse(fleet.group(1).put("key-1", ByteView.ofUtf8("new")).isEverywhere());
    }
  }

  @Test
  void twoProcessesWithOneUrlAreNoticed() throws IOException {
    try (CacheNode one = node("one");
        CacheNode other = node("other");
        CacheServer oneServer = start(one, "", true)) {
      String self = oneServer.self();
      ServerConfig twin = ServerConfig.builder().self(self).build();
      try (CacheServer otherServer = CacheServer.start(other, twin)) {
        String address = "http://127.0.0.1:" + otherServer.address().getPort();
        List<String> members = List.of(self, address);
        oneServer.setMembers(members);

        getOfEach(one, members);

        assertTrue(
            log.lines()
                .contains(
                    "WARNING another process has the URL of this node, "
                        + self
                        + ", as its self: it answers at "
                        + address),
            () -> String.join("\n", log.lines()));
      }
    }
  }
}
