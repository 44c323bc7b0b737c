package io.dawncache.node;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dawncache.node.config.ConfigReaders;
import io.dawncache.node.origin.OriginReaders;
import io.dawncache.node.origin.jdbc.QueryReaders;
import io.dawncache.server.testing.Fuzz;
import io.dawncache.server.testing.Fuzz.Finding;
import io.dawncache.server.testing.FuzzedReader;
import java.util.HexFormat;
import java.util.List;
import java.util.ServiceLoader;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What scripts/fuzz does for hours, for some thousand inputs of each reader of the program. */
class FuzzedReadersTest {
  private static final int CASES = 3_000;
  private static final List<FuzzedReader.Source> SOURCES =
      List.of(new ConfigReaders(), new OriginReaders(), new QueryReaders());

  static List<FuzzedReader> all() {
    return SOURCES.stream().flatMap(source -> source.readers().stream()).toList();
  }

  @ParameterizedTest
  @MethodSource("all")
  void everyInputIsReadOrRefused(FuzzedReader reader) throws InterruptedException {
    for (byte[] seed : reader.seeds()) {
      assertFine(Fuzz.find(reader, seed));
    }
    assertFine(Fuzz.find(reader, 0, CASES));
  }

  private static void assertFine(Finding finding) {
    if (finding != null) {
      throw new AssertionError(
          "seed " + finding.seed() + ", input " + HexFormat.of().formatHex(finding.input()),
          finding.failure());
    }
  }

  @Test
  void theFuzzerFindsThem() {
    Stream<String> found =
        ServiceLoader.load(FuzzedReader.Source.class).stream()
            .map(source -> source.type().getName())
            .filter(name -> name.startsWith("io.dawncache.node."));
    assertTrue(
        found.toList().containsAll(SOURCES.stream().map(s -> s.getClass().getName()).toList()));
  }
}
