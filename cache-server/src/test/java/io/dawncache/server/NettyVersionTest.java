package io.dawncache.server;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NettyVersionTest {
  @Test
  void theNettyOfTheTestsIsTaken() {
    assertDoesNotThrow(() -> NettyVersion.check());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"4.1.128.Final", "4.1.140.Final-redhat-1", "4.2.7.Final", "4.3.0.Final", "main"})
  void testedAndLaterVersionsAreTaken(String version) {
    assertDoesNotThrow(
        () -> NettyVersion.check(Map.of("netty-common", version, "netty-buffer", version)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"4.0.56.Final", "4.1.127.Final", "4.2.6.Final"})
  void anOlderVersionIsNamedBesideWhatIsExpected(String version) {
    assertEquals(
        "netty-common: "
            + version
            + " (expected: Netty 4.1.128.Final or later, or 4.2.7.Final or later)",
        refusal(Map.of("netty-common", version)));
  }

  @Test
  void aMixtureIsToldByOneArtifactOfEach() {
    assertEquals(
        "netty-buffer 4.1.128.Final beside netty-codec-http 4.2.20.Final"
            + " (expected: one version of Netty, as its netty-bom gives)",
        refusal(
            Map.of(
                "netty-buffer",
                "4.1.128.Final",
                "netty-codec-http",
                "4.2.20.Final",
                "netty-common",
                "4.1.128.Final",
                "netty-transport",
                "4.2.20.Final")));
  }

  @Test
  void aJarOfAnotherPatchIsNoMixture() {
    assertDoesNotThrow(
        () ->
            NettyVersion.check(
                Map.of("netty-common", "4.2.20.Final", "netty-handler", "4.2.19.Final")));
  }

  @Test
  void theEmptyJarOfNettyAllIsNoMixture() {
    assertDoesNotThrow(
        () ->
            NettyVersion.check(
                Map.of("netty-all", "4.2.20.Final", "netty-handler", "4.1.128.Final")));
  }

  private static String refusal(Map<String, String> versions) {
    return assertThrows(IllegalStateException.class, () -> NettyVersion.check(versions))
        .getMessage();
  }
}
