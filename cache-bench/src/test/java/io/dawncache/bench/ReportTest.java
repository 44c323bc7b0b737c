package io.dawncache.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ReportTest {
  private static final Map<String, String> EIGHT = Map.of("nodes", "8");

  @TempDir Path noCheckout;

  @Test
  void aFigureIsDividedByTheBaselineOfItsClassRoundByRound() {
    Report report =
        report(
            figure("core.A.get", EIGHT, 1, 10, 20, 90),
            figure("core.A.baselineMap", EIGHT, 1, 10, 10, 30),
            figure("core.A.baselineMap", Map.of("nodes", "512"), 1, 1, 1, 1),
            figure("core.A.baselineMap", EIGHT, 2, 1, 1, 1),
            figure("core.B.baselineMap", EIGHT, 1, 1, 1, 1),
            figure("core.A.baselineMap:cpu", EIGHT, 1, 1, 1, 1));
    assertEquals(
        List.of(new Ratio("baselineMap", new Spread(2, 1, 3))), report.results().get(0).ratios());
    assertEquals(List.of(), report.results().get(1).ratios(), "a baseline has none itself");
  }

  @Test
  void theMedianOfAnEvenNumberOfRoundsLiesBetweenTheTwoInTheMiddle() {
    assertEquals(new Spread(2.5, 1, 9), Spread.of(List.of(3.0, 9.0, 1.0, 2.0)));
    assertEquals(new Spread(7, 7, 7), Spread.of(List.of(7.0)));
  }

  @Test
  void whatElseWasMeasuredIsComparedWithItsLike() {
    Report report =
        report(
            figure("server.A.hit:cpu", Map.of(), 8, 30, 31),
            figure("server.A.baselineReply", Map.of(), 8, 1, 1),
            figure("server.A.baselineReply:cpu", Map.of(), 8, 10, 10));
    assertEquals(
        List.of(new Ratio("baselineReply", new Spread(3.05, 3, 3.1))),
        report.results().get(0).ratios());
  }

  @Test
  void bytesAllocatedAreToldAsTheyAreForABaselineMayAllocateNone() {
    Report report =
        report(
            figure("core.A.get:gc.alloc.rate.norm", EIGHT, 1, 24, 24),
            figure("core.A.baselineMap:gc.alloc.rate.norm", EIGHT, 1, 0, 0));
    assertEquals(List.of(), report.results().get(0).ratios());
  }

  @Test
  void theTableHasALineAFigure() {
    List<String> lines =
        report(
                figure("core.A.get", EIGHT, 1, 10, 20, 1090),
                figure("core.A.baselineMap", EIGHT, 1, 10, 9.5, 30))
            .toTable()
            .lines()
            .toList();
    assertEquals(
        List.of(
            "benchmark           params   threads      median of rounds  unit   of its baseline",
            "core.A.get          nodes=8        1  20.0 (10.0 to 1,090)  ns/op  "
                + "2.11 (1.00 to 36.3) x baselineMap",
            "core.A.baselineMap  nodes=8        1   10.0 (9.50 to 30.0)  ns/op"),
        lines.subList(0, 3));
    assertTrue(lines.get(4).contains("commit unknown"), lines.get(4));
  }

  @Test
  void aSecondBaselineHasALineOfItsOwn() {
    List<String> lines =
        report(
                figure("core.A.get", Map.of(), 1, 10),
                figure("core.A.baselineMap", Map.of(), 1, 10),
                figure("core.A.baselineTree", Map.of(), 1, 20))
            .toTable()
            .lines()
            .toList();
    assertTrue(lines.get(1).endsWith(" 1.00 (1.00 to 1.00) x baselineMap"), lines.get(1));
    assertEquals("0.50 (0.50 to 0.50) x baselineTree", lines.get(2).strip());
  }

  @Test
  void theJsonNamesWhatTheFiguresAreWorthNothingWithout() {
    JsonObject json =
        JsonParser.parseString(report(figure("core.A.get", EIGHT, 1, 10)).toJson())
            .getAsJsonObject();
    assertEquals("unknown", json.get("commit").getAsString());
    assertEquals("2026-01-01T00:00:00Z", json.get("date").getAsString());
    assertTrue(json.get("cores").getAsInt() >= 1);
    assertTrue(json.get("jdk").getAsString().contains("" + Runtime.version().feature()));
    JsonObject figure =
        json.getAsJsonArray("results").get(0).getAsJsonObject().getAsJsonObject("figure");
    assertEquals("core.A.get", figure.get("benchmark").getAsString());
    assertEquals("avgt", figure.get("mode").getAsString());
    assertEquals(1, figure.get("threads").getAsInt());
    assertEquals("8", figure.getAsJsonObject("params").get("nodes").getAsString());
    assertEquals("ns/op", figure.get("unit").getAsString());
    assertEquals(10, figure.get("score").getAsDouble());
    assertEquals(0.5, figure.get("error").getAsDouble());
  }

  private Report report(Figure... figures) {
    return Report.of(Instant.parse("2026-01-01T00:00:00Z"), noCheckout, false, List.of(figures));
  }

  private static Figure figure(
      String benchmark, Map<String, String> params, int threads, double... rounds) {
    List<Double> scores = Arrays.stream(rounds).boxed().toList();
    return new Figure(benchmark, "avgt", threads, params, "ns/op", scores.get(0), 0.5, scores);
  }
}
