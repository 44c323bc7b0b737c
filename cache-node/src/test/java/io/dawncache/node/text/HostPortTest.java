package io.dawncache.node.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HostPortTest {
  @Test
  void aHostIsANameOrAnAddress() {
    assertEquals(new HostPort("127.0.0.1", 8001), HostPort.parse("127.0.0.1:8001"));
    assertEquals(new HostPort("cache-1.example", 0), HostPort.parse("cache-1.example:0"));
  }

  @Test
  void anIpv6AddressStandsInBrackets() {
    assertEquals(new HostPort("::1", 65535), HostPort.parse("[::1]:65535"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "8001",
        ":8001",
        "127.0.0.1",
        "127.0.0.1:",
        "127.0.0.1:65536",
        "127.0.0.1:-1",
        "::1:8001",
        "[::1]",
        "http://127.0.0.1:8001",
        "a b:1",
        "a:1x"
      })
  void anythingElseIsRefused(String text) {
    assertThrows(IllegalArgumentException.class, () -> HostPort.parse(text));
  }
}
