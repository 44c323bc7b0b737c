package io.dawncache.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dawncache.core.ByteView;
import io.dawncache.core.GetFailedException;
import io.dawncache.core.GetResult;
import io.dawncache.core.GetTimeoutException;
import io.dawncache.core.Getter;
import io.dawncache.core.Loaded;
import io.dawncache.core.NotFoundException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Gets of many keys over several real nodes and real sockets. */
@ParameterizedClass(name = "peerFrames: {0}")
@ValueSource(booleans = {true, false})
@Timeout(60)
class BulkIT {
  private final boolean peerFrames;

  BulkIT(boolean peerFrames) {
    this.peerFrames = peerFrames;
  }

  private ServerConfig.Builder config() {
    return ServerConfig.builder().peerFrames(peerFrames);
  }

  private final Map<String, Integer> loads = new ConcurrentHashMap<>();

  private Getter counting(int index) {
    return key -> {
      loads.merge(key, 1, Integer::sum);
      return Loaded.ofUtf8(index + ":" + key);
    };
  }

  /** Numbers in front: the FNV ring puts keys that differ in their ends beside each other. */
  private static List<String> keys(int count) {
    return IntStream.range(0, count).mapToObj(i -> i + " of many keys").toList();
  }

  private static long bulkRequests(Fleet fleet, int index) {
    return fleet.stats(index).events().bulkRequests();
  }

  @ParameterizedTest
  @EnumSource
  void aThousandKeysAreOneRequestToEachOwnerAndOneLoadEach(Dialect dialect) throws IOException {
    List<String> keys = keys(1_000);
    var config = config().dialect(dialect);
    try (Fleet fleet = Fleet.of(3, config, this::counting)) {
      for (int round = 0; round < 2; round++) {
        Map<String, GetResult> results = fleet.group(0).getAll(keys);

        assertEquals(keys, List.copyOf(results.keySet()));
        for (String key : keys) {
          assertEquals(fleet.ownerOf(key) + ":" + key, results.get(key).value().toUtf8());
        }
        assertEquals(0, bulkRequests(fleet, 0));
        assertEquals(round + 1, bulkRequests(fleet, 1));
        assertEquals(round + 1, bulkRequests(fleet, 2));
      }
      assertEquals(1_000, loads.size());
      assertTrue(loads.values().stream().allMatch(count -> count == 1));
    }
  }

