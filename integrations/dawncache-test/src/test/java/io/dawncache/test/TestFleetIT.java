package io.dawncache.test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dawncache.core.CacheNode;
import io.dawncache.core.Explanation.Held;
import io.dawncache.core.GroupConfig;
import io.dawncache.core.Loaded;
import io.dawncache.server.PeerHealth;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A fleet of three, and each of its faults. */
@Timeout(180)
class TestFleetIT {
  private final TestOrigin origin = new TestOrigin();
  private final TestFleet fleet = TestFleet.start(3, this::addGroups);

  private void addGroups(CacheNode node) {
    node.addGroup(
        "scores",
        GroupConfig.builder().hotBytes(0).build(), // so that each get of another's key asks it
        origin.of(key -> Loaded.ofUtf8("value of " + key)));
  }

  @AfterEach
  void close() {
    fleet.close();
  }

  private String get(int at, String key) {
    return fleet.member(at).group("scores").get(key).toUtf8();
  }

  /** Asks a member for keys of another until it sees that one so. */
  private void awaitSeen(int at, int peer, PeerHealth.State state) {
    String url = fleet.member(peer).url();
    fleet.await(
        fleet.member(at) + " sees " + url + " " + state,
        () -> {
          get(at, fleet.member(peer).ownedKey());
          return fleet.member(at).server().peers().stream()
              .anyMatch(seen -> seen.url().equals(url) && seen.state() == state);
        });
  }

  @Test
  void aKeyIsLoadedOnceHoweverManyMembersAreAskedAtOnce() {
    origin.hold();
    List<CompletableFuture<?>> gets = new ArrayList<>();
    for (TestMember member : fleet.members()) {
      for (int i = 0; i < 20; i++) {
        gets.add(member.group("scores").getAsync("Tom"));
      }
    }
    origin.awaitHeldLoads(1);
    origin.recover();

    CompletableFuture.allOf(gets.toArray(CompletableFuture[]::new)).join();
    assertEquals(1, origin.loads("Tom"));
    assertEquals(Held.OWN, fleet.ownerOf("Tom").group("scores").explain("Tom").held());
  }

  @Test
  void everyMemberHasTheSameListAndOwnsKeys() {
    for (TestMember member : fleet.members()) {
      assertEquals(fleet.urls(), member.server().members());
      assertEquals(List.of(), member.server().otherLists());
      assertTrue(member.isRunning());
      String key = member.ownedKey();
      assertEquals(member, fleet.ownerOf(key));
      assertEquals(member.url(), member.group("scores").explain(key).owners().get(0));
      assertEquals(5, member.ownedKeys(5).size());
    }
  }

  @Test
  void aMemberAnswersClientsAtItsUrl() throws Exception {
    URI uri = URI.create(fleet.member(1).url() + "/_dawncache/scores/Tom");
    HttpRequest request = HttpRequest.newBuilder(uri).build();

    String answer = HttpClient.newHttpClient().send(request, BodyHandlers.ofString()).body();

    assertTrue(answer.endsWith("value of Tom"), answer);
  }

  @Test
  void aSilentMemberAcceptsAndDoesNotAnswerAndOthersActForIt() throws Exception {
    String key = fleet.member(2).ownedKey();

    fleet.member(2).silence();

    assertFalse(fleet.member(2).isRunning());
    URI uri = URI.create(fleet.member(2).url());
    try (Socket client = new Socket()) {
      client.connect(new InetSocketAddress(uri.getHost(), uri.getPort()));
      assertEquals("value of " + key, get(0, key));
      assertEquals(1, origin.loads(key));
      assertEquals(
          0, fleet.member(2).group("scores").stats().serverRequests(), "nothing reaches it");
      assertEquals(0, client.getInputStream().available());
    }
    awaitSeen(0, 2, PeerHealth.State.EJECTED);

    fleet.member(2).resume();

    awaitSeen(0, 2, PeerHealth.State.UP);
    assertTrue(fleet.member(2).isRunning());
  }

  @Test
  void whatASilentMemberWasAskedIsAnsweredWhenItResumes() {
    HttpClient client = HttpClient.newHttpClient();
    fleet.member(1).silence();
    CompletableFuture<Integer> status =
        client
            .sendAsync(
                HttpRequest.newBuilder(URI.create(fleet.member(1).url() + "/x")).build(),
                BodyHandlers.discarding())
            .thenApply(response -> response.statusCode());
    assertFalse(status.isDone());

    fleet.member(1).resume();

    assertEquals(404, status.join());
  }

  @Test
  void aMemberThatIsKilledLosesWhatItHoldsAndComesBackEmptyAtTheSameUrl() {
    TestMember member = fleet.member(2);
    String key = member.ownedKey();
    get(2, key);
    CacheNode before = member.node();

    member.kill();

    assertThrows(IOException.class, () -> statusOf(member));
    assertEquals("value of " + key, get(0, key));
    assertEquals(2, origin.loads(key));
    IllegalStateException gone = assertThrows(IllegalStateException.class, member::node);
    assertEquals(member + ": it is gone (expected: started)", gone.getMessage());
    awaitSeen(0, 2, PeerHealth.State.EJECTED);

    String url = member.url();
    member.start();

    assertEquals(url, member.server().self());
    assertNotSame(before, member.node());
    assertEquals(fleet.urls(), member.server().members());
    awaitSeen(0, 2, PeerHealth.State.UP);
  }

