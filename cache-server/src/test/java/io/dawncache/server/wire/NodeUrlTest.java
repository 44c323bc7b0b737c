package io.dawncache.server.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NodeUrlTest {

  @ParameterizedTest
  @CsvSource({
    "http://10.0.0.1:8001,      10.0.0.1,    8001,  10.0.0.1:8001",
    "http://cache-1.local:1,    cache-1.local, 1,   cache-1.local:1",
    "http://localhost:65535,    localhost,   65535, localhost:65535",
    "http://localhost,          localhost,   80,    localhost:80",
    "http://cache_1:8001,       cache_1,     8001,  cache_1:8001",
    "http://cache_1,            cache_1,     80,    cache_1:80",
    "http://_a.b_c.local:1,     _a.b_c.local, 1,    _a.b_c.local:1",
    "http://[::1]:8001,         ::1,         8001,  [::1]:8001",
    "http://[2001:db8::7],      2001:db8::7, 80,    [2001:db8::7]:80",
    "https://10.0.0.1:8001,     10.0.0.1,    8001,  10.0.0.1:8001",
    "https://cache-1.local,     cache-1.local, 443, cache-1.local:443",
  })
  void aUrlIsAHostAndPerhapsAPort(String text, String host, int port, String authority) {
    NodeUrl url = NodeUrl.parse(text);

    assertEquals(new NodeUrl(text, host, port, text.startsWith("https:")), url);
    assertEquals(text, url.scheme() + text.substring(url.scheme().length()));
    assertEquals(authority, url.authority());
  }

  @Test
  void aNameOfAnyLengthIsRead() {
    String host = "cache_1" + ".local".repeat(100_000);

    assertEquals(host, NodeUrl.parse("http://" + host + ":8001").host());
    assertThrows(IllegalArgumentException.class, () -> NodeUrl.parse("http://" + host + "_:8001/"));
    assertThrows(
        IllegalArgumentException.class,
        () -> NodeUrl.parse("http://cache_" + "-".repeat(100_000) + ":8001"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "localhost",
        "localhost:8001",
        "10.0.0.1:8001",
        "//localhost:8001",
        "HTTPS://localhost:8001",
        "https:localhost",
        "ftp://localhost:8001",
        "HTTP://localhost:8001",
        "http:localhost",
        "http://",
        "http://:8001",
        "http:///",
        "http://localhost:8001/", // the ring would hash another text than the other members'
        "http://localhost:8001/_dawncache/",
        "http://localhost:8001?a",
        "http://localhost:8001#a",
        "http://user@localhost:8001",
        "http://localhost:0",
        "http://localhost:65536",
        "http://localhost:-1",
        "http://localhost:port",
        "http://local host:8001",
        "http://localhost:8001 ",
        "http://::1:8001",
        "http://[::99999999999.1.1.1]:8001",
        "http://cache_1:0",
        "http://cache_1:65536",
        "http://cache_1:",
        "http://user@cache_1:8001",
        "http://cache_1..local:8001",
        "http://-cache_1:8001",
        "http://cache_1-:8001",
        "http://cache_1-.local:8001",
        "http://cache_1:8001/",
      })
  void anythingElseIsRefused(String text) {
    IllegalArgumentException refusal =
        assertThrows(IllegalArgumentException.class, () -> NodeUrl.parse(text));

    assertEquals(
        "node URL: " + text + " (expected: http://HOST:PORT, such as http://10.0.0.1:8001)",
        refusal.getMessage());
  }
}
