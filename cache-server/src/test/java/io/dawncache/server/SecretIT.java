package io.dawncache.server;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dawncache.core.ByteView;
import io.dawncache.core.CacheNode;
import io.dawncache.core.Forget;
import io.dawncache.core.Getter;
import io.dawncache.core.Group;
import io.dawncache.core.GroupConfig;
import io.dawncache.core.Loaded;
import io.dawncache.core.MemberList;
import io.dawncache.core.Offer;
import io.dawncache.core.Operation;
import io.dawncache.core.PastChanges;
import io.dawncache.core.PeerRequest;
import io.dawncache.server.RawClient.Answer;
import io.dawncache.server.frame.FrameKind;
import io.dawncache.server.frame.Frames;
import io.dawncache.server.testing.LeakExtension;
import io.dawncache.server.testing.LogRecorder;
import io.dawncache.server.testing.Proofs;
import io.dawncache.server.wire.MessageKind;
import io.dawncache.server.wire.PeerCodec;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Only who proves that it has the cluster's secret is a peer. */
@Timeout(60)
@ExtendWith(LeakExtension.class)
class SecretIT {
  private static final byte[] SECRET = Proofs.secret("a secret for tests");
  private static final byte[] NEW = Proofs.secret("the next secret for tests");
  private static final byte[] WRONG = Proofs.secret("another secret for tests");
  private static final String CLUSTER = "shop";
  private static final String ASKER = "http://127.0.0.1:9";
  private static final String NONCE = "an attacker may choose its own nonce";
  private static final Getter ECHO = key -> Loaded.ofUtf8("value of " + key);

  private static ServerConfig.Builder config(byte[]... secrets) {
    return ServerConfig.builder().cluster(CLUSTER).secrets(List.of(secrets));
  }

  private static void await(BooleanSupplier condition) {
    while (!condition.getAsBoolean()) {
      Thread.onSpinWait(); // until the test's time-out
    }
  }

  // A fleet with a secret.

  @Test
  void threeNodesWithASecretFetchPutRemoveAndKeepCopies() throws IOException {
    AtomicInteger loads = new AtomicInteger();
    Getter counting =
        key -> {
          loads.incrementAndGet();
          return ECHO.load(key);
        };
    try (Fleet fleet = Fleet.of(3, config(SECRET), i -> counting)) {
      for (int owner = 0; owner < 3; owner++) {
        String key = fleet.keyOwnedBy(owner);
        loads.set(0);
        for (int i = 0; i < 3; i++) {
          assertEquals("value of " + key, fleet.group(i).get(key).toUtf8());
        }
        assertEquals(1, loads.get());

        int other = (owner + 1) % 3;
        fleet.group(other).put(key, ByteView.ofUtf8("put"));
        for (int i = 0; i < 3; i++) {
          assertEquals("put", fleet.group(i).get(key).toUtf8());
        }
        fleet.group(other).remove(key);
        for (int i = 0; i < 3; i++) {
          assertEquals("value of " + key, fleet.group(i).get(key).toUtf8());
        }
      }
      for (int i = 0; i < 3; i++) {
        assertEquals(0, fleet.server(i).stats().unprovenPeers());
        assertEquals(List.of(), fleet.server(i).otherLists());
        assertTrue(isUp(fleet.server(i)));
      }
    }
  }

  @Test
  void aPopularValueOfAnotherNodeIsKeptAsACopyUntilItChanges() throws IOException {
    List<CacheNode> nodes = List.of(CacheNode.create(), CacheNode.create());
    List<CacheServer> servers = new ArrayList<>();
    try {
      for (CacheNode node : nodes) {
        node.addGroup(Fleet.GROUP, GroupConfig.builder().build(), ECHO);
        servers.add(CacheServer.start(node, config(SECRET).build()));
      }
      List<String> members = servers.stream().map(CacheServer::self).toList();
      servers.forEach(server -> server.setMembers(members));
      String key = Fleet.keyOwnedBy(members.get(1), members);
      Group asking = requireNonNull(nodes.get(0).group(Fleet.GROUP));
      await(
          () -> {
            asking.get(key);
            return asking.stats().hotCache().items() == 1;
          });

      requireNonNull(nodes.get(1).group(Fleet.GROUP)).put(key, ByteView.ofUtf8("put"));
      assertEquals("put", asking.get(key).toUtf8());
      assertEquals(0, asking.stats().localLoads());
    } finally {
      servers.forEach(CacheServer::close);
      nodes.forEach(CacheNode::close);
    }
  }

