package io.dawncache.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.openjdk.jmh.runner.BenchmarkList;
import org.openjdk.jmh.runner.format.OutputFormatFactory;
import org.openjdk.jmh.runner.options.VerboseMode;

final class SuiteTest {
  @Test
  void thereAreBenchmarksAndAPatternChoosesAmongThem() {
    assertFalse(Suite.matching(Pattern.compile(""), true).isEmpty());
    assertFalse(Suite.matching(Pattern.compile("Ring.*owner"), true).isEmpty());
    assertTrue(Suite.matching(Pattern.compile("bench"), true).isEmpty(), "all have that in common");
  }

  @Test
  void everyBenchmarkLiesInThePackageNamedAfterTheOneItMeasures() throws ClassNotFoundException {
    var benchmarks =
        BenchmarkList.defaultList()
            .getAll(
                OutputFormatFactory.createFormatInstance(System.out, VerboseMode.SILENT),
                List.of());
    for (var benchmark : benchmarks) {
      String name = benchmark.getUserClassQName();
      String itsPackage = name.substring(0, name.lastIndexOf('.'));
      String measured = itsPackage.replaceFirst("^io\\.dawncache\\.bench\\.", "io.dawncache.");
      Class.forName(measured + ".package-info"); // throws if there is no such package
      assertTrue(name.endsWith("Benchmark"), name);
    }
  }

  @Test
  void namesAreShortenedByWhatAllHaveInCommon() {
    assertEquals(
        "core.GroupHitBenchmark.lru",
        Suite.shortName("io.dawncache.bench.core.GroupHitBenchmark.lru"));
  }
}
