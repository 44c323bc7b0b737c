package io.dawncache.bench.chaos;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class NodePageTest {
  @Test
  void aPageWithoutStatesOfPeersSaysNothingOfThem() throws IOException {
    NodePage page = NodePage.parse(page(""));

    assertEquals(List.of("http://a", "http://b", "http://c"), page.members());
    assertEquals(7, page.mainItems());
    assertNull(page.holdsEjected("http://b"));
    assertEquals(3, page.membersInForce());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        """
        "peers": [{"url": "http://b", "state": "ejected", "reason": "silent"},
                  {"url": "http://c", "state": "up"}],
        """,
        """
        "peers": [{"url": "http://b", "state": "ejected"}, {"url": "http://c"},
                  {"url": "http://gone", "state": "ejected"}, {"state": "up"}],
        """
      })
  void anEjectedPeerIsAMemberThatTheNodeDoesNotCountOn(String peers) throws IOException {
    NodePage page = NodePage.parse(page(peers));

    assertEquals(true, page.holdsEjected("http://b"));
    assertEquals(false, page.holdsEjected("http://c"));
    assertEquals(2, page.membersInForce());
  }

  @Test
  void peersWithoutAStateSayNothing() throws IOException {
    NodePage page = NodePage.parse(page("\"peers\": [{\"url\": \"http://b\"}],"));

    assertNull(page.holdsEjected("http://b"));
  }

  @Test
  void aNodeThatKnowsOfAnotherListDoesNotAgreeYet() throws IOException {
    NodePage page = new NodePage(List.of("http://a"), List.of("http://b"), null, 0);

    assertFalse(page.hasMembers(List.of("http://a")));
  }

  @Test
  void membersAreTheSameInAnyOrder() throws IOException {
    NodePage page = NodePage.parse(page(""));

    assertTrue(page.hasMembers(List.of("http://c", "http://b", "http://a")));
    assertFalse(page.hasMembers(List.of("http://a", "http://b")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "no",
        "{}",
        "[]",
        "{\"members\": []}",
        "{\"members\": 3}",
        "{\"members\": [], \"otherLists\": []}",
        "{\"members\": [], \"otherLists\": [], \"groups\": []}",
        "{\"members\": [], \"otherLists\": [], \"groups\": {\"chaos\": {}}}",
        "{\"members\": [], \"otherLists\": [], \"groups\": {\"scores\": {\"mainCache\": {}}}}"
      })
  void whatIsNoPageIsRefused(String text) {
    assertThrows(IOException.class, () -> NodePage.parse(text));
  }

  private static String page(String peers) {
    return """
    {
      "self": "http://a",
      "members": ["http://a", "http://b", "http://c"],
      "otherLists": [],
      %s
      "groups": {"chaos": {"mainCache": {"items": 7}}}
    }
    """
        .formatted(peers);
  }
}
