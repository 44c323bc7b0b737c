package io.dawncache.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dawncache.core.CacheNode;
import io.dawncache.core.GetFailedException;
import io.dawncache.core.GetResult;
import io.dawncache.core.Getter;
import io.dawncache.core.Group;
import io.dawncache.core.GroupConfig;
import io.dawncache.core.Loaded;
import io.dawncache.core.RejectedException;
import io.dawncache.core.RemoteOriginException;
import io.dawncache.server.RawClient.Answer;
import io.dawncache.server.testing.HandTime;
import io.dawncache.server.testing.LogRecorder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** What a get without a value means, at its key's owner and at another real node. */
@ParameterizedClass(name = "peerFrames: {0}")
@ValueSource(booleans = {true, false})
@Timeout(60)
class FailureIT {
  private static final String STALE = "stale";

  private final boolean peerFrames;

  /** What the origin does now. */
  private final AtomicReference<Getter> origin = new AtomicReference<>(key -> Loaded.ofUtf8("1"));

  FailureIT(boolean peerFrames) {
    this.peerFrames = peerFrames;
  }

  private Fleet fleet() throws IOException {
    return Fleet.of(2, ServerConfig.builder().peerFrames(peerFrames), index -> this::load);
  }

  private Loaded load(String key) throws Exception {
    return origin.get().load(key);
  }

  private static String path(String key) {
    return "/_dawncache/" + Fleet.GROUP + "/" + key;
  }

  @Test
  void aRejectionIsARejectionAtEveryNodeAndLoadedOnceForEachGet() throws IOException {
    origin.set(key -> Loaded.rejected("status 403"));
    try (Fleet fleet = fleet()) {
      String key = fleet.keyOwnedBy(1);
      for (int i = 0; i < 2; i++) {
        int at = i;
        assertThrows(RejectedException.class, () -> fleet.group(at).get(key));
        Answer answer = RawClient.get(fleet.server(i), path(key));
        assertEquals(502, answer.status());
        assertEquals("rejected", answer.headers().get("dawncache-status"));
      }
      assertEquals(0, fleet.stats(0).localLoadErrs(), "no rejection is loaded a second time");
      assertEquals(4, fleet.stats(1).localLoadErrs());
    }
  }

  @Test
  void oneRejectedKeyAmongManyLeavesTheOthersAlone() throws IOException {
    origin.set(key -> key.endsWith("0") ? Loaded.rejected("status 403") : Loaded.ofUtf8(key));
    try (Fleet fleet = fleet()) {
      List<String> keys = List.of("a0", "a1", "b0", "b1", "c0", "c1", "d0", "d1", "e0", "e1");
      fleet
          .group(0)
          .getAll(keys)
          .forEach(
              (key, result) -> {
                if (key.endsWith("0")) {
                  assertInstanceOf(RejectedException.class, result.error(), key);
                } else {
                  assertEquals(key, result.value().toUtf8());
                }
              });
    }
  }

  @Test
  void aRejectionSeenThroughAnotherNodeEndsTheOwnersOldValue() throws IOException {
    try (Fleet fleet = fleet()) {
      withStaleIfError(fleet);
      String key = fleet.keyOwnedBy(1);
      Group asker = fleet.node(0).group(STALE);
      expired(fleet, key);
      origin.set(any -> Loaded.rejected("status 403"));
      assertThrows(RejectedException.class, () -> asker.get(key));
      origin.set(FailureIT::down);
      assertThrows(GetFailedException.class, () -> asker.get(key));
      assertEquals(0, fleet.node(1).group(STALE).stats().mainCache().items());
    }
  }

  @Test
  void atItsDeadlineAGetThroughAnotherNodeIsAnsweredWithTheOwnersOldValue() throws Exception {
    CountDownLatch over = new CountDownLatch(1);
    try (Fleet fleet = fleet()) {
      withStaleIfError(fleet);
      String key = fleet.keyOwnedBy(1);
      expired(fleet, key);
      origin.set(
          any -> {
            over.await();
            return Loaded.ofUtf8("new");
          });
      Duration deadline = Duration.ofSeconds(4);
      Answer answer =
          RawClient.get(
              fleet.server(0), "/_dawncache/" + STALE + "/" + key, "Dawncache-Timeout: 4000\r\n");
      assertEquals("true", answer.headers().get("dawncache-stale"));
      assertEquals("old", answer.value());
      Map<String, GetResult> results =
          fleet.node(0).group(STALE).getAllAsync(List.of(key), deadline).get();
      assertTrue(results.get(key).entry().isStale());
    } finally {
      over.countDown();
    }
  }

