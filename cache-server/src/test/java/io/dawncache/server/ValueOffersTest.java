package io.dawncache.server;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.netty.channel.embedded.EmbeddedChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** When values are offered, by a clock that the test moves. */
class ValueOffersTest {
  private final EmbeddedChannel channel = new EmbeddedChannel();
  private final List<Set<String>> offered = new ArrayList<>();
  private final ValueOffers offers = new ValueOffers(offered::add, channel.eventLoop());

  @BeforeEach
  void freeze() {
    channel.freezeTime();
  }

  @AfterEach
  void stop() {
    channel.close();
  }

  private void pass(long millis) {
    channel.advanceTimeBy(millis, TimeUnit.MILLISECONDS);
    channel.runScheduledPendingTasks();
  }

  @Test
  void membersOfOneMomentAreOfferedValuesTogether() {
    offers.add(List.of("one", "two"));
    pass(ValueOffers.PAUSE_MILLIS - 1);
    offers.add(List.of("two", "three"));
    assertEquals(List.of(), offered);

    pass(1);

    assertEquals(List.of(Set.of("one", "two", "three")), offered);
    pass(10 * ValueOffers.PAUSE_MILLIS);
    assertEquals(1, offered.size());
  }

  @Test
  void membersThatComeLaterAreOfferedValuesLater() {
    offers.add(List.of("one"));
    pass(ValueOffers.PAUSE_MILLIS);

    offers.add(List.of("two"));
    pass(ValueOffers.PAUSE_MILLIS);

    assertEquals(List.of(Set.of("one"), Set.of("two")), offered);
  }

  @Test
  void withoutMembersNothingIsOffered() {
    offers.add(List.of());
    pass(ValueOffers.PAUSE_MILLIS);

    assertEquals(List.of(), offered);
  }
}
