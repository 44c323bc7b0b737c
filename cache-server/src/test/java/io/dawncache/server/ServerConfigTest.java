package io.dawncache.server;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dawncache.core.consistenthash.Scheme;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ServerConfigTest {
  private static final List<byte[]> SECRETS =
      List.of("a secret, of 16b".getBytes(US_ASCII), "sixteen or more bytes".getBytes(US_ASCII));

  private static final String LONGER_THAN_A_ZONE =
      "eu-west-1/rack-7_012345678901234567890123456789012345678901234567";

  /** Every setter of the builder, once for each of its arguments that could be null. */
  static Stream<Arguments> settersAndTheirReferences() {
    return Stream.of(ServerConfig.Builder.class.getMethods())
        .filter(method -> method.getReturnType() == ServerConfig.Builder.class)
        .flatMap(
            method ->
                IntStream.range(0, method.getParameterCount())
                    .filter(i -> !method.getParameterTypes()[i].isPrimitive())
                    .mapToObj(i -> Arguments.of(method, i)));
  }

  @ParameterizedTest
  @MethodSource("settersAndTheirReferences")
  void anArgumentThatIsNullIsNamed(Method setter, int argument) {
    Object[] arguments =
        Arrays.stream(setter.getParameterTypes()).map(ServerConfigTest::some).toArray();
    arguments[argument] = null;

    var thrown =
        assertThrows(
            InvocationTargetException.class,
            () -> setter.invoke(ServerConfig.builder(), arguments));

    assertInstanceOf(NullPointerException.class, thrown.getCause());
    assertEquals(setter.getParameters()[argument].getName(), thrown.getCause().getMessage());
  }

  @Test
  void aMemberThatIsNullIsNamed() {
    var thrown =
        assertThrows(
            NullPointerException.class,
            () -> ServerConfig.builder().members(Arrays.asList("http://10.0.0.1:8001", null)));

    assertEquals("members", thrown.getMessage());
  }

  @Test
  void theRingIsTheNativeOneInOurDialectAndTheDialectsInTheOthers() {
    assertEquals(Scheme.NATIVE, ServerConfig.builder().build().ring());
    assertEquals(Scheme.DAWNCACHE, ServerConfig.builder().ring(Scheme.DAWNCACHE).build().ring());
    assertEquals(
        Scheme.GROUPCACHE, ServerConfig.builder().dialect(Dialect.GROUPCACHE).build().ring());
    assertRefused(
        "ring: native (expected: mailgun, the ring of Go nodes)",
        ServerConfig.builder().dialect(Dialect.MAILGUN).ring(Scheme.NATIVE));
    assertRefused(
        "ring: groupcache (expected: seed or native)",
        ServerConfig.builder().ring(Scheme.GROUPCACHE));
  }

  @Test
  void handingOverTakesNoNegativeTimeAndNoNegativeBytes() {
    ServerConfig.Builder config = ServerConfig.builder();
    ServerConfig none = config.handOverTimeout(Duration.ZERO).handOverBytes(0).build();
    assertEquals(Duration.ZERO, none.handOverTimeout());
    assertEquals(0, none.handOverBytes());
    assertThrows(
        IllegalArgumentException.class, () -> config.handOverTimeout(Duration.ofNanos(-1)));
    assertThrows(IllegalArgumentException.class, () -> config.handOverBytes(-1));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "a b", "a,b", "\"a\"", "\u00e4", LONGER_THAN_A_ZONE})
  void aZoneHasNoBlankNoCommaNoQuoteAndAnEnd(String zone) {
    var thrown =
        assertThrows(IllegalArgumentException.class, () -> ServerConfig.builder().zone(zone));

    assertEquals(
        "zone: "
            + zone
            + " (expected: 1 to 64 visible ASCII characters without comma and double quote)",
        thrown.getMessage());
  }

  @Test
  void aZoneMayHave64Characters() {
    String longest = LONGER_THAN_A_ZONE.substring(1);
    assertEquals(longest, ServerConfig.builder().zone(longest).build().zone());
  }

  private static void assertRefused(String message, ServerConfig.Builder config) {
    assertEquals(message, assertThrows(IllegalArgumentException.class, config::build).getMessage());
  }

  @Test
  void aConfigurationShowsItsValues() {
    String text =
        ServerConfig.builder()
            .port(8001)
            .members(List.of("http://127.0.0.1:8001"))
            .dialect(Dialect.MAILGUN)
            .page("/healthz", new Page("text/plain", () -> new byte[0]))
            .build()
            .toString();

    assertEquals(
        "ServerConfig[host=127.0.0.1, port=8001, self=null, cluster=null, zone=null, secrets=none, clientTokens=null, members=[http://127.0.0.1:8001], discovery=null",
        text.substring(
            0, text.indexOf(", dialect=MAILGUN, ring=mailgun, goPeers=false, eventLoops=")));
    assertEquals(
        "stopGrace=PT5S, handOverTimeout=PT5S, handOverBytes=268435456, requestListener=null,"
            + " pages=[/healthz], tls=null]",
        text.substring(text.indexOf("stopGrace=")));
  }

  @Test
  void aConfigurationShowsNoSecret() {
    ServerConfig config = ServerConfig.builder().secrets(SECRETS).build();

    assertTrue(config.hasSecrets());
    assertTrue(config.toString().contains(", secrets=2 hidden, "), config::toString);
    assertFalse(config.toString().contains("16b"), config::toString);
    assertFalse(config.toString().contains("sixteen"), config::toString);
  }

  @Test
  void aSecretHas16BytesAndThereAreNotTooMany() {
    ServerConfig.Builder config = ServerConfig.builder();
    byte[] shortest = SECRETS.get(0);

    assertEquals(16, shortest.length);
    assertThrowsWith(
        "secrets: one of 15 bytes (expected: >= 16, random)",
        () -> config.secrets(List.of(shortest, new byte[15])));
    assertThrowsWith("secrets: 0 (expected: 1 to 8)", () -> config.secrets(List.of()));
    assertThrowsWith(
        "secrets: 9 (expected: 1 to 8)", () -> config.secrets(Collections.nCopies(9, shortest)));
  }

  @Test
  void clientsNeedTokensOnlyWherePeersAreKnown() {
    assertRefused(
        "clientTokens: some, without secrets (expected: secrets, so that peers are known)",
        ServerConfig.builder().clientTokens(AccessTokens.NONE));
    assertSame(
        AccessTokens.NONE,
        ServerConfig.builder()
            .secrets(SECRETS)
            .clientTokens(AccessTokens.NONE)
            .build()
            .clientTokens());
  }

  @Test
  void secretsAreCopied() {
    byte[] secret = SECRETS.get(0).clone();
    ServerConfig config = ServerConfig.builder().secrets(List.of(secret)).build();
    secret[0]++;

    assertArrayEquals(SECRETS.get(0), config.secrets().get(0));
  }

  @Test
  void goNodesAndPeersOverHttpKnowNoSecrets() {
    assertRefused(
        "secrets: some, with dialect MAILGUN (expected: none, Go nodes know no secrets)",
        ServerConfig.builder().secrets(SECRETS).dialect(Dialect.MAILGUN));
    assertRefused(
        "secrets: some, with goPeers (expected: none, Go nodes know no secrets)",
        ServerConfig.builder().secrets(SECRETS).goPeers(true));
    assertRefused(
        "secrets: some, with peerFrames=false (expected: frames, peers prove secrets on them"
            + " alone)",
        ServerConfig.builder().secrets(SECRETS).peerFrames(false));
  }

  private static void assertThrowsWith(String message, Executable code) {
    assertEquals(message, assertThrows(IllegalArgumentException.class, code).getMessage());
  }

  private static Object some(Class<?> type) {
    return type == String.class ? "/some" : null;
  }
}
