package io.dawncache.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Command;

final class ReportPageTest {
  @TempDir private Path folder;

  private final StringWriter terminal = new StringWriter();
  private final ReportPage page = new ReportPage("# Head\n", new PrintWriter(terminal, true));

  @Test
  void whatACommandSaysStandsUnderItsNameAndOnTheTerminal() {
    run(
        "ring",
        out -> {
          out.println("0.34 of theirs");
          assertTrue(terminal.toString().endsWith("0.34 of theirs\n"), "as it goes");
          return 0;
        });
    assertEquals("# Head\n\n### `scripts/bench ring`\n\n0.34 of theirs\n", page.toString());
    assertEquals("`scripts/bench ring`\n0.34 of theirs\n", terminal.toString());
    assertEquals(List.of(), page.failed());
  }

  @Test
  void aCommandThatFailsIsNamedAndTheNextOneRuns() {
    run(
        "ring",
        out -> {
          out.println("0.36 of theirs");
          return 1;
        });
    run("crowd", out -> 0);
    assertEquals(List.of("ring"), page.failed());
    assertPage("0.36 of theirs\n\n**Failed**, with exit code 1.\n");
    assertPage("### `scripts/bench crowd`");
  }

  @Test
  void aCommandThatThrowsIsNamedWithWhatItSaidBeforeAndWhatItThrew() {
    run(
        "start",
        out -> {
          out.println("turn 1");
          throw new IllegalStateException("no archive");
        });
    assertEquals(List.of("start"), page.failed());
    assertPage("turn 1\n");
    assertPage("no archive");
    assertPage("**Failed**, with exit code 1.");
  }

  @Test
  void whatStandsAroundTheMarksOfAPageStays() {
    String page = "above\n" + ReportCommand.FROM + "old\n" + ReportCommand.UP_TO + "below\n";
    String first = ReportCommand.placed("new\n", page);
    String second = ReportCommand.placed("newer\n", first);
    assertEquals(
        "above\n" + ReportCommand.FROM + "\nnewer\n\n" + ReportCommand.UP_TO + "below\n", second);
  }

  @Test
  void aPageWithoutMarksHasThemAtItsEndFromThenOn() {
    String written = ReportCommand.placed("new\n", "no marks\n");
    assertEquals("no marks\n" + ReportCommand.FROM + "\nnew\n\n" + ReportCommand.UP_TO, written);
    assertEquals(written, ReportCommand.placed("new\n", written));
  }

  @Test
  void aWrongOptionIsRefusedBeforeAnythingIsWritten() {
    StringWriter err = new StringWriter();
    PrintWriter both = new PrintWriter(err, true);
    Path page = folder.resolve("page.md");
    String[] report = {"report", "--to", page.toString(), "--turns", "0"};
    assertEquals(2, BenchMain.commandLine(both, both).execute(report));
    assertTrue(err.toString().contains("--turns: 0 (expected: >= 1)"), err::toString);
    assertFalse(Files.exists(page));
  }

  private interface Body {
    int run(PrintWriter out);
  }

  private void run(String name, Body body) {
    page.run(List.of(name), out -> program(name, () -> body.run(out), out));
  }

  private static CommandLine program(String name, Callable<Integer> body, PrintWriter out) {
    return new CommandLine(new Program())
        .addSubcommand(name, new Sub(body))
        .setOut(out)
        .setErr(out);
  }

  private void assertPage(String part) {
    assertTrue(page.toString().contains(part), page::toString);
  }

  @Command(name = "bench")
  private static final class Program {}

  @Command
  private static final class Sub implements Callable<Integer> {
    private final Callable<Integer> body;

    Sub(Callable<Integer> body) {
      this.body = body;
    }

    @Override
    public Integer call() throws Exception {
      return body.call();
    }
  }
}
