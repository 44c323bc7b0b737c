package io.dawncache.server.peer;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.netty.channel.embedded.EmbeddedChannel;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** One timer for many deadlines, on an event loop whose time a test moves. */
class AlarmTest {
  private static final long MILLI = 1_000_000;

  private final EmbeddedChannel channel = new EmbeddedChannel();
  private int rung;
  private long next = Alarm.OFF;
  private final Alarm alarm =
      new Alarm(
          channel.eventLoop(),
          now -> {
            rung++;
            return next;
          });

  @BeforeEach
  void holdTime() {
    channel.freezeTime();
  }

  @AfterEach
  void end() {
    channel.finishAndReleaseAll();
  }

  private void pass(long millis) {
    channel.advanceTimeBy(millis, TimeUnit.MILLISECONDS);
    channel.runScheduledPendingTasks();
  }

  @Test
  void itRingsAtTheEarliestOfAllDeadlines() {
    alarm.ringIn(0, 100 * MILLI);
    alarm.ringIn(10 * MILLI, 40 * MILLI);
    alarm.ringIn(20 * MILLI, 500 * MILLI);

    pass(39);
    assertEquals(0, rung);
    pass(1);
    assertEquals(1, rung);
    pass(1_000); // what comes later is for whoever is asked to say
    assertEquals(1, rung);
  }

  @Test
  void itRingsAgainWhenItIsToldTo() {
    next = 30 * MILLI;
    alarm.ringIn(0, 10 * MILLI);

    pass(10);
    pass(29);
    assertEquals(1, rung);
    pass(1);
    assertEquals(2, rung);
  }

  @Test
  void aDeadlineThatIsOverRingsAtOnce() {
    alarm.ringIn(0, -5 * MILLI);

    pass(0);
    assertEquals(1, rung);
  }

  @Test
  void stoppedItDoesNotRingUntilItIsSetAnew() {
    alarm.ringIn(0, 10 * MILLI);
    alarm.stop();
    pass(10);
    assertEquals(0, rung);

    alarm.ringIn(0, 10 * MILLI);
    pass(10);
    assertEquals(1, rung);
  }
}
