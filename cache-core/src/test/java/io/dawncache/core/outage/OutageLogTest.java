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

  private static String throwing() {
    throw new IllegalStateException("no text");
  }

  @Test
  void aFaultIsWrittenWhenItBeginsOnceAMinuteAndWhenItIsOver() {
    for (int i = 0; i < 130; i++) {
      occur();
      pass(Duration.ofSeconds(1));
    }
    pass(Duration.ofSeconds(59));
    assertTrue(log.over());

    assertEquals(
        List.of(
            "WARNING no dial tone",
            "WARNING no dial tone, and 59 dials more since the last line",
            "WARNING no dial tone, and 59 dials more since the last line",
            "INFO dialling works again, after 129 s; the last failure was 60 s ago"),
        lines.lines());
  }

  @Test
  void withoutAFaultNothingIsOver() {
    assertFalse(log.over());
    occur();
    pass(Duration.ofMinutes(1));
    assertTrue(log.over());
    assertFalse(log.over());

    assertEquals(2, lines.lines().size(), lines.lines()::toString);
  }

  @Test
  void aFaultIsNotOverBeforeAMinuteHasPassedWithoutIt() {
    occur();
    assertFalse(log.over());
    pass(Duration.ofSeconds(30));
    occur();
    pass(Duration.ofSeconds(59));
    assertFalse(log.over());
    assertTrue(log.isWarned());
    pass(Duration.ofSeconds(1));
    assertTrue(log.over());
    assertFalse(log.isWarned());

    assertEquals(
        List.of(
            "WARNING no dial tone",
            "INFO dialling works again, after 30 s; the last failure was 60 s ago"),
        lines.lines());
  }

  /** As an origin that fails for one key in three. */
  @Test
  void aFaultBesideWhichOthersSucceedIsAWarningAMinuteAndNeverOver() {
    for (int i = 0; i < 180; i++) {
      occur();
      log.over();
      log.over();
      pass(Duration.ofSeconds(1));
    }

    String more = "WARNING no dial tone, and 59 dials more since the last line";
    assertEquals(List.of("WARNING no dial tone", more, more), lines.lines());
  }

  @Test
  void aFaultThatComesBackIsWrittenAtOnce() {
    occur();
    pass(Duration.ofMinutes(1));
    log.over();
    pass(Duration.ofSeconds(5));
    occur();
    pass(Duration.ofMinutes(1));
    log.over();

    String over = "INFO dialling works again, after 0 s; the last failure was 60 s ago";
    assertEquals(
        List.of("WARNING no dial tone", over, "WARNING no dial tone", over), lines.lines());
  }

  /**
   * 1. A thread is about to write a warning. 2. Another one sees a failure, and, a minute later, a
   * success. 3. The first one writes. If the end were written at 2, the last line would be a
   * warning of a fault that is over.
   */
  @Test
  void noEndIsWrittenBeforeItsWarning() {
    log.occurred(
        () -> {
          occur();
          pass(Duration.ofMinutes(2));
          assertFalse(log.over());
          return "slow";
        },
        null);
    assertTrue(log.over());
    occur();

    assertEquals(
        List.of(
            "WARNING slow",
            "INFO dialling works again, after 0 s; the last failure was 120 s ago",
            "WARNING no dial tone, and 1 dials more since the last line"),
        lines.lines());
  }

  @Test
  void aWarningIsOneLineHoweverItsTextLooks() {
    log.occurred(() -> "no\r\nINFO all is well\u0085" + "x".repeat(10_000), null);

    assertEquals(List.of("WARNING no??INFO all is well?" + "x".repeat(2_000 - 21)), lines.lines());
  }

  @Test
  void anEndIsOneLineHoweverItLooks() {
    OutageLog of = new OutageLog(lines, nanos::get, "dials", "group a\nb: works");
    of.occurred(() -> "no dial tone", null);
    pass(Duration.ofMinutes(1));
    of.over();

    assertEquals(
        "INFO group a?b: works, after 0 s; the last failure was 60 s ago", lines.lines().get(1));
  }

  @Test
  void aTextThatCannotBeMadeIsNobodysFaultAndLeavesTheWarningToTheNext() {
    log.occurred(OutageLogTest::throwing, null);
    assertFalse(log.isWarned());
    pass(Duration.ofSeconds(10));
    occur();
    pass(Duration.ofMinutes(1));
    log.over();

    assertEquals(
        List.of(
            "WARNING no dial tone, and 1 dials more since the last line",
            "INFO dialling works again, after 10 s; the last failure was 60 s ago"),
        lines.lines());
  }

  @Test
  void aFaultOfWhichNoWarningCouldBeWrittenHasNoEnd() {
    log.occurred(OutageLogTest::throwing, null);
    pass(Duration.ofMinutes(1));
    assertFalse(log.over());

    assertEquals(List.of(), lines.lines());
  }
}
