package io.dawncache.server.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.dawncache.core.MemberList;
import io.dawncache.core.Rings;
import io.dawncache.server.testing.TestFleet;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a node says of the rings that it knows. */
class HelloTest {
  private static HttpHeaders saidOf(List<String> rings) {
    HttpHeaders headers = new DefaultHttpHeaders();
    Rings known = new Rings(rings, "", List.of());
    Hello.addProcess(
        new TestFleet(null, MemberList.of("http://a:1", 7, List.of(), known)), headers);
    return headers;
  }

  @Test
  void aNodeNamesTheRingsThatItKnowsBesideTheOneThatEveryNodeKnows() {
    HttpHeaders headers = saidOf(List.of("native", "another"));

    assertEquals("native, another", headers.get("Dawncache-Rings"));
    assertEquals(List.of("native", "another"), Hello.of(headers).rings());
  }

  @Test
  void aNodeThatKnowsNoOtherSaysNothingAsOlderNodesDo() {
    HttpHeaders headers = saidOf(List.of());

    assertFalse(headers.contains("Dawncache-Rings"));
    assertEquals(List.of(), Hello.of(headers).rings());
  }

  @Test
  void namesMayStandCloseTogetherOrFarApart() {
    HttpHeaders headers = new DefaultHttpHeaders().set("Dawncache-Rings", "native ,another");

    assertEquals(List.of("native", "another"), Hello.of(headers).rings());
  }
}
