package io.dawncache.bench.collectors;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class CollectorTest {
  @Test
  void namesAreReadInAnyCase() {
    assertEquals(Optional.of(Collector.G1), Collector.named("g1"));
    assertEquals(Optional.of(Collector.SHENANDOAH), Collector.named("Shenandoah"));
    assertEquals(Optional.empty(), Collector.named("epsilon"));
  }

  @Test
  void zgcIsGenerationalWhereItCanBe() {
    assertEquals(List.of("-XX:+UseZGC"), Collector.ZGC.options(17));
    assertEquals("ZGC, not generational", Collector.ZGC.label(17));
    assertEquals(List.of("-XX:+UseZGC", "-XX:+ZGenerational"), Collector.ZGC.options(21));
    assertEquals(List.of("-XX:+UseZGC"), Collector.ZGC.options(25));
    assertEquals("ZGC", Collector.ZGC.label(25));
  }

  @Test
  void theSerialCollectorIsInEveryJdk() throws Exception {
    assertTrue(Collector.SERIAL.isHere());
  }
}
