package io.dawncache.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DiscoveriesTest {
  @Test
  void aTextNamesItsDiscovery() {
    assertEquals("static:http://a:1,http://b:1", text("static:http://a:1,http://b:1"));
    assertEquals("file:/etc/members", text("file:/etc/members"));
    assertEquals("dns:nodes.test:8001", text("dns:nodes.test:8001"));
    assertEquals("dns:nodes.test.:8001@[::1]:5353", text("dns:nodes.test.:8001@[::1]:5353"));
    assertEquals("dns-srv:_a._tcp.nodes.test", text("dns-srv:_a._tcp.nodes.test"));
    assertEquals("dns-srv:n.consul@127.0.0.1:8600", text("dns-srv:n.consul@127.0.0.1:8600"));
    assertEquals("dns:nodes.test:8001", Discoveries.dns("nodes.test", 8001).toString());
    assertEquals("dns-srv:nodes.test", Discoveries.dnsServices("nodes.test").toString());
  }

  private static String text(String text) {
    return Discoveries.parse(text).toString();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "file", "file:", "files:/etc/members", "http://a:1", "static:", "dns:"})
  void whatNamesNoneIsRefused(String text) {
    String message =
        assertThrows(IllegalArgumentException.class, () -> Discoveries.parse(text)).getMessage();

    assertEquals(
        "discovery: "
            + text
            + " (expected: static:URL,..., file:PATH, dns:NAME:PORT[@SERVER:PORT],"
            + " dns-srv:NAME[@SERVER:PORT])",
        message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "dns:nodes       | nodes (expected: NAME:PORT or NAME:PORT@SERVER:PORT)",
        "dns:a:1:2       | a:1:2 (expected: NAME:PORT or NAME:PORT@SERVER:PORT)",
        "dns:a:0         | port: 0 (expected: 1 to 65535)",
        "dns:a:65536     | port: 65536 (expected: 1 to 65535)",
        "dns:a..b:1      | name: a..b (expected: a DNS name)",
        "dns:.:1         | name: . (expected: a DNS name)",
        "dns-srv:a:1     | a:1 (expected: NAME or NAME@SERVER:PORT)",
        "dns-srv:a b     | name: a b (expected: a DNS name)",
        "dns-srv:a@b:53  | name server: b:53 (expected: ADDRESS:PORT, such as 127.0.0.1:8600)",
        "dns:a:1@1.2.3.4 | name server: 1.2.3.4 (expected: ADDRESS:PORT, such as 127.0.0.1:8600)",
        "dns:a:1@::1:53  | name server: ::1:53 (expected: ADDRESS:PORT, such as 127.0.0.1:8600)",
        "dns:a:1@[::1]:0 | name server: [::1]:0 (expected: ADDRESS:PORT, such as 127.0.0.1:8600)",
      })
  void aDnsNameThatCannotBeOneIsRefused(String text, String why) {
    String message =
        assertThrows(IllegalArgumentException.class, () -> Discoveries.parse(text)).getMessage();

    assertEquals("discovery: " + text + ": " + why, message);
  }

  @Test
  void aStaticListIsReportedAtOnce() {
    List<String> found = new ArrayList<>();
    Discovery discovery = Discoveries.of(List.of("http://a:1", "http://b:1"));

    discovery.start(
        "http://a:1",
        new Discovery.Listener() {
          @Override
          public void found(List<String> members) {
            found.addAll(members);
          }

          @Override
          public void failed(String reason) {
            throw new AssertionError(reason);
          }
        });
    discovery.lookAgain();
    discovery.close();

    assertEquals(List.of("http://a:1", "http://b:1"), found);
  }
}