  private static boolean isUp(CacheServer server) {
    return server.peers().stream().allMatch(peer -> peer.state() == PeerHealth.State.UP);
  }

  @Test
  void aNodeWithAnotherSecretIsEjectedAndCountedWhileTheOthersServe() throws IOException {
    assertStrangerIsNotAdmitted(config(WRONG));
  }

  @Test
  void aNodeWithoutASecretIsEjectedAndCountedWhileTheOthersServe() throws IOException {
    assertStrangerIsNotAdmitted(ServerConfig.builder().cluster(CLUSTER));
  }

  private static void assertStrangerIsNotAdmitted(ServerConfig.Builder strangersConfig)
      throws IOException {
    try (LogRecorder log = LogRecorder.of(PresentFleet.class);
        Fleet fleet = Fleet.strangers(2, config(SECRET), i -> ECHO);
        CacheNode strangersNode = CacheNode.create()) {
      strangersNode.addGroup(Fleet.GROUP, Fleet.WITHOUT_COPIES, key -> Loaded.ofUtf8("a lie"));
      try (CacheServer stranger = CacheServer.start(strangersNode, strangersConfig.build())) {
        List<String> members =
            List.of(fleet.server(0).self(), fleet.server(1).self(), stranger.self());
        fleet.server(0).setMembers(members);
        fleet.server(1).setMembers(members);
        stranger.setMembers(members);
        String key = Fleet.keyOwnedBy(stranger.self(), members);

        assertEquals("value of " + key, fleet.group(0).get(key).toUtf8());
        assertEquals("value of " + key, fleet.group(1).get(key).toUtf8());
        await(() -> isEjected(fleet.server(0), stranger.self()));
        for (int i = 0; i < 50; i++) {
          assertEquals("value of " + i, fleet.group(i % 2).get("" + i).toUtf8());
        }

        assertTrue(fleet.server(0).stats().unprovenPeers() > 0);
        assertEquals(0, strangersNode.group(Fleet.GROUP).stats().serverRequests());
        assertTrue(fleet.server(1).stats().unprovenPeers() > 0);
        long lines = log.lines().stream().filter(line -> line.contains("without a proof")).count();
        assertTrue(lines >= 2 && lines <= 3, () -> log.lines().toString()); // one for each node
      }
    }
  }

  private static boolean isEjected(CacheServer server, String url) {
    return server.peers().stream()
        .anyMatch(peer -> peer.url().equals(url) && peer.state() == PeerHealth.State.EJECTED);
  }

  @Test
  void aStrangersOperationsChangeNothing() throws IOException {
    try (Fleet fleet = Fleet.strangers(1, config(SECRET), i -> ECHO);
        CacheNode strangersNode = CacheNode.create()) {
      CacheServer server = fleet.server(0);
      strangersNode.addGroup(Fleet.GROUP, Fleet.WITHOUT_COPIES, ECHO);
      try (CacheServer stranger = CacheServer.start(strangersNode, config(WRONG).build())) {
        stranger.setMembers(List.of(stranger.self(), server.self()));
        assertEquals("value of a", fleet.group(0).get("a").toUtf8());

        strangersNode.group(Fleet.GROUP).clear();
        strangersNode.group(Fleet.GROUP).remove("a");
      }
      assertEquals(1, fleet.stats(0).mainCache().items());
      assertTrue(server.stats().unprovenPeers() > 0);
      assertEquals(List.of(), server.otherLists());
    }
  }

