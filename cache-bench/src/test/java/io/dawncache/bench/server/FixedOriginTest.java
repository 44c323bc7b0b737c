package io.dawncache.bench.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.dawncache.core.ByteView;
import io.dawncache.node.Origin;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class FixedOriginTest {
  @Test
  void everyKeyHasAValueOfThatLength() throws Exception {
    assertEquals(ByteView.copyOf(new byte[100]), new FixedOrigin().open("100").load("any").value());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "-1", "many", "123456789"})
  void refusesWhatIsNoLength(String location) {
    assertThrows(IllegalArgumentException.class, () -> new FixedOrigin().open(location));
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
