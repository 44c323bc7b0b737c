package io.dawncache.operations;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class OperationsConfigTest {
  @Test
  void aPortThatIsNoneIsRefused() {
    for (int port : new int[] {-1, 65536}) {
      IllegalArgumentException refused =
          assertThrows(IllegalArgumentException.class, () -> OperationsConfig.builder().port(port));
      assertEquals("port: " + port + " (expected: 0 to 65535)", refused.getMessage());
    }
  }

  @Test
  void aConfigurationShowsNoToken() {
    OperationsConfig config =
        OperationsConfig.builder()
            .port(9001)
            .hostName("cache.example")
            .readyCheck(new ReadyCheck("database", () -> null))
            .tokens(() -> null)
            .build();

    assertEquals(
        "OperationsConfig[host=127.0.0.1, port=9001, tls=false, hostNames=[cache.example],"
            + " readyChecks=[database], tokens=some]",
        config.toString());
  }

  @Test
  void aListenerIsOnLoopbackUnlessToldOtherwise() {
    OperationsConfig config = OperationsConfig.builder().build();
    assertEquals("127.0.0.1", config.host());
    assertEquals(0, config.port());
  }
}
