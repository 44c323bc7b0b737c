package io.dawncache.bench.siege;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dawncache.core.Getter;
import io.dawncache.node.origin.Origin;
import io.dawncache.node.origin.OriginSettings;
import java.util.ServiceLoader;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class TimedOriginTest {
  private static Getter getter(String location) {
    TimedOrigin origin = new TimedOrigin();
    return origin.open(OriginSettings.ofLocation("group", origin, location)).getter();
  }

  @Test
  void everyKeyHasAValueOfItsOwnWithThatLength() throws Exception {
    Getter getter = getter("0:8");
    assertEquals("Tom.....", getter.load("Tom").value().toUtf8());
    assertEquals("Barbara-", getter.load("Barbara-Jane").value().toUtf8());
    assertArrayEquals("Tom.....".getBytes(US_ASCII), TimedOrigin.value("Tom", 8));
    assertArrayEquals("To".getBytes(US_ASCII), TimedOrigin.value("Tom", 2));
    assertEquals(0, TimedOrigin.value("Tom", 0).length);
  }

  @Test
  void aLoadTakesItsTime() throws Exception {
    long start = System.nanoTime();
    getter("20:8").load("Tom");
    assertTrue(System.nanoTime() - start >= TimeUnit.MILLISECONDS.toNanos(20));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "10", "10:", ":10", "-1:10", "1:10:1", "10:many", "12345:1"})
  void refusesWhatIsNoTimeAndLength(String location) {
    assertThrows(IllegalArgumentException.class, () -> getter(location));
  }

  @Test
  void aNodeFindsItByItsScheme() {
    assertEquals(
        1,
        ServiceLoader.load(Origin.class).stream()
            .filter(origin -> origin.get().scheme().equals("timed"))
            .count());
  }
}
