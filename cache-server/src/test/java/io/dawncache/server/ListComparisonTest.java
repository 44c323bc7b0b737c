package io.dawncache.server;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.dawncache.core.MemberList;
import io.dawncache.core.Membership;
import io.dawncache.core.PeerGetter;
import io.dawncache.core.Rings;
import io.dawncache.core.consistenthash.Scheme;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** When a node exchanges member lists with others, by a clock that the test moves. */
class ListComparisonTest {
  private static final String SELF = "http://self:1";
  private static final String ONE = "http://one:1";
  private static final String TWO = "http://two:1";
  private static final List<String> MEMBERS = List.of(SELF, ONE, TWO);
  private static final Rings RINGS = new Rings(List.of("native"), "native", List.of());

  private final EmbeddedChannel channel = new EmbeddedChannel();
  private final List<String> asked = new ArrayList<>();
  private final Membership membership =
      new Membership(
          SELF,
          Scheme.NATIVE,
          Scheme.DAWNCACHE,
          Membership.REPLICAS,
          url -> (PeerGetter) (request, callback) -> {},
          Runnable::run);

  @BeforeEach
  void freeze() {
    channel.freezeTime();
    membership.set(SELF, MEMBERS);
  }

  @AfterEach
  void stop() {
    channel.close();
  }

  private ListComparison comparison(boolean agreeingOnRings) {
    return new ListComparison(
        membership,
        urls -> asked.add(String.join(" ", urls)),
        channel.eventLoop(),
        agreeingOnRings);
  }

  /** Returns who is asked meanwhile, a round an element. */
  private List<String> askedWithin(long millis) {
    asked.clear();
    for (long passed = 0; passed < millis; passed += 50) {
      channel.advanceTimeBy(50, TimeUnit.MILLISECONDS);
      channel.runScheduledPendingTasks();
    }
    return List.copyOf(asked);
  }

  private void reports(String url, List<String> members) {
    membership.listReported(MemberList.of(url, url.hashCode(), members, RINGS));
  }

  @Test
  void allThatHaveReportedAreToldHalfASecondAfterAChange() {
    reports(ONE, MEMBERS);
    reports(TWO, MEMBERS);

    comparison(false).changed(false);

    assertEquals(List.of(), askedWithin(450));
    assertEquals(List.of(ONE + " " + TWO), askedWithin(50));
    assertEquals(List.of(), askedWithin(120_000));
  }

  @Test
  void ofTheRingAloneTheyAreToldAtOnce() {
    reports(ONE, MEMBERS);

    comparison(false).changed(true);
    channel.runScheduledPendingTasks();

    assertEquals(List.of(ONE), asked);
  }

  @Test
  void aNodeWhoseListGoesOnDifferingIsAskedMoreAndMoreSeldom() {
    reports(ONE, List.of(SELF, ONE));

    comparison(false).changed(false);

    assertEquals(6, askedWithin(16_000).size()); // after 0.5, 1, 2, 4, 8, 16 s
    askedWithin(3_600_000);
    assertEquals(1, askedWithin(60_000).size());
    reports(ONE, MEMBERS);
    assertEquals(List.of(), askedWithin(120_000));
  }

  /** The message by which it would have told its change may have been lost. */
  @Test
  void aNodeThatComesToDifferLaterIsAskedSoon() {
    comparison(false).changed(false);
    askedWithin(3_600_000);

    reports(TWO, List.of(SELF, TWO));

    assertEquals(List.of(TWO), askedWithin(500));
    reports(ONE, List.of(SELF, ONE));
    assertEquals(ONE + " " + TWO, askedWithin(1_000).get(0));
  }

  @Test
  void membersAreAskedUntilTheyHaveSaidWhichRingsTheyKnow() {
    comparison(true).changed(false);
    assertEquals(ONE + " " + TWO, askedWithin(500).get(0));

    reports(ONE, MEMBERS);

    askedWithin(60_000);
    assertEquals(List.of(TWO), askedWithin(60_000));
    reports(TWO, MEMBERS);
    assertEquals(List.of(), askedWithin(120_000));
  }

  @Test
  void aLaterChangeReplacesTheRoundsOfTheOneBefore() {
    reports(ONE, MEMBERS);
    ListComparison comparison = comparison(false);
    comparison.changed(false);
    askedWithin(400);

    comparison.changed(false);

    assertEquals(List.of(), askedWithin(450));
    assertEquals(List.of(ONE), askedWithin(60_000));
  }
}
