package io.dawncache.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.dawncache.core.Loaded;
import io.dawncache.server.RawClient.Answer;
import io.dawncache.server.testing.LeakExtension;
import io.dawncache.server.testing.Proofs;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Nodes whose clients need a token for a get. */
@Timeout(60)
@ExtendWith(LeakExtension.class)
class ClientTokensIT {
  private static final String READER = "reader-0123456789";
  private static final String WRITER = "writer-0123456789";
  private static final String STRANGER = "others-0123456789";
  private static final AccessTokens TOKENS =
      AccessTokens.parse(
          "%s read\n%s write:scores\n%s operate\n%s read:others\n"
              .formatted(READER, WRITER, "operator-0123456789", STRANGER));

  private static ServerConfig.Builder config() {
    return ServerConfig.builder()
        .secrets(List.of(Proofs.secret("a secret for tests")))
        .clientTokens(TOKENS)
        .page("/page", new Page("text/plain", () -> new byte[] {'p'}));
  }

  private static Fleet fleet(int size) throws IOException {
    return Fleet.of(size, config(), i -> key -> Loaded.ofUtf8("value of " + key));
  }

  private static String bearer(String token) {
    return "Authorization: Bearer " + token + "\r\n";
  }

  private static Answer get(CacheServer server, String group, String headers) throws IOException {
    return RawClient.get(server, "/_dawncache/" + group + "/Tom", headers);
  }

  private static void assertUnauthorized(Answer answer) {
    assertEquals(401, answer.status());
    assertEquals("Bearer", answer.header("www-authenticate"));
    assertEquals("Authorization: no known token (expected: Bearer and a token)\n", answer.text());
  }

  private static void assertForbidden(Answer answer) {
    assertEquals(403, answer.status());
    assertNull(answer.header("www-authenticate"));
    assertEquals("the token's role (expected: read of this group)\n", answer.text());
  }

  @Test
  void aTokenOfTheGroupReadsAtAnyNode() throws IOException {
    try (Fleet fleet = fleet(2)) {
      for (int i = 0; i < 2; i++) {
        for (String token : List.of(READER, WRITER, "operator-0123456789")) {
          assertEquals("value of Tom", get(fleet.server(i), Fleet.GROUP, bearer(token)).value());
        }
      }
    }
  }

  @Test
  void whoHasNoneLearnsNotWhetherThereIsAGroup() throws IOException {
    try (Fleet fleet = fleet(1)) {
      CacheServer server = fleet.server(0);
      for (String group : List.of(Fleet.GROUP, "none")) {
        assertUnauthorized(get(server, group, ""));
        assertUnauthorized(get(server, group, bearer("nobody-0123456789")));
        assertUnauthorized(get(server, group, bearer(READER) + bearer(READER)));
        assertUnauthorized(get(server, group, "Authorization: Basic " + READER + "\r\n"));
        assertUnauthorized(get(server, group, "Dawncache-Peer: " + server.self() + "\r\n"));
        assertForbidden(get(server, group, bearer(STRANGER)));
      }
      assertEquals(400, get(server, "none", bearer(READER)).status());
      assertForbidden(get(server, "none", bearer(WRITER)));
      assertEquals(0, fleet.stats(0).gets());
      assertEquals("p", RawClient.get(server, "/page").text());
    }
  }

  @Test
  void anotherTokenOnTheSameConnectionIsLookedUpAgain() throws IOException {
    try (Fleet fleet = fleet(1);
        RawClient client = new RawClient(fleet.server(0).address())) {
      String request = "GET /_dawncache/scores/Tom HTTP/1.1\r\nHost: test\r\n";
      for (int i = 0; i < 2; i++) {
        assertEquals(
            "value of Tom", client.send(request + bearer(READER) + "\r\n").answer().value());
        assertForbidden(client.send(request + bearer(STRANGER) + "\r\n").answer());
        assertUnauthorized(client.send(request + "\r\n").answer());
        assertUnauthorized(client.send(request + bearer("nobody-0123456789") + "\r\n").answer());
      }

      fleet.server(0).setClientTokens(AccessTokens.parse(STRANGER + " read"));

      assertUnauthorized(client.send(request + bearer(READER) + "\r\n").answer());
      assertEquals(
          "value of Tom", client.send(request + bearer(STRANGER) + "\r\n").answer().value());
    }
  }

  @Test
  void aServerWhoseClientsNeedNoneGetsNone() throws IOException {
    try (Fleet fleet = Fleet.strangers(1, ServerConfig.builder(), i -> Loaded::ofUtf8)) {
      assertEquals(
          "clientTokens: some, at a server that was started without (expected: to start it again)",
          assertThrows(IllegalStateException.class, () -> fleet.server(0).setClientTokens(TOKENS))
              .getMessage());
      assertEquals("Tom", get(fleet.server(0), Fleet.GROUP, bearer("nobody")).value());
    }
  }
}
