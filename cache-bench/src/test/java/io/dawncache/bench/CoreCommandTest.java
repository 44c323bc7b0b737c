package io.dawncache.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class CoreCommandTest {
  private final StringWriter out = new StringWriter();
  private double typedNanos = 23;

  @Test
  void aHitMayTakeANinthLongerThanCaffeines() {
    assertTrue(compare(11.1, 11.1));
    assertFalse(out.toString().contains("MISSED"), out::toString);
    assertFalse(compare(11.2, 11.1));
    assertEquals(2, linesWith("`TINY_LFU`", "MISSED"), out::toString);
  }

  @Test
  void strictLruMayTakeAQuarterLongerAtTwoThreads() {
    assertFalse(compare(11.1, 12.4));
    assertEquals(1, linesWith("`LRU`, one thread", "MISSED"), out::toString);
    assertEquals(0, linesWith("`LRU`, two threads", "MISSED"), out::toString);
  }

  @Test
  void twoThreadsThatWaitForEachOtherMissTheBarByTheClock() {
    assertFalse(compare(11.1, 11.1, 12.6));
    assertEquals(0, linesWith("one thread", "MISSED"), out::toString);
    assertEquals(1, linesWith("`TINY_LFU`, two threads", "MISSED"), out::toString);
    assertEquals(1, linesWith("`LRU`, two threads", "MISSED"), out::toString);
  }

  @Test
  void aTypedHitMayTakeThreeTwentiethsLongerThanOneOfACaffeineOfObjects() {
    assertTrue(compare(11.1, 11.1));
    assertEquals(0, linesWith("typed, near", "MISSED"), out::toString);
    typedNanos = 23.1;
    assertFalse(compare(11.1, 11.1));
    assertEquals(2, linesWith("typed, near", "MISSED"), out::toString);
  }

  @Test
  void theSpreadOfCaffeineAgainstItselfStandsBeside() {
    compare(11.1, 11.1);
    assertEquals(
        1, linesWith("Caffeine, one thread, x itself", "1.00 (1.00 to 1.00)"), out::toString);
  }

  @Test
  void noRoundsAreRefused() {
    StringWriter err = new StringWriter();
    PrintWriter both = new PrintWriter(err, true);
    assertEquals(2, BenchMain.commandLine(both, both).execute("core", "--rounds", "0"));
    assertTrue(err.toString().contains("--rounds: 0 (expected: >= 1)"), err::toString);
  }

  /** Compares CPU times of a get with Caffeine's, which is 10 ns. */
  private boolean compare(double tinyLfuNanos, double lruNanos) {
    return compare(tinyLfuNanos, lruNanos, 10);
  }

  /** The same, where each get takes so long by the clock; Caffeine's takes 10 ns there too. */
  private boolean compare(double tinyLfuNanos, double lruNanos, double wallNanos) {
    List<Figure> figures = new ArrayList<>();
    for (String className : new String[] {"GroupHitBenchmark", "GroupHitTwoThreadsBenchmark"}) {
      figures.add(figure(className + ".tinyLfu:cpu", tinyLfuNanos));
      figures.add(figure(className + ".tinyLfu", wallNanos));
      figures.add(figure(className + ".lru:cpu", lruNanos));
      figures.add(figure(className + ".lru", wallNanos));
      figures.add(figure(className + ".baselineCaffeine:cpu", 10));
      figures.add(figure(className + ".baselineCaffeine", 10));
      figures.add(figure(className + ".typedNear:cpu", typedNanos));
      figures.add(figure(className + ".typedNear", typedNanos));
      figures.add(figure(className + ".baselineCaffeineOfObjects:cpu", 20));
      figures.add(figure(className + ".baselineCaffeineOfObjects", 20));
    }
    return CoreCommand.compare(figures, new PrintWriter(out, true));
  }

  private static Figure figure(String name, double nanos) {
    List<Double> rounds = List.of(nanos, nanos);
    return new Figure("core." + name, "avgt", 1, Map.of(), "ns/op", nanos, null, rounds);
  }

  private long linesWith(String one, String other) {
    return out.toString()
        .lines()
        .filter(line -> line.contains(one) && line.contains(other))
        .count();
  }
}
