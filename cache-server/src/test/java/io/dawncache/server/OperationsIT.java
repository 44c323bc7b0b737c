package io.dawncache.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dawncache.core.Applied;
import io.dawncache.core.ByteView;
import io.dawncache.core.Entry;
import io.dawncache.core.Group;
import io.dawncache.core.Loaded;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Changes made at one of several real nodes, over real sockets, and seen at all of them. */
@ParameterizedClass(name = "peerFrames: {0}")
@ValueSource(booleans = {true, false})
@Timeout(60)
class OperationsIT {
  private final boolean peerFrames;

  OperationsIT(boolean peerFrames) {
    this.peerFrames = peerFrames;
  }

  private ServerConfig.Builder config() {
    return ServerConfig.builder().peerFrames(peerFrames);
  }

  private static final String OTHERS = "others";

  private final Map<String, String> origin = new ConcurrentHashMap<>();

  private Loaded load(String key) {
    String value = origin.get(key);
    return value == null ? Loaded.notFound() : Loaded.ofUtf8(value);
  }

  private Fleet fleet(Dialect dialect) throws IOException {
    return Fleet.of(3, config().dialect(dialect), i -> this::load);
  }

  /** Has every node hold a key of each node: its own as a value, others' maybe as copies. */
  private void warm(Fleet fleet, String value) {
    for (int owner = 0; owner < 3; owner++) {
      String key = fleet.keyOwnedBy(owner);
      origin.put(key, value);
      assertEverywhere(fleet, key, value);
    }
  }

  private static void assertEverywhere(Fleet fleet, String key, String value) {
    for (int i = 0; i < 3; i++) {
      assertEquals(value, fleet.group(i).get(key).toUtf8(), "at node " + i);
    }
  }

