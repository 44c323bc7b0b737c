package io.dawncache.bench.hot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A small fleet: 4 nodes of 1,000 gets a second, with room for 100 copies each, for 12 s. */
final class SimulationTest {
  private final Map<Chooser, Traffic> traffic = run();

  private static Map<Chooser, Traffic> run() {
    return new Simulation(4, 1.1, 1_000, 100, 10, 2).run();
  }

  @Test
  void onlyWhatComesAfterTheWarmUpIsCounted() {
    traffic.values().forEach(each -> assertEquals(4 * 1_000 * 2, each.gets()));
  }

  @Test
  void withoutCopiesAllGetsButThoseOfOwnKeysCrossTheNetwork() {
    assertEquals(75, traffic.get(Chooser.NOBODY).fetchPercent(), 2);
  }

  @Test
  void theMoreTheChooserKnowsTheLessIsFetched() {
    List<Chooser> better = List.of(Chooser.NOBODY, Chooser.DICE, Chooser.RATE, Chooser.CLAIRVOYANT);
    for (int i = 1; i < better.size(); i++) {
      Traffic more = traffic.get(better.get(i - 1));
      Traffic less = traffic.get(better.get(i));
      assertTrue(less.fetches() < more.fetches(), better.get(i) + ": " + less + ", " + more);
    }
    assertTrue(
        traffic.get(Chooser.RENEWING_CLAIRVOYANT).times(traffic.get(Chooser.CLAIRVOYANT)) > 1);
  }

  @Test
  void aSecondRunGivesTheSame() {
    assertEquals(traffic.get(Chooser.RATE), run().get(Chooser.RATE));
  }
}
