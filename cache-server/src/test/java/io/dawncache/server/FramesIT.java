package io.dawncache.server;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.dawncache.core.ByteView;
import io.dawncache.core.CacheNode;
import io.dawncache.core.Getter;
import io.dawncache.core.Loaded;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What only frames can: many requests at one time on one connection between two nodes. */
@Timeout(60)
class FramesIT {
  private static final int FETCHES = 1_000;

  private static ServerConfig.Builder oneLoop() {
    return ServerConfig.builder().eventLoops(1); // and so one connection to a peer
  }

  private static List<String> keysOwnedBy(Fleet fleet, int index, String text, int count) {
    return Stream.iterate(0, i -> i + 1)
        .map(i -> text + i)
        .filter(key -> fleet.ownerOf(key) == index)
        .limit(count)
        .toList();
  }

  @Test
  void aThousandFetchesPassALoadThatIsHeldAtTheirOwner() throws Exception {
    CountDownLatch held = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    Getter origin =
        key -> {
          if (key.startsWith("slow")) {
            held.countDown();
            release.await();
          }
          return Loaded.ofUtf8(key);
        };
    try (Fleet fleet = Fleet.of(2, oneLoop(), i -> origin)) {
      String slow = keysOwnedBy(fleet, 1, "slow-", 1).get(0);
      CompletableFuture<ByteView> waiting = fleet.group(0).getAsync(slow);
      held.await();

      List<CompletableFuture<ByteView>> others = new ArrayList<>();
      for (String key : keysOwnedBy(fleet, 1, "key-", FETCHES)) {
        others.add(fleet.group(0).getAsync(key));
      }
      for (CompletableFuture<ByteView> other : others) {
        other.get(Fleet.PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
      }

      assertFalse(waiting.isDone());
      release.countDown();
      assertEquals(slow, waiting.join().toUtf8());
      assertEquals(FETCHES + 1, fleet.stats(0).peerLoads());
    }
  }

  @Test
  void moreLoadsAtOneTimeThanConnectionsAreAllWaitedFor() throws Exception {
    int loads = 60; // the group runs 64 at one time
    CountDownLatch all = new CountDownLatch(loads);
    Getter origin =
        key -> {
          all.countDown();
          all.await();
          return Loaded.ofUtf8(key);
        };
    var config = oneLoop().maxPeerConnections(1);
    try (Fleet fleet = Fleet.of(2, config, i -> origin)) {
      List<CompletableFuture<ByteView>> values =
          keysOwnedBy(fleet, 1, "key-", loads).stream()
              .map(key -> fleet.group(0).getAsync(key))
              .toList();

      for (CompletableFuture<ByteView> value : values) {
        value.get(Fleet.PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
      }
    }
  }

  @Test
  void valuesOfAllLengthsCrossSideBySide() throws Exception {
    int[] lengths = {0, 1, 127, 65_500, 65_536, 65_537, 200_000, 1 << 20, 5 << 20, 16 << 20};
    byte[] bytes = new byte[16 << 20];
    new Random(42).nextBytes(bytes);
    ByteView all = ByteView.copyOf(bytes);
    Getter origin =
        key -> Loaded.of(all.slice(0, Integer.parseInt(key.substring(0, key.indexOf('-')))));
    try (Fleet fleet = Fleet.of(2, oneLoop(), i -> origin)) {
      List<CompletableFuture<ByteView>> values =
          IntStream.of(lengths)
              .mapToObj(length -> keysOwnedBy(fleet, 1, length + "-", 1).get(0))
              .map(key -> fleet.group(0).getAsync(key))
              .toList();
      for (int i = 0; i < lengths.length; i++) {
        ByteView value = values.get(i).get(Fleet.PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        assertArrayEquals(all.slice(0, lengths[i]).toByteArray(), value.toByteArray());
      }
      assertEquals(lengths.length, fleet.stats(0).peerLoads());
    }
  }

  @Test
  void aLargeValueIsPutAtItsOwner() throws Exception {
    byte[] bytes = new byte[3 << 20];
    new Random(7).nextBytes(bytes);
    try (Fleet fleet = Fleet.of(2, oneLoop(), i -> key -> Loaded.ofUtf8("old"))) {
      String key = fleet.keyOwnedBy(1);

      assertEquals(List.of(), fleet.group(0).put(key, ByteView.copyOf(bytes)).unreached());

      assertArrayEquals(bytes, fleet.group(0).get(key).toByteArray());
      assertEquals(0, fleet.stats(1).localLoads());
    }
  }

  @Test
  void aNodeWithFramesAndOneWithoutAnswerEachOther() throws IOException {
    Getter origin = Loaded::ofUtf8;
    try (CacheNode with = CacheNode.create();
        CacheNode without = CacheNode.create()) {
      with.addGroup(Fleet.GROUP, Fleet.WITHOUT_COPIES, origin);
      without.addGroup(Fleet.GROUP, Fleet.WITHOUT_COPIES, origin);
      try (CacheServer first = CacheServer.start(with, oneLoop().build());
          CacheServer second = CacheServer.start(without, oneLoop().peerFrames(false).build())) {
        List<String> members = List.of(first.self(), second.self());
        first.setMembers(members);
        second.setMembers(members);
        for (int i = 0; i < 100; i++) {
          String key = "key-" + i;
          assertEquals(key, requireNonNull(with.group(Fleet.GROUP)).get(key).toUtf8());
          assertEquals(key, requireNonNull(without.group(Fleet.GROUP)).get(key).toUtf8());
        }
        long loads =
            Stream.of(with, without)
                .mapToLong(node -> node.groups().iterator().next().stats().localLoads())
                .sum();
        assertEquals(100, loads);
      }
    }
  }
}
