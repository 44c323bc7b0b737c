package io.dawncache.bench.chaos;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ChaosMainTest {
  private static final Finding MET = Finding.judged("failed", "0", "0", true);
  private static final Finding MISSED = Finding.judged("loads", "7", "<= 5", false);
  private static final Finding FIGURE = Finding.figure("p99", "3 ms");

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private final Path page;

  ChaosMainTest(@TempDir Path folder) {
    page = folder.resolve("chaos.html");
  }

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
        "--html /        | --html: / (expected: a file in a folder that exists)",
        "--fast          | --fast: no such option (expected: one of --short,",
      })
  void whatIsWrongIsNamedWithWhatIsExpected(String options, String told) {
    assertEquals(2, run(options.strip().split(" ")));
    assertEquals("", out.toString());
    assertEquals(1, err.toString().lines().count(), err::toString);
    assertTrue(err.toString().startsWith("chaos: " + told), err::toString);
  }

  @Test
  void rowsThatMeetEveryBarEndWithZeroATableAndAPage() throws IOException {
    assertEquals(0, run(List.of(row("4", MET), row("7", MET, FIGURE)), "--html=" + page));

    List<String> lines = out.toString().lines().toList();
    assertEquals(List.of("", page.toString()), lines.subList(7, lines.size()));
    assertTrue(
        lines.get(2).matches("\\| \\*\\*4\\*\\* +\\| \\*\\*title of 4.*\\*\\*met\\*\\* +\\|"));
    assertTrue(lines.get(3).matches("\\| +\\| failed +\\| 0 +\\| 0 +\\| met +\\|"));
    assertTrue(lines.get(6).matches("\\| +\\| p99 +\\| 3 ms +\\| +\\| +\\|"), lines.get(6));
    assertEquals("", err.toString());
    String html = Files.readString(page);
    assertTrue(html.contains("2 of 2 rows meet every bar"));
    assertTrue(html.contains("5 nodes with heaps of 256 MiB, 2,000 gets/s of 10,000 keys"));
  }

  @Test
  void oneMissedBarEndsWithOne() throws IOException {
    assertEquals(1, run(List.of(row("4", MET), row("7", MET, MISSED)), "--html=" + page));
    assertTrue(out.toString().contains("**MISSED**"));
    assertTrue(Files.readString(page).contains("1 of 2 rows meet every bar"));
  }

  @Test
  void whatTheNodesDoNotSayEndsWithOneToo() {
    Finding notSaid = Finding.notSaid("ejected", "/stats has no state of peers", "<= 3 s");
    assertEquals(1, run(List.of(row("4", MET, notSaid)), "--html=" + page));
    assertTrue(out.toString().contains("NOT SAID"));
  }

  @Test
  void aRowThatCannotBeRunSaysWhyOnOneLineAndTheOthersAreRun() throws IOException {
    String needed =
        "ip link add: Operation not permitted\n (expected: root, and iproute2 installed)";
    Row noRoot =
        new ScriptedRow(
            "8",
            plan -> {
              throw new IOException(needed);
            });

    assertEquals(1, run(List.of(noRoot, row("9", MET)), "--html=" + page));

    assertTrue(
        out.toString()
            .contains(
                "| ip link add: Operation not permitted (expected: root, and iproute2 installed) |"),
        out::toString);
    assertTrue(out.toString().contains("**NOT RUN**"));
    assertTrue(Files.readString(page).contains("1 of 2 rows meet every bar"));
    assertEquals("", err.toString());
  }

  @Test
  void thePageIsWrittenAfterEachRow() {
    Row later =
        new ScriptedRow(
            "7",
            plan -> {
              assertTrue(Files.readString(page).contains("1 of 1 row meets every bar"));
              return List.of(MET);
            });
    assertEquals(0, run(List.of(row("4", MET), later), "--html=" + page));
  }

  @Test
  void aPageThatCannotBeWrittenIsNamed() {
    Row inTheWay =
        new ScriptedRow(
            "4",
            plan -> {
              Files.createDirectory(page);
              return List.of(MET);
            });
    assertEquals(1, run(List.of(inTheWay), "--html=" + page));
    assertTrue(err.toString().startsWith("chaos: " + page), err::toString);
  }

  @Test
  void rowsAreRunOnceInTheOrderGivenAndFiveIsTwoOfThem() {
    List<String> ran = new ArrayList<>();
    List<Row> rows = new ArrayList<>();
    for (String name : List.of("4", "5a", "5b", "7")) {
      rows.add(
          new ScriptedRow(
              name,
              plan -> {
                ran.add(name);
                return List.of(MET);
              }));
    }

    run(rows, "7", "5", "5b", "7", "--html=" + page);
    assertEquals(List.of("7", "5a", "5b"), ran);

    ran.clear();
    run(rows, "--html=" + page);
    assertEquals(List.of("4", "5a", "5b", "7"), ran);

    ran.clear();
    run(rows, "--short", "--html=" + page);
    assertEquals(List.of("4", "7"), ran);
  }

  @Test
  void theShortFormHasItsOwnDefaultsAndOptionsGoBeforeThem() {
    Plan full = planOf();
    assertEquals(
        new Plan(false, 2000, 10_000, 1, seconds(20), seconds(30), seconds(60), full.folder()),
        full);
    assertEquals(5, full.nodes());
    assertTrue(full.folder().endsWith("run/chaos"), full.folder()::toString);

    Plan small = planOf("--short");
    assertEquals(
        new Plan(true, 1000, 2_000, 1, seconds(5), seconds(5), seconds(10), full.folder()), small);
    assertEquals(3, small.nodes());

    assertEquals(
        new Plan(true, 50, 200, 0.5, seconds(1), seconds(2), seconds(3), full.folder()),
        planOf(
            "--short",
            "--rate=50",
            "--keys=200",
            "--skew=0.5",
            "--warm-up=1",
            "--undisturbed=2",
            "--after=3"));
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

  private Plan planOf(String... options) {
    List<Plan> plans = new ArrayList<>();
    Row row =
        new ScriptedRow(
            "4",
            plan -> {
              plans.add(plan);
              return List.of(MET);
            });
    List<String> arguments = new ArrayList<>(List.of(options));
    arguments.add("--html=" + page);
    assertEquals(0, run(List.of(row), arguments.toArray(String[]::new)), err::toString);
    return plans.get(0);
  }

  private static Duration seconds(int seconds) {
    return Duration.ofSeconds(seconds);
  }

  private static Row row(String name, Finding... findings) {
    return new ScriptedRow(name, plan -> List.of(findings));
  }

  private int run(List<Row> rows, String... arguments) {
    return ChaosMain.commandLine(rows, new PrintWriter(out, true), new PrintWriter(err, true))
        .execute(arguments);
  }

  private interface Script {
    List<Finding> run(Plan plan) throws IOException;
  }

  /** A row that starts nothing. */
  private record ScriptedRow(String name, Script script) implements Row {
    @Override
    public String title() {
      return "title of " + name;
    }

    @Override
    public RowResult run(Plan plan, PrintWriter progress) throws IOException {
      return new RowResult(name, title(), script.run(plan), Timeline.EMPTY);
    }
  }
}