  private static int statusOf(TestMember member) throws IOException, InterruptedException {
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(URI.create(member.url() + "/x")).build(),
            BodyHandlers.discarding())
        .statusCode();
  }

  @Test
  void aMemberThatStopsGracefullyHandsItsValuesOver() {
    TestMember member = fleet.member(2);
    List<String> keys = member.ownedKeys(10);
    keys.forEach(key -> get(2, key));

    member.stop();

    keys.forEach(key -> assertEquals("value of " + key, get(0, key)));
    assertEquals(10, origin.loads());
  }

  @Test
  void listsThatDifferNameTwoOwnersOfAKey() {
    TestMember two = fleet.member(2);
    String key = two.ownedKey();
    get(2, key);

    fleet.member(0).setMembers(fleet.member(0), fleet.member(1));

    assertEquals(2, fleet.member(0).server().members().size());
    assertEquals("value of " + key, get(0, key));
    assertEquals(2, origin.loads(key), "the other list names another owner");
    fleet.await(
        "another member knows that lists differ",
        () ->
            Stream.of(fleet.member(1), two)
                .anyMatch(member -> !member.server().otherLists().isEmpty()));

    fleet.heal();

    assertEquals(fleet.urls(), fleet.member(0).server().members());
    fleet.members().forEach(m -> assertEquals(List.of(), m.server().otherLists()));
  }

  @Test
  void healingEndsAllFaultsOfMembers() {
    fleet.member(0).setMembers(fleet.member(0));
    fleet.member(1).silence();
    fleet.member(2).kill();

    fleet.heal();

    fleet.members().forEach(member -> assertTrue(member.isRunning(), fleet::state));
    String key = fleet.member(2).ownedKey();
    get(0, key);
    get(1, key);
    assertEquals(1, origin.loads(key));
  }

  @Test
  void anOriginThatIsDownFailsTheGetsOfAllMembers() {
    origin.fail();
    for (int i = 0; i < 3; i++) {
      int at = i;
      assertThrows(RuntimeException.class, () -> get(at, "Tom"));
    }

    origin.recover();

    assertEquals("value of Tom", get(0, "Tom"));
  }

  @Test
  void aWaitThatFailsShowsTheStateOfTheFleet() {
    fleet.member(1).silence();
    fleet.member(2).kill();
    try (TestFleet impatient =
        TestFleet.builder(1, this::addGroups).patience(Duration.ofMillis(1)).start()) {
      AssertionError failure =
          assertThrows(AssertionError.class, () -> impatient.await("the end", () -> false));
      assertTrue(failure.getMessage().startsWith("not within PT0.001S: the end\nmember 0 ("));
    }

    String state = fleet.state();

    assertTrue(state.contains(fleet.member(0).url() + ", running)\n"), state);
    assertTrue(state.contains(fleet.member(1).url() + ", silent)\n"), state);
    assertTrue(state.contains(fleet.member(2).url() + ", gone)\n"), state);
    assertTrue(state.contains("has the members: member 0, member 1, member 2\n"), state);
    assertTrue(state.contains("sees member 1: up"), state);
    assertTrue(state.contains("group scores: 0 gets"), state);
    assertEquals(fleet.members().toString(), fleet.toString());
  }

  @Test
  void theBuilderChangesNodesAndServers() {
    TestFleet.Builder builder =
        TestFleet.builder(2, this::addGroups)
            .nodes(node -> node.heapBytes(64 << 20))
            .servers(server -> server.zone("attic"));
    try (TestFleet changed = builder.start()) {
      get(0, "Tom"); // of the other fleet: they share nothing but the origin
      changed.member(0).group("scores").get(changed.member(1).ownedKey());

      assertNotEquals(fleet.urls(), changed.urls());
      assertEquals("attic", changed.member(0).server().peers().get(0).zone());
      assertTrue(changed.member(0).node().bytesInFlight().maxBytes() <= 64 << 20);
    }
  }

  @Test
  void whatCannotBeIsRefused() {
    assertEquals(
        "size: 0 (expected: >= 1)",
        assertThrows(IllegalArgumentException.class, () -> TestFleet.start(0, this::addGroups))
            .getMessage());
    assertEquals(
        "name: \"none\" (expected: one of the groups [scores])",
        assertThrows(IllegalArgumentException.class, () -> fleet.member(0).group("none"))
            .getMessage());
  }

  @Test
  void whatTheGroupsThrowReachesTheTest() {
    IllegalStateException failure = new IllegalStateException("no such table");

    assertEquals(
        failure,
        assertThrows(
            IllegalStateException.class,
            () ->
                TestFleet.start(
                    2,
                    node -> {
                      throw failure;
                    })));
  }

  @Test
  void closingAgainDoesNothing() {
    fleet.close();
    fleet.close();

    assertThrows(IllegalStateException.class, () -> fleet.member(0).server());
  }
}