  @Test
  void aNodeThatOthersCanReachWithoutASecretSaysSoOnceAtItsStart() throws IOException {
    assertEquals(List.of(), warningsOf(ServerConfig.builder()));
    assertEquals(
        List.of(), warningsOf(ServerConfig.builder().host("0.0.0.0").secrets(List.of(SECRET))));
    String open = onlyWarningOf(ServerConfig.builder().host("0.0.0.0"));
    assertTrue(open.endsWith(" (expected: secrets)"), open);
    for (ServerConfig.Builder go :
        List.of(
            ServerConfig.builder().dialect(Dialect.GROUPCACHE),
            ServerConfig.builder().goPeers(true))) {
      String openToGo = onlyWarningOf(go.host("0.0.0.0"));
      assertTrue(openToGo.endsWith(", since Go nodes know no secrets)"), openToGo);
    }
  }

  private static String onlyWarningOf(ServerConfig.Builder config) throws IOException {
    List<String> warnings = warningsOf(config);
    assertEquals(1, warnings.size(), warnings::toString);
    return warnings.get(0);
  }

  private static List<String> warningsOf(ServerConfig.Builder config) throws IOException {
    try (LogRecorder log = LogRecorder.of(CacheServer.class);
        CacheNode node = CacheNode.create();
        CacheServer server = CacheServer.start(node, config.build())) {
      assertTrue(server.isReady());
      return log.lines().stream().filter(line -> line.startsWith("WARNING listening on ")).toList();
    }
  }

  // Rotation.

  @Test
  void aFleetReplacesItsSecretNodeByNodeAndServesAllTheWhile() throws IOException {
    try (Fleet fleet = Fleet.of(3, config(SECRET), i -> ECHO)) {
      List<List<byte[]>> steps = List.of(List.of(SECRET, NEW), List.of(NEW, SECRET), List.of(NEW));
      int key = 0;
      for (List<byte[]> step : steps) {
        for (int changed = 0; changed < 3; changed++) {
          fleet.server(changed).setSecrets(step);
          for (int i = 0; i < 30; i++) {
            String next = "key-" + key++;
            assertEquals("value of " + next, fleet.group(i % 3).get(next).toUtf8());
          }
        }
      }
      for (int i = 0; i < 3; i++) {
        CacheServer server = fleet.server(i);
        assertEquals(0, server.stats().unprovenPeers());
        await(() -> isUp(server));
      }
    }
  }

  @Test
  void theOldSecretOpensNothingWhenItIsReplaced() throws IOException {
    try (Fleet fleet = Fleet.strangers(1, config(SECRET), i -> ECHO)) {
      CacheServer server = fleet.server(0);
      try (RawClient before = new RawClient(server.address())) {
        String nonce = challenge(before, NONCE);
        before.send(upgrade(NONCE, askersProof(SECRET, nonce, server)));
        assertEquals(101, before.answer().status());

        server.setSecrets(List.of(NEW));

        assertTrue(before.isClosedByServer());
      }
      assertRefused(server, nonce -> askersProof(SECRET, nonce, server));
      assertGranted(server, nonce -> askersProof(NEW, nonce, server));
    }
  }

  @Test
  void aServerThatWasStartedWithoutSecretsGetsNone() throws IOException {
    try (CacheNode node = CacheNode.create();
        CacheServer server = CacheServer.start(node, ServerConfig.builder().build())) {
      var thrown = assertThrows(IllegalStateException.class, () -> server.setSecrets(List.of(NEW)));

      assertEquals(
          "secrets: some, at a server that was started without (expected: to start it again)",
          thrown.getMessage());
    }
  }

  // Connections of an attacker.

  @FunctionalInterface
  private interface Proof {
    String over(String nonce) throws IOException;
  }

  private static String upgrade(String nonce, String proof) {
    return "GET /_dawncache/probe HTTP/1.1\r\nHost: test\r\nConnection: Upgrade\r\n"
        + "Upgrade: dawncache-frames/2, dawncache-frames/1\r\nDawncache-Cluster: "
        + CLUSTER
        + "\r\nDawncache-Peer: "
        + ASKER
        + "\r\n"
        + (nonce == null ? "" : "Dawncache-Nonce: " + nonce + "\r\n")
        + (proof == null ? "" : "Dawncache-Proof: " + proof + "\r\n")
        + "\r\n";
  }

