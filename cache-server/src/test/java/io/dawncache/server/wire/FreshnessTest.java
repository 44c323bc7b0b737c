package io.dawncache.server.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;

/** How long a value holds, as it goes from node to node whose clocks may be wrong. */
class FreshnessTest {
  private static final Instant NOW = Instant.ofEpochSecond(1_700_000_000, 5);
  private static final Duration HOUR = Duration.ofHours(1);
  private static final Duration LEFT = Duration.ofMinutes(90);

  private static Duration leftAt(Instant clock, Freshness sent) {
    return Duration.ofNanos(Freshness.ttlNanos(sent.expireUnixNanos(), clock));
  }

  /**
   * To a Go node the end goes as a time of day: a clock that is wrong by an hour counts as that.
   */
  @Test
  void aClockThatIsAnHourOffChangesTheTtlOfAGoNodesValueByThatHour() {
    Freshness sent = Freshness.toOthers(LEFT, InstantSource.fixed(NOW));

    assertEquals(LEFT, leftAt(NOW, sent));
    assertEquals(LEFT.plus(HOUR), leftAt(NOW.minus(HOUR), sent));
    assertEquals(LEFT.minus(HOUR), leftAt(NOW.plus(HOUR), sent));
    assertEquals(Duration.ZERO, leftAt(NOW.plus(LEFT), sent), "never less than none");
    assertEquals(Duration.ZERO, leftAt(NOW.plus(LEFT).plus(HOUR), sent));
  }

  /** Between our nodes the time that is left goes itself, which no clock changes. */
  @Test
  void noTimeOfDayGoesBetweenOurNodes() {
    Freshness sent = Freshness.toOurs(LEFT, false, 0);

    assertEquals(LEFT.toNanos(), sent.ttlNanos());
    assertEquals(0, sent.expireUnixNanos());
  }
}
