package io.dawncache.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dawncache.core.Explanation;
import io.dawncache.core.GroupConfig;
import io.dawncache.core.Loaded;
import io.dawncache.core.Membership;
import io.dawncache.core.Metadata;
import io.dawncache.core.consistenthash.Ring;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a node that comes to own keys takes from the memory of those who owned them. */
@Timeout(120)
class PeekIT extends CountingFleet {
  private volatile boolean originKnowsMetadata = true;

  PeekIT() {
    super(GroupConfig.builder().build());
  }

  private static Metadata metadataOf(String key) {
    return new Metadata("text/plain", "\"" + key + "\"");
  }

  @Override
  Loaded answer(String key) {
    return super.answer(key).withMetadata(originKnowsMetadata ? metadataOf(key) : null);
  }

  /** Leaves all to peeks. */
  private static ServerConfig withoutOffers() {
    return ServerConfig.builder().handOverTimeout(Duration.ZERO).build();
  }

  @Test
  void aNodeThatJoinsTakesItsKeysFromTheirFormerOwners() throws IOException {
    startFleet(2, withoutOffers());
    getAll(0);
    assertEquals(KEYS, loads.get());
    start(ServerConfig.builder().build());

    setMembers();
    getAll(2);

    assertEquals(KEYS, loads.get(), "nothing is loaded again");
    long hits = group(2).stats().events().peekHits();
    assertTrue(hits > 0, "none was peeked");
    assertEquals(hits, group(2).stats().events().peeks());
  }

  @Test
  void aNodeThatJoinsIsOfferedWhatOthersHoldOfItsKeys() throws IOException {
    startFleet(2);
    getAll(0);
    start(ServerConfig.builder().build());

    setMembers();

    awaitTaken(2);
    getAll(2);
    assertEquals(KEYS, loads.get(), "nothing is loaded again");
    assertEquals(0, group(2).stats().events().peeks(), "nothing was left to peek");
  }

  @Test
  void aNodeThatIsBackIsOfferedWhatOthersHoldOfItsKeys() throws IOException {
    startFleet(3);
    CacheServer killed = servers.remove(2);
    List<String> members = killed.members();
    killed.closeNow();
    nodes.remove(2).close();
    for (CacheServer server : servers) {
      while (server.peers().stream().noneMatch(PeekIT::isEjected)) {
        getAll(0);
        getAll(1);
      }
    }
    getAll(0);
    int before = loads.get();

    start(ServerConfig.builder().port(killed.address().getPort()).members(members).build());

    awaitTaken(2);
    getAll(2);
    assertEquals(before, loads.get(), "nothing is loaded again");
  }

  private static boolean isEjected(PeerHealth peer) {
    return peer.state() == PeerHealth.State.EJECTED;
  }

  private void awaitTaken(int index) {
    Ring ring =
        Ring.of(servers.get(index).ring(), Membership.REPLICAS, servers.get(index).members());
    String self = servers.get(index).self();
    long own = keys().stream().filter(key -> self.equals(ring.owner(key))).count();
    while (group(index).stats().events().taken() < own) {
      Thread.onSpinWait(); // until the test's time-out
    }
  }

  @Test
  void whatIsPeekedKeepsItsMetadata() throws IOException {
    startFleet(2, withoutOffers());
    getAll(0);
    originKnowsMetadata = false;
    start(withoutOffers());

    setMembers();
    getAll(2);

    long hits = group(2).stats().events().peekHits();
    assertTrue(hits > 0, "none was peeked");
    assertEquals(hits, ownDescribedValues(2));
  }

  @Test
  void whatIsOfferedKeepsItsMetadata() throws IOException {
    startFleet(2);
    getAll(0);
    originKnowsMetadata = false;
    start(ServerConfig.builder().build());

    setMembers();
    awaitTaken(2);

    assertEquals(group(2).stats().events().taken(), ownDescribedValues(2));
  }

  /** Counts the values of its own keys that a node holds with the metadata that they began with. */
  private long ownDescribedValues(int index) {
    return keys().stream()
        .filter(key -> group(index).explain(key).held() == Explanation.Held.OWN)
        .filter(key -> metadataOf(key).equals(group(index).explain(key).metadata()))
        .count();
  }

  @Test
  void whatWasRemovedSinceIsLoaded() throws IOException {
    startFleet(2);
    getAll(0);
    start(ServerConfig.builder().build());
    setMembers();
    keys().forEach(key -> assertEquals(List.of(), group(0).remove(key).unreached()));

    getAll(2);

    assertEquals(2 * KEYS, loads.get());
    assertEquals(0, group(2).stats().events().peeks());
  }

  @Test
  void aKeyThatItsFormerOwnerDoesNotHoldIsLoaded() throws IOException {
    startFleet(2);
    start(ServerConfig.builder().build());
    setMembers();

    getAll(2);

    assertEquals(KEYS, loads.get());
    assertEquals(0, group(2).stats().events().peekHits());
    assertTrue(group(2).stats().events().peeks() > 0);
  }

  @Test
  void aPeerThatKnowsNoFramesIsNotPeeked() throws IOException {
    start(ServerConfig.builder().peerFrames(false).build());
    start(ServerConfig.builder().peerFrames(false).build());
    setMembers();
    getAll(0);
    start(ServerConfig.builder().build());

    setMembers();
    getAll(2);

    assertTrue(loads.get() > KEYS, "loads: " + loads);
    assertEquals(0, group(2).stats().events().peekHits());
  }
}
