package io.dawncache.bench.core.singleflight;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

final class CrowdCommandTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(String... arguments) {
    return new CommandLine(new CrowdCommand())
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(arguments);
  }

  @Test
  void aCrowdIsAnsweredByOneLoadAndTimed() {
    run("--turns", "2"); // how long it takes is not for a test to say

    assertTrue(out.toString().matches("(?s).*loads a key +\\| +1\\.0 \\|.*"), out::toString);
    assertTrue(out.toString().contains("ms until the last has been told"), out::toString);
    assertEquals("", err.toString());
  }

  @Test
  void noTurnsAreRefused() {
    assertEquals(2, run("--turns", "0"));
    assertTrue(err.toString().contains("--turns: 0 (expected: >= 1)"), err::toString);
  }
}
