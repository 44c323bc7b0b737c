package io.dawncache.bench.siege;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dawncache.bench.chaos.Finding;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class SiegeMainTest {
  private static final Finding MET = Finding.judged("failed hits", "0", "0", true);
  private static final Finding MISSED = Finding.judged("loads done", "7/s", ">= 9/s", false);
  private static final Finding FIGURE = Finding.figure("hits alone", "3 ms");
  private static final Finding NOT_JUDGED = Finding.notJudged("gets sent", "0.5", ">= 0.99");

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private final List<Plan> plans = new ArrayList<>();

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "storm        | SCENE: storm (expected: one of [overload, slow-headers, slow-body, slow-read,"
            + " range, never-read, bulk-never-read])",
        "--rate 0     | --rate: 0 (expected: 1 to 50000)",
        "--rate many  | --rate: many (expected: a number)",
        "--fast       | --fast: no such option (expected: one of --short, --rate, --help)",
      })
  void whatIsWrongIsNamedWithWhatIsExpected(String options, String message) {
    int code =
        SiegeMain.commandLine(new PrintWriter(out, true), new PrintWriter(err, true))
            .execute(options.strip().split(" "));

    assertEquals(2, code);
    assertEquals("", out.toString());
    assertEquals("siege: " + message + "\n", err.toString());
  }

  @Test
  void scenesThatMeetEveryBarEndWithZeroAndATableEach() {
    assertEquals(0, run(List.of(scene("overload", MET, FIGURE), scene("range", MET))));

    assertEquals("", err.toString());
    List<String> lines = out.toString().lines().toList();
    assertEquals(
        List.of(
            "| scene        | finding               | reached | bar | verdict |",
            "|--------------|-----------------------|---------|-----|---------|",
            "| **overload** | **title of overload** |         |     | **met** |",
            "|              | failed hits           | 0       | 0   | met     |",
            "|              | hits alone            | 3 ms    |     |         |",
            "",
            "| scene     | finding            | reached | bar | verdict |",
            "|-----------|--------------------|---------|-----|---------|",
            "| **range** | **title of range** |         |     | **met** |",
            "|           | failed hits        | 0       | 0   | met     |",
            ""),
        lines.subList(0, 11));
    assertTrue(
        lines.get(11).startsWith("A node with a heap of 256 MiB and all else on the same cores"),
        lines.get(11));
    assertEquals(List.of(false, false), plans.stream().map(Plan::shortForm).toList());
  }

  @Test
  void aBarThatIsMissedOrCannotBeJudgedEndsWithOne() {
    assertEquals(1, run(List.of(scene("overload", MET, MISSED))));
    assertEquals(1, run(List.of(scene("overload", MET, NOT_JUDGED))));
    assertTrue(out.toString().contains("**MISSED**"), out::toString);
    assertTrue(out.toString().contains("**NOT JUDGED**"), out::toString);
  }

  @Test
  void aSceneThatCannotBeRunIsSaidSoAndTheNextOneRuns() {
    Scene broken =
        new ScriptedScene(
            "range",
            plan -> {
              throw new IOException("slowhttptest: cannot be run\n (expected: its package)");
            });

    assertEquals(1, run(List.of(broken, scene("overload", MET))));

    assertTrue(
        out.toString().contains("slowhttptest: cannot be run (expected: its package)"),
        out::toString);
    assertTrue(out.toString().contains("**NOT RUN**"), out::toString);
    assertTrue(out.toString().contains("**title of overload**"), out::toString);
  }

  @Test
  void onlyTheScenesThatAreNamedAreRunInThatOrderAndEachOnce() {
    List<Scene> scenes = List.of(scene("overload", MET), scene("range", MET), scene("x", MET));

    assertEquals(0, run(scenes, "x", "overload", "x", "--rate=7"));

    List<String> titles = out.toString().lines().filter(line -> line.contains("title")).toList();
    assertEquals(2, titles.size());
    assertTrue(titles.get(0).contains("title of x"), titles::toString);
    assertEquals(List.of(7, 7), plans.stream().map(Plan::hitRate).toList());
  }

  @Test
  void theShortFormRunsTwoScenes() {
    List<Scene> scenes =
        List.of(scene("overload", MET), scene("range", MET), scene("never-read", MET));

    assertEquals(0, run(scenes, "--short"));

    assertEquals(2, plans.size());
    assertTrue(plans.get(0).shortForm());
    assertTrue(out.toString().contains("title of never-read"), out::toString);
  }

  @Test
  void helpNamesEveryScene() {
    int code =
        SiegeMain.commandLine(new PrintWriter(out, true), new PrintWriter(err, true))
            .execute("--help");

    assertEquals(0, code);
    for (String scene : List.of("overload  ", "slow-headers ", "range ", "bulk-never-read ")) {
      assertTrue(out.toString().contains("  " + scene), out::toString);
    }
  }

  private Scene scene(String name, Finding... findings) {
    return new ScriptedScene(
        name,
        plan -> {
          plans.add(plan);
          return List.of(findings);
        });
  }

  private int run(List<Scene> scenes, String... arguments) {
    return SiegeMain.commandLine(
            scenes, false, new PrintWriter(out, true), new PrintWriter(err, true))
        .execute(arguments);
  }

  private interface Script {
    List<Finding> run(Plan plan) throws IOException;
  }

  /** A scene without a node. */
  private record ScriptedScene(String name, Script script) implements Scene {
    @Override
    public String title() {
      return "title of " + name;
    }

    @Override
    public List<Finding> run(Plan plan, PrintWriter progress) throws IOException {
      return script.run(plan);
    }
  }
}
