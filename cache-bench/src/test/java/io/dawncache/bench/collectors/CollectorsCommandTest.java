package io.dawncache.bench.collectors;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

final class CollectorsCommandTest {
  @Test
  void anUnknownCollectorIsRefusedAndTheKnownAreTold() {
    assertRefused(
        "--collectors: epsilon (expected: some of serial, parallel, g1, zgc, shenandoah)",
        "--collectors",
        "g1,epsilon");
  }

  @Test
  void sizesThatAreNoneOrTooSmallAreRefused() {
    assertRefused("--bytes: 8 (expected: a number of m or g, such as 64m or 8g)", "--bytes", "8");
    assertRefused("--bytes: 1m (expected: >= 16m)", "--bytes", "1m");
    assertRefused("--heap: 64m (expected: >= 65m)", "--bytes", "64m", "--heap", "64m");
  }

  @Test
  void numbersOutOfRangeAreRefused() {
    assertRefused("--rate: 0 (expected: 1 to 1000000)", "--rate", "0");
    assertRefused("--seconds: 0 (expected: 1 to 3600)", "--seconds", "0");
    assertRefused("--warm-up: 0 (expected: 1 to 3600)", "--warm-up", "0");
    assertRefused("--fresh: 1.5 (expected: from 0 to 1)", "--fresh", "1.5");
  }

  @Test
  void moreRequestsThanTheGeneratorHoldsAreRefused() {
    assertRefused(
        "--rate x seconds: 361000000 (expected: <= 5000000)",
        "--rate",
        "100000",
        "--seconds",
        "3600");
  }

  private static void assertRefused(String message, String... arguments) {
    StringWriter err = new StringWriter();
    int exitCode =
        new CommandLine(new CollectorsCommand())
            .setErr(new PrintWriter(err, true))
            .execute(arguments);

    assertEquals(2, exitCode);
    assertTrue(err.toString().startsWith(message), err::toString);
  }
}
