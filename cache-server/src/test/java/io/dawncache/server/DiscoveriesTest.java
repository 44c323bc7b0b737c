package io.dawncache.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DiscoveriesTest {
  @Test
  void aTextNamesItsDiscovery() {
    assertEquals("static:http://a:1,http://b:1", text("static:http://a:1,http://b:1"));
    assertEquals("file:/etc/members", text("file:/etc/members"));
  }

  private static String text(String text) {
    return Discoveries.parse(text).toString();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "file", "file:", "files:/etc/members", "http://a:1", "static:"})
  void whatNamesNoneIsRefused(String text) {
    String message =
        assertThrows(IllegalArgumentException.class, () -> Discoveries.parse(text)).getMessage();

    assertEquals("discovery: " + text + " (expected: static:URL,... or file:PATH)", message);
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