  @Test
  void aKeyThatIsSlowDelaysNoOther() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    IntFunction<Getter> origin =
        index ->
            key -> {
              if (key.startsWith("slow")) {
                release.await();
              }
              return counting(index).load(key);
            };
    List<String> keys = keys(300);
    try (Fleet fleet = Fleet.of(3, config(), origin)) {
      List<String> slow = IntStream.range(0, 20).mapToObj(i -> "slow-" + i).toList();
      Map<String, GetResult> come = new ConcurrentHashMap<>();
      CountDownLatch quickOnes = new CountDownLatch(keys.size());
      CountDownLatch slowOnes = new CountDownLatch(slow.size());

      Collection<String> all = new ArrayList<>(slow);
      all.addAll(keys);
      fleet
          .group(0)
          .getAll(
              all,
              null,
              (key, result) -> {
                come.put(key, result);
                (key.startsWith("slow") ? slowOnes : quickOnes).countDown();
              });

      assertTrue(quickOnes.await(30, TimeUnit.SECONDS));
      assertEquals(keys.size(), come.size());
      release.countDown();
      assertTrue(slowOnes.await(30, TimeUnit.SECONDS));
      come.forEach(
          (key, result) -> assertEquals(fleet.ownerOf(key) + ":" + key, result.value().toUtf8()));
    }
  }

  @Test
  void eachKeyHasAnEndOfItsOwn() throws IOException {
    IntFunction<Getter> origin =
        index ->
            key ->
                switch (key.charAt(0)) {
                  case '0', '1', '2' -> Loaded.notFound();
                  case '3', '4', '5' -> throw new IOException("the origin is on fire");
                  default -> counting(index).load(key);
                };
    try (Fleet fleet = Fleet.of(3, config(), origin)) {
      fleet
          .group(0)
          .getAll(keys(100))
          .forEach(
              (key, result) -> {
                switch (key.charAt(0)) {
                  case '0', '1', '2' ->
                      assertInstanceOf(NotFoundException.class, result.error(), key);
                  case '3', '4', '5' -> {
                    assertInstanceOf(GetFailedException.class, result.error(), key);
                    assertTrue(result.error().getMessage().endsWith("the origin is on fire"));
                  }
                  default -> assertEquals(fleet.ownerOf(key) + ":" + key, result.value().toUtf8());
                }
              });
    }
  }

  @Test
  void valuesOfFortyMegabytesInAllComeThroughOneConnectionUnharmed() throws IOException {
    byte[] bytes = new byte[1 << 20];
    new Random(42).nextBytes(bytes);
    ByteView value = ByteView.copyOf(bytes);
    try (Fleet fleet = Fleet.of(2, config(), i -> key -> Loaded.of(value))) {
      Map<String, GetResult> results = fleet.group(0).getAll(keys(80));

      results.forEach((key, result) -> assertEquals(value, result.value(), key));
      assertEquals(1, bulkRequests(fleet, 1));
    }
  }

  @Test
  void theTimeIsOverForThoseKeysAloneThatTakeLonger() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    IntFunction<Getter> origin =
        index ->
            key -> {
              if (key.startsWith("slow")) {
                release.await();
              }
              return counting(index).load(key);
            };
    try (Fleet fleet = Fleet.of(2, config(), origin)) {
      fleet.group(0).get(fleet.keyOwnedBy(1)); // so that the way to the other node is open
      List<String> keys = List.of("slow-0", "slow-1", "slow-2", "slow-3", "slow-4", "slow-5");
      Map<String, GetResult> results =
          fleet
              .group(0)
              .getAllAsync(keys, Duration.ofMillis(50))
              .get(Fleet.PATIENCE.toSeconds(), TimeUnit.SECONDS);

      results.forEach(
          (key, result) -> assertInstanceOf(GetTimeoutException.class, result.error(), key));
      release.countDown();
      fleet.group(0).getAll(keys).forEach((key, result) -> assertTrue(result.isFound(), key));
      assertTrue(loads.values().stream().allMatch(count -> count == 1));
    }
  }

  @Test
  void theKeysOfALostNodeAreLoadedInItsPlace() throws IOException {
    try (Fleet fleet = Fleet.of(3, config(), this::counting)) {
      Fleet.kill(fleet.server(2));

      fleet
          .group(0)
          .getAll(keys(100))
          .forEach((key, result) -> assertTrue(result.value().toUtf8().endsWith(":" + key)));
    }
  }

  @Test
  void anOwnerWithoutTheGroupIsStoodInFor() throws IOException {
    try (Fleet fleet = Fleet.of(2, config(), this::counting)) {
      var group = fleet.node(0).addGroup("only here", key -> Loaded.ofUtf8("here:" + key));

      group
          .getAll(keys(100))
          .forEach((key, result) -> assertEquals("here:" + key, result.value().toUtf8()));
    }
  }

  @Test
  void aStopOfTheAskingNodeEndsItsWait() throws Exception {
    CountDownLatch running = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    IntFunction<Getter> origin =
        index ->
            key -> {
              if (index == 1) {
                running.countDown();
                release.await();
              }
              return counting(index).load(key);
            };
    try (Fleet fleet = Fleet.of(2, config(), origin)) {
      CompletableFuture<Map<String, GetResult>> waiting =
          fleet.group(0).getAllAsync(keys(50), null);
      running.await();
      Fleet.kill(fleet.server(0));

      waiting
          .get(30, TimeUnit.SECONDS)
          .forEach((key, result) -> assertEquals("0:" + key, result.value().toUtf8()));
      release.countDown();
      // The owner's loads went on; its books are at rest when they have ended.
      List<String> owned = keys(50).stream().filter(key -> fleet.ownerOf(key) == 1).toList();
      var ended = fleet.group(1).getAllAsync(owned, null).get(30, TimeUnit.SECONDS);
      assertEquals(owned.size(), ended.size());
    }
  }
}
