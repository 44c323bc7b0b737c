package io.dawncache.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

final class BenchMainTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @Test
  void anUnknownOptionIsRefusedInOneLine() {
    assertEquals(2, run("--fast"));
    assertError("--fast");
  }

  @Test
  void twoPatternsAreRefusedInOneLine() {
    assertEquals(2, run("Ring", "Lru"));
    assertError("Lru");
  }

  @Test
  void aPatternWithoutAMatchIsRefusedAndTheNamesAreTold() {
    assertEquals(2, run("NoSuchBenchmark"));
    assertError("PATTERN: NoSuchBenchmark (expected: a part of one of ");
    assertError("GroupHitBenchmark, ");
  }

  @Test
  void aPatternThatIsNoRegularExpressionIsRefused() {
    assertEquals(2, run("(Ring"));
    assertError("PATTERN: (Ring (expected: a regular expression; ");
  }

  @Test
  void noRoundsAreRefused() {
    assertEquals(2, run("--rounds", "0"));
    assertError("--rounds: 0 (expected: >= 1)");
    assertEquals(2, run("--rounds", "few"));
  }

  @Test
  void helpNamesEveryOption() {
    assertEquals(0, run("--help"));
    assertEquals("", err.toString());
    for (String word : new String[] {"PATTERN", "--quick", "--rounds", "run/bench"}) {
      assertTrue(out.toString().contains(word), word);
    }
  }

  private int run(String... arguments) {
    return BenchMain.commandLine(new PrintWriter(out, true), new PrintWriter(err, true))
        .execute(arguments);
  }

  private void assertError(String part) {
    String told = err.toString();
    assertTrue(told.startsWith("bench: ") && told.contains(part), told);
    assertEquals(1, told.lines().count(), told);
    assertEquals("", out.toString());
  }
}
