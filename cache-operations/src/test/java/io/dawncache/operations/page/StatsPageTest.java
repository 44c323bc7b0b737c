package io.dawncache.operations.page;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import io.dawncache.core.CacheNode;
import io.dawncache.core.CachePolicy;
import io.dawncache.core.Group;
import io.dawncache.core.GroupConfig;
import io.dawncache.core.GroupStats;
import io.dawncache.core.Loaded;
import io.dawncache.core.NotFoundException;
import io.dawncache.core.PeerResult;
import io.dawncache.server.PeerHealth;
import io.dawncache.server.PeerStats;
import io.dawncache.server.ServerStats;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class StatsPageTest {
  private static final List<String> MEMBERS = List.of("http://a:1", "http://b:1");

  private static StatsPage stats(CacheNode node) {
    return StatsPage.of(
        new ServerStats(
            "http://a:1",
            MEMBERS,
            List.of("http://c:1"),
            Map.of("http://b:1", List.of("scores")),
            new ServerStats.RingInForce("seed", List.of("http://b:1")),
            List.of(
                new PeerStats(
                    PeerHealth.up("http://b:1", Instant.EPOCH).inZone("b"),
                    Map.of(PeerResult.Status.VALUE, 2L, PeerResult.Status.NOT_ASKED, 1L))),
            List.of("http://b:1"),
            3,
            2,
            new ServerStats.DiscoveryState("file:/members", true, "file:/members: no such file"),
            false,
            Duration.ofNanos(1_234_567_890),
            new ServerStats.BytesInFlight(0, 1000, 0, 0),
            4,
            5,
            node.groups().stream().map(ServerStats.GroupReport::of).toList(),
            null));
  }

  @Test
  void thePageHasGroupcachesNames() {
    try (CacheNode node = CacheNode.create()) {
      GroupConfig config = GroupConfig.builder().maxBytes(1000).policy(CachePolicy.LRU).build();
      Group group =
          node.addGroup(
              "scores",
              config,
              key -> key.equals("Tom") ? Loaded.ofUtf8("630") : Loaded.notFound());
      group.get("Tom");
      group.get("Tom");
      assertThrows(NotFoundException.class, () -> group.get("Jack"));

      JsonObject page = JsonParser.parseString(stats(node).toJson()).getAsJsonObject();

      assertEquals("http://a:1", page.get("self").getAsString());
      assertEquals(2, page.getAsJsonArray("members").size());
      assertEquals("{\"http://b:1\":[\"scores\"]}", page.get("otherSemantics").toString());
      assertEquals(1.234, page.get("uptimeSeconds").getAsDouble());
      assertEquals(
          "{\"notasked\":1,\"value\":2}",
          page.getAsJsonArray("peers").get(0).getAsJsonObject().get("fetches").toString());
      JsonObject scores = page.getAsJsonObject("groups").getAsJsonObject("scores");
      long bytes = group.stats().mainCache().bytes();
      assertTrue(scores.getAsJsonObject("loadTimes").remove("max").getAsDouble() > 0);
      scores.getAsJsonObject("loadTimes").remove("p50");
      scores.getAsJsonObject("loadTimes").remove("p99");
      assertTrue(scores.remove("hotKeys").isJsonArray()); // of one get in 64, by chance
      assertEquals(
          "{\"policy\":\"lru\",\"maxBytes\":1000,\"gets\":3,\"cacheHits\":1,\"misses\":2,\"loads\":2,"
              + "\"loadsDeduped\":2,\"localLoads\":2,\"localLoadErrs\":0,\"peerLoads\":0,"
              + "\"peerErrors\":0,\"serverRequests\":0,"
              + ("\"mainCache\":{\"bytes\":" + bytes + ",\"items\":1,\"evictions\":0},")
              + "\"hotCache\":{\"bytes\":0,\"items\":0,\"evictions\":0},"
              + "\"missingKeys\":{\"bytes\":0,\"items\":0,\"evictions\":0},"
              + "\"events\":{\"hotHits\":0,\"notFoundHits\":0,\"staleServed\":0,\"refreshes\":0,"
              + "\"expired\":0,\"evictedAgeSeconds\":0,\"removed\":0,\"overloaded\":0,\"notKept\":0,\"tooLarge\":0,\"unreadable\":0,"
              + "\"hedges\":0,\"bulkRequests\":0,\"peeks\":0,\"peekHits\":0,\"offered\":0,"
              + "\"taken\":0,\"handedOver\":0,\"notHandedOver\":0,\"bytesWithinZone\":0,"
              + "\"bytesAcrossZones\":0,\"unheard\":0},\"loadTimes\":{\"count\":2},"
              + "\"activity\":{\"waitingGets\":0,\"runningLoads\":0,\"queuedLoads\":0,"
              + "\"abandonedThreads\":0}}",
          scores.toString());
      checkBooks(group.stats());
    }
  }

  @Test
  void noCounterOfTheCoreIsLeftOut() {
    try (CacheNode node = CacheNode.create()) {
      node.addGroup("scores", key -> Loaded.notFound());
      JsonObject page = JsonParser.parseString(stats(node).toJson()).getAsJsonObject();
      Set<String> counters = new TreeSet<>();
      for (var component : GroupStats.class.getRecordComponents()) {
        counters.add(component.getName());
      }

      Set<String> shown =
          new TreeSet<>(page.getAsJsonObject("groups").getAsJsonObject("scores").keySet());
      shown.removeAll(Set.of("policy", "maxBytes", "misses", "activity", "hotKeys"));

      assertEquals(counters, shown);
    }
  }

  @Test
  void thePageReadsBackAsItWas() {
    try (CacheNode node = CacheNode.create()) {
      node.addGroup("a \"group\"\n<&>", key -> Loaded.notFound());
      StatsPage stats = stats(node);

      assertEquals(stats, StatsPage.fromJson(stats.toJson()));
    }
  }

  /** While a fleet is upgraded, node by node. */
  @Test
  void thePageOfANodeThatIsOlderIsRead() {
    try (CacheNode node = CacheNode.create()) {
      node.addGroup("scores", key -> Loaded.notFound());
      JsonObject page = JsonParser.parseString(stats(node).toJson()).getAsJsonObject();
      page.remove("otherLists");
      page.remove("otherSemantics");
      page.remove("bytesInFlight");
      page.remove("discovery");
      page.remove("ring");
      page.remove("peers");
      page.remove("membersWithHints");

      StatsPage read = StatsPage.fromJson(page.toString());

      assertEquals(List.of(), read.otherLists());
      assertNull(read.otherSemantics());
      assertNull(read.bytesInFlight());
      assertNull(read.discovery());
      assertNull(read.ring());
      assertEquals(List.of(), read.leaving());
      assertEquals(MEMBERS, read.members());
      assertEquals(Set.of("scores"), read.groups().keySet());
    }
  }

  @Test
  void whatIsNoNodesPageIsRefused() {
    for (String text :
        List.of(
            "",
            "ok",
            "[]",
            "{}",
            "{\"groups\":1}",
            "{\"groups\":{\"a\":null}}",
            "{\"groups\":{\"a\":{}}}",
            "{\"groups\":{\"a\":{\"gets\":\"many\"}}}")) {
      assertThrows(JsonParseException.class, () -> StatsPage.fromJson(text), text);
    }
  }

  private static void checkBooks(GroupStats s) {
    assertEquals(s.gets(), s.cacheHits() + s.loads());
    assertEquals(
        s.loadsDeduped(), s.localLoads() + s.localLoadErrs() + s.peerLoads() + s.peerErrors());
  }
}
