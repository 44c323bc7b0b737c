package io.dawncache.bench.collectors;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** The command in small. */
@Tag("thorough")
final class CollectorsCommandIT {
  private final StringWriter out = new StringWriter();

  @Test
  void aRowACollectorTellsOfAFullCacheThatWasAskedAndCollected() {
    assertEquals(0, run("--collectors", "serial,g1", "--heap", "96m"), out::toString);

    List<String> lines = out.toString().lines().toList();
    assertTrue(lines.size() >= 2 + 2 + 2, out::toString); // and why the rate was not kept
    List<String> head = cells(lines.get(2));
    for (int i = 0; i < 2; i++) {
      List<String> row = cells(lines.get(4 + i));
      assertEquals(List.of("Serial", "G1").get(i), row.get(0));
      assertTrue(number(head, row, "entries") > 12_000, out::toString);
      assertTrue(number(head, row, "pauses under load") > 0, out::toString);
      assertTrue(number(head, row, "longest, ms") > 0, out::toString);
      assertTrue(number(head, row, "evictions") > 0, out::toString);
      double hits = number(head, row, "hits of 100");
      assertTrue(hits > 0 && hits < 100, out::toString);
      assertTrue(number(head, row, "memory, MiB") > 16, out::toString);
    }
  }

  @Test
  void aNodeWhoseHeapHasNoRoomForItsCacheIsToldOf() {
    assertEquals(1, run("--collectors", "serial", "--heap", "17m"), out::toString);

    assertTrue(
        out.toString()
            .endsWith("Serial: the node ended with exit code 1 (expected: that it serves)\n"),
        out::toString);
  }

  private int run(String... arguments) {
    return new CommandLine(new CollectorsCommand())
        .setOut(new PrintWriter(out, true))
        .execute(small(arguments));
  }

  private static String[] small(String... arguments) {
    List<String> all =
        new ArrayList<>(
            List.of(
                "--bytes",
                "16m",
                "--rate",
                "1000",
                "--fresh",
                "0.2",
                "--warm-up",
                "1",
                "--seconds",
                "5"));
    all.addAll(List.of(arguments));
    return all.toArray(String[]::new);
  }

  private static double number(List<String> head, List<String> row, String column) {
    return Double.parseDouble(row.get(head.indexOf(column)).replace(",", ""));
  }

  private static List<String> cells(String line) {
    return Arrays.stream(line.substring(1).split("\\|")).map(String::strip).toList();
  }
}
