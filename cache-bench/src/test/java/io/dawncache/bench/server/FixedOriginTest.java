package io.dawncache.bench.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.dawncache.core.ByteView;
import io.dawncache.core.Getter;
import io.dawncache.node.origin.Origin;
import io.dawncache.node.origin.OriginSettings;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class FixedOriginTest {
  private static Getter getter(String location) {
    FixedOrigin origin = new FixedOrigin();
    return origin.open(OriginSettings.ofLocation("group", origin, location)).getter();
  }

  @Test
  void everyKeyHasAValueOfThatLength() throws Exception {
    assertEquals(ByteView.copyOf(new byte[100]), getter("100").load("any").value());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "-1", "many", "123456789"})
  void refusesWhatIsNoLength(String location) {
    assertThrows(IllegalArgumentException.class, () -> getter(location));
  }

  @Test
  void aNodeFindsItByItsScheme() {
    assertEquals(
        1,
        ServiceLoader.load(Origin.class).stream()
            .filter(origin -> origin.get().scheme().equals("fixed"))
            .count());
  }
}
