package io.dawncache.bench.hot;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

final class HotCommandTest {
  private final StringWriter err = new StringWriter();

  @Test
  void tooFewGetsOrCopiesAreRefused() {
    assertEquals(2, run("--gets", "99"));
    assertEquals("--gets: 99 (expected: >= 100)", err.toString().lines().findFirst().orElseThrow());
    assertEquals(2, run("--copies", "0"));
  }

  private int run(String... arguments) {
    return new CommandLine(new HotCommand()).setErr(new PrintWriter(err, true)).execute(arguments);
  }
}