  /** Asks for frames; returns the server's nonce. */
  private static String challenge(RawClient client, String nonce) throws IOException {
    Answer answer = client.send(upgrade(nonce, null)).answer();
    assertEquals(401, answer.status());
    assertEquals("Dawncache-Proof", answer.header("www-authenticate"));
    assertNull(answer.header("dawncache-proof"));
    return answer.header("dawncache-nonce");
  }

  private static String askersProof(byte[] secret, String nonce, CacheServer server) {
    return Proofs.proof(secret, Proofs.ASKER, NONCE, nonce, CLUSTER, ASKER, server.self());
  }

  private static void assertGranted(CacheServer server, Proof proof) throws IOException {
    try (RawClient client = new RawClient(server.address())) {
      String nonce = challenge(client, NONCE);
      Answer answer = client.send(upgrade(NONCE, proof.over(nonce))).answer();

      assertEquals(101, answer.status());
      assertEquals(
          Proofs.proof(NEW, Proofs.ANSWERER, NONCE, nonce, CLUSTER, ASKER, server.self()),
          answer.header("dawncache-proof"));
    }
  }

  private static void assertRefused(CacheServer server, Proof proof) throws IOException {
    long before = server.stats().unprovenPeers();
    try (RawClient client = new RawClient(server.address())) {
      String nonce = challenge(client, NONCE);
      client.send(upgrade(NONCE, proof.over(nonce)));
      assertUnproven(client.answer());
      assertTrue(client.isClosedByServer());
    }
    assertEquals(before + 1, server.stats().unprovenPeers());
  }

  private static void assertUnproven(Answer answer) {
    assertEquals(403, answer.status());
    assertEquals("peer: not proven (expected: the secret of this cluster)\n", answer.text());
    assertNull(answer.header("dawncache-proof"));
    assertNull(answer.header("dawncache-members"));
  }

  @Test
  void onlyAProofOfThisConnectionThisClusterAndTheseNodesIsGrantedFrames() throws IOException {
    try (Fleet fleet = Fleet.strangers(1, config(NEW, SECRET), i -> ECHO)) {
      CacheServer server = fleet.server(0);
      String self = server.self();
      assertGranted(server, nonce -> askersProof(NEW, nonce, server));
      assertGranted(
          server,
          nonce -> askersProof(WRONG, nonce, server) + ", " + askersProof(NEW, nonce, server));

      assertRefused(server, nonce -> askersProof(WRONG, nonce, server));
      assertRefused(server, nonce -> "");
      assertRefused(server, nonce -> nonce);
      assertRefused(server, nonce -> "0".repeat(64));
      assertRefused( // another cluster
          server, nonce -> Proofs.proof(NEW, Proofs.ASKER, NONCE, nonce, "Shop", ASKER, self));
      assertRefused( // another asker
          server,
          nonce -> Proofs.proof(NEW, Proofs.ASKER, NONCE, nonce, CLUSTER, ASKER + "9", self));
      assertRefused( // for another answerer
          server,
          nonce -> Proofs.proof(NEW, Proofs.ASKER, NONCE, nonce, CLUSTER, ASKER, self + "9"));
      assertRefused( // the answerer's proof, in place of the asker's
          server, nonce -> Proofs.proof(NEW, Proofs.ANSWERER, NONCE, nonce, CLUSTER, ASKER, self));
      assertRefused( // over another nonce of the asker than it has sent
          server, nonce -> Proofs.proof(NEW, Proofs.ASKER, nonce, nonce, CLUSTER, ASKER, self));
      assertRefused( // altered
          server,
          nonce -> {
            String proof = askersProof(NEW, nonce, server);
            return (proof.startsWith("0") ? "1" : "0") + proof.substring(1);
          });
    }
  }

  @Test
  void aRecordedProofIsWorthNothingOnAnotherConnection() throws IOException {
    try (Fleet fleet = Fleet.strangers(1, config(SECRET), i -> ECHO)) {
      CacheServer server = fleet.server(0);
      String recorded;
      try (RawClient client = new RawClient(server.address())) {
        recorded = askersProof(SECRET, challenge(client, NONCE), server);
        assertEquals(101, client.send(upgrade(NONCE, recorded)).answer().status());
      }

      assertRefused(server, nonce -> recorded);
      try (RawClient client = new RawClient(server.address())) { // without a challenge
        assertUnproven(client.send(upgrade(NONCE, recorded)).answer());
      }
    }
  }

