package io.dawncache.bench.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class LoadMainTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--rate 0          | --rate: 0.0 (expected: more than 0",
        "--rate fast       | --rate: fast (expected: a number)",
        "--connections 0   | --connections: 0 (expected: 1 to 50000)",
        "--depth 0         | --depth: 0 (expected: 1 to 1000)",
        "--threads 65      | --threads: 65 (expected: 1 to 64)",
        "--threads 65      | --connections: 64 (expected: 65 to 50000)",
        "--connection-life 0 | --connection-life: 0 (expected: >= 1)",
        "--requests 0      | --requests: 0 (expected: >= 1)",
        "--duration 10     | --duration: 10 (expected: a number and its unit",
        "--duration 0s     | --duration: 0ms (expected: above 0",
        "--timeout 0s      | --timeout: 0ms (expected: above 0",
        "--warm-up 25h     | --warm-up: 90000000ms (expected: at most 24h)",
        "--puts 1.5        | --puts: 1.5 (expected: from 0 to 1)",
        "--keys 5 --key a  | --keys: 5 (expected: none with --key)",
        "--key a,,b        | --key: \"\" (expected: no empty one)",
        "--keys 0          | --keys: 0 (expected: 1 to 10000000)",
        "--skew -1         | --skew: -1.0 (expected: from 0 to 10)",
        "--value-bytes 1g  | --value-bytes: 1g (expected: BYTES",
        "--ring round      | --ring: round (expected: native or seed)",
        "--dialect mailgun --ring seed | --ring: seed (expected: none in dialect mailgun)",
        "--dialect french  | --dialect: french (expected: dawncache, groupcache or mailgun)",
        "--base-path x     | --base-path: x (expected: / at both ends",
        "--trace none.txt  | --trace: none.txt (expected: a file that can be read and is named",
        "--report /no/where/x.html | --report: /no/where/x.html (expected: a file in a folder",
        "--fast            | --fast: no such option (expected: one of --target, --cacert, --group,",
        "--rate 1 --rate 2 | --rate: given twice (expected: once)",
      })
  void whatIsWrongIsNamedWithWhatIsExpected(String options, String told) {
    List<String> arguments = new ArrayList<>(List.of("--target", "127.0.0.1:1", "--group", "g"));
    arguments.addAll(List.of(options.strip().split(" ", -1)));
    boolean moreConnections = told.startsWith("--threads");
    if (moreConnections) {
      arguments.addAll(List.of("--connections", "100"));
    }
    assertEquals(2, run(arguments.toArray(String[]::new)));
    assertError(told);
  }

  @Test
  void targetAndGroupMustBeGiven() {
    assertEquals(2, run("--group", "g"));
    assertError("--target: missing (expected: --target HOST:PORT)");
  }

  @ParameterizedTest
  @CsvSource({"8001", "'127.0.0.1:8001/x'", "'127.0.0.1:99999'", "'ftp://127.0.0.1:1'"})
  void aTargetThatIsNoneIsRefused(String target) {
    assertEquals(2, run("--target", target, "--group", "g"));
    assertError("--target: " + target + " (expected: HOST:PORT");
  }

  @Test
  void aTargetGivenTwiceIsRefused() {
    assertEquals(2, run("--target", "a:1,http://a:1", "--group", "g"));
    assertError("--target: a:1 twice (expected: each once)");
  }

  @Test
  void putsToManyTargetsNeedSoManyKeysThatEachHasOne() {
    assertEquals(
        2,
        run("--target", "127.0.0.1:1,127.0.0.1:2", "--group", "g", "--puts", "1", "--keys", "1"));
    assertError("--keys: 1 (expected: so many that each target owns one");
  }

  @Test
  void helpNamesEveryOptionAndGivesExamples() {
    assertEquals(0, run("--help"));
    assertEquals("", err.toString());
    for (String word :
        "--target --group --dialect --ring --base-path --rate --connections --depth --connection-life"
            .concat(" --duration --requests --warm-up --keys --key-prefix --skew --trace --puts")
            .concat(" --value-bytes --timeout --threads --no-spin --key= --report Examples Exit")
            .split(" ", -1)) {
      assertTrue(out.toString().contains(word), word);
    }
    assertTrue(out.toString().lines().allMatch(line -> line.length() <= 96), out::toString);
  }

  private int run(String... arguments) {
    return LoadMain.commandLine(
            new AtomicBoolean(), new PrintWriter(out, true), new PrintWriter(err, true))
        .execute(arguments);
  }

  private void assertError(String part) {
    String told = err.toString();
    assertTrue(told.startsWith("load: ") && told.contains(part), told);
    assertEquals(1, told.lines().count(), told);
    assertEquals("", out.toString());
  }
}
