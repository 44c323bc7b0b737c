package io.dawncache.core.outage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class OutageLogTest {
  private final LogLines lines = new LogLines();
  private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 1_000_000_000); // which wraps
  private final OutageLog log = new OutageLog(lines, nanos::get, "dials", "dialling works again");

  private void pass(Duration time) {
    nanos.addAndGet(time.toNanos());
  }

  private void occur() {
    log.occurred(() -> "no dial tone", null);
  }

  @Test
  void aFaultIsWrittenWhenItBeginsOnceAMinuteAndWhenItIsOver() {
    for (int i = 0; i < 130; i++) {
      occur();
      pass(Duration.ofSeconds(1));
    }
    assertTrue(log.over());

    assertEquals(
        List.of(
            "WARNING no dial tone",
            "WARNING no dial tone, and 59 dials more since the last line",
            "WARNING no dial tone, and 59 dials more since the last line",
            "INFO dialling works again, after 130 s"),
        lines.lines());
  }

  @Test
  void withoutAFaultNothingIsOver() {
    assertFalse(log.over());
    occur();
    assertTrue(log.over());
    assertFalse(log.over());

    assertEquals(2, lines.lines().size(), lines.lines()::toString);
  }

  @Test
  void aFaultThatComesAndGoesWritesTwoLinesAMinute() {
    for (int i = 0; i < 100; i++) {
      occur();
      log.over();
    }
    pass(Duration.ofMinutes(1));
    occur();

    assertEquals(
        List.of(
            "WARNING no dial tone",
            "INFO dialling works again, after 0 s",
            "WARNING no dial tone, and 99 dials more since the last line"),
        lines.lines());
  }

  @Test
  void aWarningIsOneLineHoweverItsTextLooks() {
    log.occurred(() -> "no\r\nINFO all is well\u0085" + "x".repeat(10_000), null);

    assertEquals(List.of("WARNING no??INFO all is well?" + "x".repeat(2_000 - 21)), lines.lines());
  }

  @Test
  void aTextThatCannotBeMadeIsNobodysFault() {
    log.occurred(
        () -> {
          throw new IllegalStateException("no text");
        },
        null);

    assertEquals(List.of(), lines.lines());
  }
}