  @Test
  void aLaterChallengeOfAConnectionReplacesTheEarlier() throws IOException {
    try (Fleet fleet = Fleet.strangers(1, config(SECRET), i -> ECHO)) {
      CacheServer server = fleet.server(0);
      try (RawClient client = new RawClient(server.address())) {
        String first = challenge(client, NONCE);
        String second = challenge(client, NONCE);

        assertNotEquals(first, second);
        assertUnproven(client.send(upgrade(NONCE, askersProof(SECRET, first, server))).answer());
      }
    }
  }

  @Test
  void twoNodesProofsCannotBePlayedAgainstEachOther() throws IOException {
    try (Fleet fleet = Fleet.strangers(1, config(SECRET), i -> ECHO)) {
      CacheServer server = fleet.server(0);
      try (RawClient one = new RawClient(server.address());
          RawClient two = new RawClient(server.address())) {
        // The attacker mirrors the server's own nonce as its own, on a second connection.
        String ones = challenge(one, NONCE);
        String twos = challenge(two, ones);

        assertUnproven(two.send(upgrade(ones, twos)).answer());
        assertUnproven(one.send(upgrade(NONCE, ones)).answer());
      }
    }
  }

  @Test
  void framesWithoutAProofAreRefusedAndCounted() throws IOException {
    try (Fleet fleet = Fleet.strangers(1, config(SECRET), i -> ECHO)) {
      CacheServer server = fleet.server(0);
      try (RawClient client = new RawClient(server.address())) {
        assertUnproven(client.send(upgrade(null, null)).answer());
        assertTrue(client.isClosedByServer());
      }
      assertEquals(1, server.stats().unprovenPeers());
    }
  }

  // Requests of an attacker over HTTP.

  /** Returns a message of each kind, which all concern a key of a group, or all keys of it. */
  private static byte[] message(MessageKind kind, String group, String key) {
    Forget forget = new Forget(group, List.of(key));
    PeerRequest fetch = new PeerRequest(group, key, Duration.ofSeconds(1), 0);
    ByteBuf message =
        switch (kind) {
          case FORGET -> PeerCodec.encode(forget);
          case COORDINATE ->
              PeerCodec.encode(
                  Operation.put(group, key, ByteView.ofUtf8("a lie"), 60_000_000_000L));
          case GET_ALL -> PeerCodec.encode(List.of(fetch, fetch), Duration.ofSeconds(1));
          case MEMBERS ->
              PeerCodec.encode(MemberList.of(ASKER, 7, List.of(ASKER)), true, /* leaving= */ true);
          case OFFER -> PeerCodec.encode(new Offer(group, List.of(key)));
          case HAND_OVER -> PeerCodec.encode(new PastChanges(forget, ASKER));
        };
    byte[] body = ByteBufUtil.getBytes(message);
    message.release();
    return body;
  }

  /**
   * Sends a message over HTTP, from a process that calls itself a node of the cluster or of none.
   */
  private static Answer send(CacheServer server, boolean namesCluster, String kind, byte[] body)
      throws IOException {
    try (RawClient client = new RawClient(server.address())) {
      client.send(
          "POST /_dawncache/ HTTP/1.1\r\nHost: test\r\n"
              + (namesCluster ? "Dawncache-Cluster: " + CLUSTER + "\r\n" : "")
              + "Dawncache-Peer: "
              + ASKER
              + "\r\nDawncache-Message: "
              + kind
              + "\r\nContent-Length: "
              + body.length
              + "\r\n\r\n");
      return client.send(body).answer();
    }
  }

