package io.dawncache.bench.chaos;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The short form of {@code scripts/soak}: three nodes under load, to some of which something is
 * done. Nothing may fail outside of that, leak, or be left over. Whether curves are flat takes an
 * hour: no verdict on them may say that they are.
 */
@Tag("thorough")
final class SoakIT {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @Test
  void nothingFailsOutsideOfFaultsNothingLeaksAndTheBooksBalance(@TempDir Path folder)
      throws Exception {
    Path page = folder.resolve("soak.html");

    int code =
        SoakMain.commandLine(Soak::run, new PrintWriter(out, true), new PrintWriter(err, true))
            .execute("0.75", "--rate=100", "--keys=3000", "--html=" + page);

    assertTrue(code == 1, () -> err + "\n" + out); // of 45 s not all can be judged
    for (String what :
        List.of(
            "failed gets outside of faults",
            "failed puts outside of faults",
            "failed bulk gets outside of faults",
            "old values of changed keys outside of faults",
            "reports of leaks in the nodes' logs",
            "errors in the nodes' logs",
            "node 1: books that do not balance",
            "node 2: books that do not balance",
            "node 3: books that do not balance")) {
      assertFalse(verdict(what).equals("MISSED"), () -> what + "\n" + err + "\n" + out);
    }
    for (Gauge gauge : Gauge.values()) {
      String verdict = verdict("node 1: slope of the " + gauge.label());
      assertFalse(verdict.equals("met"), () -> gauge + "\n" + err + "\n" + out);
    }
    assertTrue(err.toString().contains("leaves the member list"), err::toString);
    assertTrue(Files.readString(page).contains("Live heap"), "the page has the curves");
  }

  private String verdict(String what) {
    String row =
        out.toString()
            .lines()
            .filter(line -> line.startsWith("| " + what + " "))
            .findFirst()
            .orElseThrow(() -> new AssertionError(what + " is not in\n" + err + "\n" + out));
    String[] cells = row.split("\\|", -1);
    return cells[4].strip();
  }
}
