package io.dawncache.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dawncache.core.outage.LogLines;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** What the operator reads of an origin that fails. */
class OriginLogTest {
  private final LogLines lines = new LogLines();
  private final AtomicLong nanos = new AtomicLong();
  private final OriginLog log = new OriginLog("scores", lines, nanos::get);

  private void pass(Duration time) {
    nanos.addAndGet(time.toNanos());
  }

  private static GetException down() {
    return new GetFailedException(
        "load scores/Tom: down", "", new IllegalStateException("down\nand out"));
  }

  @Test
  void anOutageOfFiveMinutesIsAWarningAMinuteAndOneLineWhenItIsOver() {
    log.answered();
    for (int i = 0; i < 300; i++) {
      log.failed(down(), null);
      log.servesStale("scores/Tom");
      pass(Duration.ofSeconds(1));
    }
    log.answered();
    pass(Duration.ofSeconds(59));
    log.answered();
    log.answered();

    String warning =
        "WARNING group scores: no value from the origin: load scores/Tom: down;"
            + " java.lang.IllegalStateException: down?and out";
    String more = warning + ", and 59 loads more since the last line";
    assertEquals(
        List.of(
            warning,
            "WARNING group scores: expired values answer while the origin fails, first scores/Tom",
            more,
            more,
            more,
            more,
            "INFO group scores: the origin answers again, after 299 s; the last failure was 60 s ago"),
        lines.lines());
  }

  @Test
  void anOriginThatFailsForOneKeyInThreeDoesNotAnswerAgain() {
    for (int i = 0; i < 120; i++) {
      log.failed(down(), null);
      log.answered();
      log.answered();
      pass(Duration.ofSeconds(1));
    }

    List<String> written = lines.lines();
    assertEquals(2, written.size(), written::toString);
    assertTrue(written.get(1).endsWith(", and 59 loads more since the last line"), written.get(1));
  }

  @Test
  void anExceptionThatCannotBeRenderedIsShownByItsClass() {
    IllegalStateException untellable =
        new IllegalStateException() {
          @Override
          public String getMessage() {
            throw new IllegalArgumentException("no text");
          }
        };
    log.failed(new GetFailedException("load scores/Tom: down", "", untellable), null);

    assertEquals(
        List.of(
            "WARNING group scores: no value from the origin: load scores/Tom: down; "
                + untellable.getClass().getName()),
        lines.lines());
  }
}
