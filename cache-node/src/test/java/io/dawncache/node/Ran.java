package io.dawncache.node;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;

/**
 * What a program did that was run inside this process.
 *
 * @param exitCode what it ended with
 * @param out its standard output, as text
 * @param err its standard error, line by line
 */
record Ran(int exitCode, String out, List<String> err) {
  static Ran node(String... arguments) {
    return run((values, out, err) -> NodeMain.commandLine(out, err), arguments);
  }

  static Ran check(String... arguments) {
    return run((values, out, err) -> CheckMain.commandLine(Map.of(), out, err), arguments);
  }

  static Ran get(String... arguments) {
    return run(GetMain::commandLine, arguments);
  }

  static Ran status(String... arguments) {
    return run((values, out, err) -> StatusMain.commandLine(out, err), arguments);
  }

  static Ran operate(String... arguments) {
    return run((values, out, err) -> OperateMain.commandLine(out, err), arguments);
  }

  private interface Program {
    CommandLine commandLine(ByteArrayOutputStream values, PrintWriter out, PrintWriter err);
  }

  private static Ran run(Program program, String... arguments) {
    ByteArrayOutputStream values = new ByteArrayOutputStream();
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int exitCode =
        program
            .commandLine(values, new PrintWriter(out, true), new PrintWriter(err, true))
            .execute(arguments);
    return new Ran(exitCode, values.toString(UTF_8) + out, err.toString().lines().toList());
  }

  /** Checks that the command line was refused in this one line. */
  void assertRefused(String line) {
    assertEquals(new Ran(2, "", List.of(line)), this);
  }
}
