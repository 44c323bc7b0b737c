package io.dawncache.bench.chaos;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ChaosMainTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "11              | ROW: 11 (expected: one of [4, 5a, 5b, 6, 7, 8, 9, 10])",
        "--rate 0        | --rate: 0.0 (expected: 1 to 100000)",
        "--keys 5        | --keys: 5 (expected: 100 to 800000)",
        "--keys many     | --keys: many (expected: a number)",
        "--skew -1       | --skew: -1.0 (expected: 0 to 10)",
        "--warm-up 0     | --warm-up: 0 (expected: 1 to 3600)",
        "--undisturbed 0 | --undisturbed: 0 (expected: 1 to 3600)",
        "--after 4000    | --after: 4000 (expected: 1 to 3600)",
        "--html /no/x    | --html: /no/x (expected: a file in a folder that exists)",
        "--fast          | --fast: no such option (expected: one of --short,",
      })
  void whatIsWrongIsNamedWithWhatIsExpected(String options, String told) {
    assertEquals(2, run(options.strip().split(" ")));
    assertEquals("", out.toString());
    assertEquals(1, err.toString().lines().count(), err::toString);
    assertTrue(err.toString().startsWith("chaos: " + told), err::toString);
  }

  @Test
  void helpNamesEveryRowAndWhatTheyNeed() {
    assertEquals(0, run("--help"));
    for (String word :
        new String[] {
          "4  one owner is killed", "10  a fourth node", "root", "iproute2", "Ctrl-C"
        }) {
      assertTrue(out.toString().contains(word), word + " in " + out);
    }
  }

  private int run(String... arguments) {
    return ChaosMain.commandLine(new PrintWriter(out, true), new PrintWriter(err, true))
        .execute(arguments);
  }
}