  @Test
  void messagesOverHttpAreRefusedAlikeWhateverTheNodeHolds() throws IOException {
    try (LogRecorder log = LogRecorder.of(PresentFleet.class);
        Fleet fleet = Fleet.strangers(1, config(SECRET), i -> ECHO)) {
      CacheServer server = fleet.server(0);
      fleet.group(0).get("a");
      int sent = 0;
      for (MessageKind kind : MessageKind.values()) {
        for (boolean namesCluster : List.of(false, true)) {
          assertUnproven(send(server, namesCluster, kind.label(), message(kind, Fleet.GROUP, "a")));
          assertUnproven(
              send(server, namesCluster, kind.label(), message(kind, Fleet.GROUP, "not held")));
          assertUnproven(send(server, namesCluster, kind.label(), message(kind, "none", "a")));
          assertUnproven(send(server, namesCluster, "no kind", message(kind, Fleet.GROUP, "a")));
          sent += 4;
        }
      }
      assertEquals(sent, server.stats().unprovenPeers());
      assertEquals(1, fleet.stats(0).gets()); // of the test alone
      assertEquals(1, fleet.stats(0).mainCache().items());
      assertEquals("value of a", fleet.group(0).get("a").toUtf8());
      assertEquals(List.of(), server.otherLists());
      assertEquals(1, log.lines().size(), log::toString);
    }
  }

  @Test
  void aGetWithTheHeaderOfAPeerIsAClients() throws IOException {
    try (Fleet fleet = Fleet.of(2, config(SECRET), i -> ECHO)) {
      String key = fleet.keyOwnedBy(1);
      String headers =
          "Dawncache-Cluster: "
              + CLUSTER
              + "\r\nDawncache-Peer: "
              + fleet.server(1).self()
              + "\r\nDawncache-Copy-Gets: 1000\r\n";

      Answer answer =
          RawClient.get(fleet.server(0), "/_dawncache/" + Fleet.GROUP + "/" + key, headers);

      assertEquals("value of " + key, answer.value());
      assertNull(answer.header("dawncache-ttl"));
      assertEquals(0, fleet.stats(0).serverRequests());
      assertEquals(1, fleet.stats(0).peerLoads()); // forwarded, and not loaded as for a peer
      assertEquals(0, fleet.stats(0).localLoads());
    }
  }

  @Test
  void clientsReadAsWithoutASecret() throws IOException {
    try (Fleet fleet = Fleet.of(2, config(SECRET), i -> ECHO)) {
      for (int i = 0; i < 2; i++) {
        String path = "/_dawncache/" + Fleet.GROUP + "/" + fleet.keyOwnedBy(i);
        for (int asked = 0; asked < 2; asked++) {
          assertEquals(
              "value of " + fleet.keyOwnedBy(i), RawClient.get(fleet.server(asked), path).value());
        }
      }
      assertEquals(400, RawClient.get(fleet.server(0), "/_dawncache/probe").status());
    }
  }

  @Test
  void framesOfAnyKindReachNothingWithoutTheSwitch() throws IOException {
    try (Fleet fleet = Fleet.strangers(1, config(SECRET), i -> ECHO)) {
      CacheServer server = fleet.server(0);
      fleet.group(0).get("a");
      for (FrameKind kind : FrameKind.values()) {
        for (MessageKind message : MessageKind.values()) {
          String answer = sendBehindRefusedSwitch(server, kind, message(message, Fleet.GROUP, "a"));

          assertTrue(answer.startsWith("HTTP/1.1 403 "), answer);
          assertTrue(answer.endsWith("(expected: the secret of this cluster)\n"), answer);
        }
      }
      assertEquals(1, fleet.stats(0).gets()); // of the test alone
      assertEquals(1, fleet.stats(0).mainCache().items());
    }
  }

  /** Sends a wish for frames and a frame right behind it, in one write; returns all answers. */
  private static String sendBehindRefusedSwitch(CacheServer server, FrameKind kind, byte[] payload)
      throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    all.writeBytes(upgrade(NONCE, "0".repeat(64)).getBytes(US_ASCII));
    all.writeBytes(
        ByteBuffer.allocate(Frames.HEAD_BYTES)
            .putInt(payload.length)
            .putInt(1)
            .put((byte) kind.number())
            .array());
    all.writeBytes(payload);
    try (Socket socket = new Socket(server.address().getAddress(), server.address().getPort())) {
      socket.getOutputStream().write(all.toByteArray());
      return new String(socket.getInputStream().readAllBytes(), US_ASCII);
    }
  }
}