  @ParameterizedTest
  @EnumSource
  void aKeyRemovedAtAnyNodeIsLoadedAnewByAll(Dialect dialect) throws IOException {
    try (Fleet fleet = fleet(dialect)) {
      warm(fleet, "old");
      for (int i = 0; i < 3; i++) {
        String key = fleet.keyOwnedBy((i + 1) % 3);
        origin.put(key, "new");
        assertEquals(new Applied(List.of()), fleet.group(i).remove(key));
        assertEverywhere(fleet, key, "new");
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void aValuePutAtAnyNodeIsItsOwnersAndSeenByAll(Dialect dialect) throws IOException {
    try (Fleet fleet = fleet(dialect)) {
      warm(fleet, "old");
      for (int i = 0; i < 3; i++) {
        int owner = (i + 1) % 3;
        String key = fleet.keyOwnedBy(owner);
        Applied applied = fleet.group(i).put(key, ByteView.ofUtf8("put at " + i));
        assertTrue(applied.isEverywhere(), applied::toString);
        assertEverywhere(fleet, key, "put at " + i);
        assertEquals("put at " + i, fleet.group(owner).peek(key).value().toUtf8());
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void theTtlOfAPutTravelsToItsOwner(Dialect dialect) throws Exception {
    Duration ttl = Duration.ofHours(1);
    try (Fleet fleet = fleet(dialect)) {
      String key = fleet.keyOwnedBy(1);
      fleet.group(0).put(key, ByteView.ofUtf8("mortal"), ttl);
      Duration left = fleet.group(1).forServers().remainingTtl(fleet.group(1).peek(key));
      assertTrue(left.compareTo(ttl) <= 0 && !left.isZero(), left::toString);
    }
  }

  @ParameterizedTest
  @EnumSource
  void aPutWithATtlEndsAtEveryNodeAndNoNodeHoldsItForLonger(Dialect dialect) throws IOException {
    Duration ttl = Duration.ofMillis(500);
    Duration atMost = ttl.plusMillis(20); // a node's clock runs up to a tick of 10 ms ahead
    try (Fleet fleet = fleet(dialect)) {
      List<Group> groups = new ArrayList<>();
      for (int i = 0; i < 3; i++) { // which keeps copies
        groups.add(fleet.node(i).addGroup(OTHERS, key -> Loaded.ofUtf8("loaded")));
      }
      for (int putAt = 0; putAt < 3; putAt++) {
        String key = fleet.keyOwnedBy(1);
        groups.get(putAt).put(key, ByteView.ofUtf8("put"), ttl);
        for (Group group : groups) {
          while (group.get(key).toUtf8().equals("put")) { // for ever, if the TTL is lost
            Entry held = group.peek(key);
            if (held != null && held.value().toUtf8().equals("put")) {
              Duration left = group.forServers().remainingTtl(held);
              assertTrue(left.compareTo(atMost) <= 0, left::toString);
            }
          }
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void aGroupClearedAtOneNodeIsLoadedAnewByAll(Dialect dialect) throws IOException {
    try (Fleet fleet = fleet(dialect)) {
      warm(fleet, "old");
      for (int owner = 0; owner < 3; owner++) {
        origin.put(fleet.keyOwnedBy(owner), "new");
      }
      assertTrue(fleet.group(0).clear().isEverywhere());
      for (int owner = 0; owner < 3; owner++) {
        assertNull(fleet.group(owner).peek(fleet.keyOwnedBy(owner)));
        assertEverywhere(fleet, fleet.keyOwnedBy(owner), "new");
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void keysOfAnyCharactersAreForgotten(Dialect dialect) throws IOException {
    List<String> keys = List.of("a b", "a+b", "a/b", "..", "%2F", "?", "\0", "日本", "🎈");
    try (Fleet fleet = fleet(dialect)) {
      for (String key : keys) {
        origin.put(key, "old");
        assertEverywhere(fleet, key, "old");
        origin.put(key, "new");
        assertTrue(fleet.group(0).remove(key).isEverywhere());
        assertEverywhere(fleet, key, "new");
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void aMemberThatIsDownIsNamedAndTheOthersAreTold(Dialect dialect) throws IOException {
    try (Fleet fleet = fleet(dialect)) {
      warm(fleet, "old");
      String down = fleet.server(2).self();
      Fleet.kill(fleet.server(2));
      for (int owner = 0; owner < 3; owner++) {
        String key = fleet.keyOwnedBy(owner);
        origin.put(key, "new");
        assertEquals(new Applied(List.of(down)), fleet.group(0).remove(key), "of node " + owner);
        assertEquals("new", fleet.group(0).get(key).toUtf8());
        assertEquals("new", fleet.group(1).get(key).toUtf8());
        assertEquals(new Applied(List.of(down)), fleet.group(1).put(key, ByteView.ofUtf8("put")));
      }
      assertEquals(new Applied(List.of(down)), fleet.group(0).clear());
    }
  }

  @Test
  void aMemberWithoutTheGroupHasNothingToForget() throws IOException {
    try (Fleet fleet = fleet(Dialect.DAWNCACHE)) {
      for (int i = 0; i < 2; i++) {
        fleet.node(i).addGroup(OTHERS, Fleet.WITHOUT_COPIES, this::load);
      }
      String key = fleet.keyOwnedBy(1);
      origin.put(key, "old");
      assertEquals("old", fleet.node(0).group(OTHERS).get(key).toUtf8());
      origin.put(key, "new");
      assertTrue(fleet.node(0).group(OTHERS).remove(key).isEverywhere());
      assertEquals("new", fleet.node(0).group(OTHERS).get(key).toUtf8());
      assertTrue(fleet.node(0).group(OTHERS).clear().isEverywhere());
    }
  }

  @Test
  void anOwnerWithoutTheGroupIsStoodInFor() throws IOException {
    try (Fleet fleet = fleet(Dialect.DAWNCACHE)) {
      for (int i = 0; i < 2; i++) {
        fleet.node(i).addGroup(OTHERS, Fleet.WITHOUT_COPIES, this::load);
      }
      String key = fleet.keyOwnedBy(2);
      assertTrue(fleet.node(0).group(OTHERS).remove(key).isEverywhere());
    }
  }

  @Test
  void aLoadThatBeganBeforeARemovalIsNotKept() throws Exception {
    CountDownLatch loading = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    origin.put("key", "new");
    try (Fleet fleet =
        Fleet.of(
            3,
            i ->
                key -> {
                  if (loading.getCount() > 0) {
                    loading.countDown();
                    release.await();
                    return Loaded.ofUtf8("old");
                  }
                  return load(key);
                })) {
      CompletableFuture<ByteView> early = fleet.group(0).getAsync("key");
      loading.await();
      assertTrue(fleet.group(1).remove("key").isEverywhere());
      assertEverywhere(fleet, "key", "new");
      release.countDown();
      assertEquals("old", early.get(30, TimeUnit.SECONDS).toUtf8()); // begun before
      assertEverywhere(fleet, "key", "new");
    }
  }
}