  @Test
  void theOriginsExceptionIsTheCauseAtEveryNodeAndIsToldToNoClient() throws IOException {
    String secret = "GET http://10.0.0.9/items/k?token=SESAME: é".repeat(3);
    origin.set(
        any -> {
          throw new UncheckedIOException(new IOException(secret));
        });
    try (Fleet fleet = fleet()) {
      String key = fleet.keyOwnedBy(1);
      GetFailedException atOwner =
          assertThrows(GetFailedException.class, () -> fleet.group(1).get(key));
      GetFailedException atAsker =
          assertThrows(GetFailedException.class, () -> fleet.group(0).get(key));
      GetFailedException ofMany =
          assertInstanceOf(
              GetFailedException.class, fleet.group(0).getAll(List.of(key)).get(key).error());
      for (GetFailedException error : List.of(atAsker, ofMany)) {
        RemoteOriginException cause =
            assertInstanceOf(RemoteOriginException.class, error.getCause());
        assertEquals(atOwner.getCause().getClass().getName(), cause.className());
        assertEquals(atOwner.getCause().getMessage(), cause.originMessage());
        assertTrue(error.getMessage().endsWith(cause.originMessage()), error::getMessage);
      }
      for (int i = 0; i < 2; i++) {
        Answer answer = RawClient.get(fleet.server(i), path(key));
        String verb = i == 0 ? "fetch" : "load";
        String why = i == 0 ? "failed" : "the origin failed";
        assertEquals(500, answer.status());
        assertEquals(
            verb + " " + Fleet.GROUP + "/" + key + ": " + why + "\n", answer.body().toUtf8());
      }
    }
  }

  @Test
  void theLogOfTheOwnerTellsThatTheOriginFails() throws IOException {
    try (LogRecorder log = LogRecorder.of(Group.class);
        Fleet fleet = fleet()) {
      String key = fleet.keyOwnedBy(1);
      origin.set(FailureIT::down);
      for (int i = 0; i < 5; i++) {
        assertThrows(GetFailedException.class, () -> fleet.group(0).get(key));
      }
      assertEquals(
          List.of(
              "WARNING group scores: no value from the origin: load scores/"
                  + key
                  + ": down; java.lang.IllegalStateException: down"),
          log.lines());
    }
  }

  @Test
  void theLogTellsThatTheOriginAnswersAgainAfterAMinuteWithoutAFailure() {
    AtomicLong nanos = new AtomicLong();
    try (LogRecorder log = LogRecorder.of(Group.class);
        CacheNode node = HandTime.node(nanos::get)) {
      Group group = node.addGroup("scores", this::load);
      origin.set(FailureIT::down);
      assertThrows(GetFailedException.class, () -> group.get("k"));
      origin.set(any -> Loaded.ofUtf8("1"));
      group.get("k0");
      assertEquals(1, log.lines().size(), log.lines()::toString);

      nanos.set(Duration.ofMinutes(1).toNanos());
      group.get("k1");
      assertEquals(
          "INFO group scores: the origin answers again, after 0 s; the last failure was 60 s ago",
          log.lines().get(1));
    }
  }

  @Test
  void theLogTellsWhenAServerStartsChangesItsListAndStops() throws IOException {
    try (LogRecorder log = LogRecorder.of(CacheServer.class);
        CacheNode node = CacheNode.create()) {
      node.addGroup("scores", this::load);
      String self;
      try (CacheServer server =
          CacheServer.start(node, ServerConfig.builder().peerFrames(peerFrames).build())) {
        self = server.self();
        server.setMembers(List.of(self, "http://127.0.0.1:1"));
        server.setMembers(List.of(self));
      }
      String listen = log.lines().get(0).replaceAll(".*listening on ([^,]*),.*", "$1");
      assertEquals(
          List.of(
              "INFO started: self "
                  + self
                  + ", listening on "
                  + listen
                  + ", members none, groups scores",
              "INFO members: added " + self + ",http://127.0.0.1:1, removed none",
              "INFO members: added none, removed http://127.0.0.1:1",
              "INFO stopping: self " + self),
          log.lines());
    }
  }

  private static Loaded down(String key) {
    throw new IllegalStateException("down");
  }

  @Test
  void whatTheOwnerRefusesIsLoadedByTheNextOwnerAndDoesNotCountAgainstTheOwner()
      throws IOException {
    String name = "narrow";
    AtomicIntegerArray loads = new AtomicIntegerArray(3);
    try (Fleet fleet =
        Fleet.of(3, ServerConfig.builder().peerFrames(peerFrames), index -> this::load)) {
      for (int i = 0; i < 3; i++) {
        int index = i;
        GroupConfig config =
            GroupConfig.builder().hotBytes(0).maxKeyBytes(index == 1 ? 50 : 1000).build();
        fleet
            .node(index)
            .addGroup(
                name,
                config,
                key -> {
                  loads.incrementAndGet(index);
                  return Loaded.ofUtf8(key);
                });
      }
      Group asker = fleet.node(0).group(name);

      String refused = fleet.keyOwnedInTurnBy("k".repeat(51), List.of(1, 2));
      assertEquals(refused, asker.get(refused).toUtf8());
      assertEquals("[0, 0, 1]", loads.toString());

      asker.get(fleet.keyOwnedBy(1));
      assertEquals("[0, 1, 1]", loads.toString());
    }
  }

  /** Adds a group to each node whose values may be answered for an hour after their end. */
  private void withStaleIfError(Fleet fleet) {
    GroupConfig config =
        GroupConfig.builder().hotBytes(0).staleIfError(Duration.ofHours(1)).build();
    for (int i = 0; i < 2; i++) {
      fleet.node(i).addGroup(STALE, config, this::load);
    }
  }

  /** Has the key's owner hold a value that has expired. */
  private void expired(Fleet fleet, String key) {
    origin.set(any -> Loaded.ofUtf8("old").withTtl(Duration.ofNanos(1)));
    assertEquals("old", fleet.node(0).group(STALE).get(key).toUtf8());
    while (fleet.node(1).group(STALE).peek(key) != null) {
      Thread.onSpinWait(); // until the owner's clock, which a timer advances, has moved on
    }
  }
}
