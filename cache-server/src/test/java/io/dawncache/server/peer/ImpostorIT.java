package io.dawncache.server.peer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dawncache.core.CacheNode;
import io.dawncache.core.Group;
import io.dawncache.core.GroupConfig;
import io.dawncache.core.Loaded;
import io.dawncache.server.CacheServer;
import io.dawncache.server.PeerHealth;
import io.dawncache.server.ServerConfig;
import io.dawncache.server.testing.LeakExtension;
import io.dawncache.server.testing.Proofs;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** A process at a member's URL that does not have the cluster's secret is asked nothing. */
@Timeout(60)
@ExtendWith(LeakExtension.class)
class ImpostorIT {
  private static final byte[] SECRET = Proofs.secret("a secret for tests");
  private static final byte[] WRONG = Proofs.secret("another secret for tests");
  private static final String NONCE = "0123456789abcdef";

  /** What the impostor answers to the proof of the node. */
  @FunctionalInterface
  private interface Answer {
    String to(String request, String self, String url);
  }

  private static String grant(String url, String proof) {
    return "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\n"
        + "Upgrade: dawncache-frames/2\r\nDawncache-Peer: "
        + url
        + "\r\n"
        + (proof.isEmpty() ? "" : "Dawncache-Proof: " + proof + "\r\n")
        + "\r\n";
  }

  private static String challenge(String self) {
    return "HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\nDawncache-Nonce: "
        + NONCE
        + "\r\nDawncache-Peer: "
        + self
        + "\r\n\r\n";
  }

  private static String header(String request, String name) {
    return request
        .lines()
        .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(name + ": "))
        .map(line -> line.substring(name.length() + 2))
        .findFirst()
        .orElseThrow();
  }

  /** Has a node ask for keys of which the impostor owns some; returns all that it was sent. */
  private static List<String> requestsTo(boolean challenges, Answer answer) throws Exception {
    List<String> requests = new CopyOnWriteArrayList<>();
    List<String> urls = new CopyOnWriteArrayList<>();
    ScriptedPeer.Script script =
        wire -> {
          try {
            while (wire.hasMore()) {
              String request = wire.readRequest();
              requests.add(request);
              if (challenges && !request.contains("awncache-Proof")) {
                wire.write(challenge(urls.get(1)));
              } else {
                wire.write(answer.to(request, urls.get(0), urls.get(1)));
              }
            }
          } catch (IOException e) {
            // The node has closed the connection.
          }
        };
    try (ScriptedPeer impostor = new ScriptedPeer(script);
        CacheNode node = CacheNode.create()) {
      Group group = node.addGroup("scores", GroupConfig.builder().build(), Loaded::ofUtf8);
      ServerConfig config = ServerConfig.builder().secrets(List.of(SECRET)).build();
      try (CacheServer server = CacheServer.start(node, config)) {
        urls.addAll(List.of(server.self(), impostor.url()));
        server.setMembers(urls);
        for (int i = 0; i < 100; i++) {
          assertEquals("" + i, group.get("" + i).toUtf8());
        }
        group.put("1", io.dawncache.core.ByteView.ofUtf8("one"));
        group.clear();
        while (server.peers().get(0).state() != PeerHealth.State.EJECTED) {
          Thread.onSpinWait(); // until the test's time-out
        }
        assertEquals(0, group.stats().peerLoads());
        assertTrue(server.stats().unprovenPeers() > 0);
      }
    }
    assertFalse(requests.isEmpty());
    for (String request : requests) {
      assertTrue(request.startsWith("GET /_dawncache/probe HTTP/1.1\r\n"), request);
    }
    return requests;
  }

  @Test
  void oneThatGrantsFramesAtOnce() throws Exception {
    requestsTo(false, (request, self, url) -> grant(url, ""));
  }

  @Test
  void oneThatGrantsFramesAtOnceWithAProof() throws Exception {
    requestsTo(
        false,
        (request, self, url) -> {
          String nonce = header(request, "dawncache-nonce");
          return grant(url, Proofs.proof(WRONG, Proofs.ANSWERER, nonce, nonce, "", self, url));
        });
  }

  @Test
  void oneThatHasAnotherSecret() throws Exception {
    requestsTo(
        true,
        (request, self, url) -> {
          String nonce = header(request, "dawncache-nonce");
          return grant(url, Proofs.proof(WRONG, Proofs.ANSWERER, nonce, NONCE, "", self, url));
        });
  }

  @Test
  void oneThatSendsTheNodesOwnProofBack() throws Exception {
    List<String> requests =
        requestsTo(true, (request, self, url) -> grant(url, header(request, "dawncache-proof")));

    assertTrue(requests.stream().anyMatch(request -> request.contains("awncache-Proof: ")));
  }

  @Test
  void oneThatAnswersAsANodeWithoutFrames() throws Exception {
    requestsTo(
        false,
        (request, self, url) ->
            "HTTP/1.1 400 Bad Request\r\nDawncache-Status: refused\r\nContent-Length: 0\r\n\r\n");
  }

  @Test
  void oneThatChallengesForEver() throws Exception {
    requestsTo(true, (request, self, url) -> challenge(url));
  }

  @Test
  void oneThatHasAnotherUrlReceivesNoProof() throws Exception {
    List<String> requests =
        requestsTo(false, (request, self, url) -> challenge("http://127.0.0.1:9"));

    assertFalse(requests.stream().anyMatch(request -> request.contains("awncache-Proof: ")));
  }

  @Test
  void theNonceIsFreshForEachConnection() throws Exception {
    List<String> requests = requestsTo(false, (request, self, url) -> grant(url, ""));

    long nonces = requests.stream().map(r -> header(r, "dawncache-nonce")).distinct().count();
    assertTrue(nonces > 1);
    assertEquals(requests.size(), nonces);
  }
}
