package io.dawncache.server;

import static io.dawncache.server.testing.Certificates.LOOPBACK;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dawncache.core.ByteView;
import io.dawncache.core.CacheNode;
import io.dawncache.core.Group;
import io.dawncache.core.Loaded;
import io.dawncache.server.TlsConfig.ClientCertificates;
import io.dawncache.server.testing.Books;
import io.dawncache.server.testing.Certificates;
import io.dawncache.server.testing.Certificates.Identity;
import io.dawncache.server.testing.LeakExtension;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Nodes that ask each other with TLS. */
@Timeout(60)
@ExtendWith(LeakExtension.class)
class TlsFleetIT {
  private static final byte[] SECRET = "0123456789abcdef0123456789abcdef".getBytes(US_ASCII);

  @TempDir private Path folder;
  private Certificates authority;

  @BeforeEach
  void makeAuthority() throws Exception {
    authority = new Certificates(folder, "ca");
  }

  private ServerConfig.Builder config(boolean frames) throws Exception {
    return ServerConfig.builder()
        .peerFrames(frames)
        .tls(authority.sign("node", LOOPBACK).config().trust(authority.file()).build());
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void threeNodesGetPutAndRemove(boolean frames) throws Exception {
    try (Fleet fleet = Fleet.of(3, config(frames), i -> key -> Loaded.ofUtf8("of " + i))) {
      for (int owner = 0; owner < 3; owner++) {
        String key = fleet.keyOwnedBy(owner);
        assertTrue(fleet.server(owner).self().startsWith("https://127.0.0.1:"));
        for (int i = 0; i < 3; i++) {
          assertEquals("of " + owner, fleet.group(i).get(key).toUtf8());
        }
        Group other = fleet.group((owner + 1) % 3);
        assertTrue(other.put(key, ByteView.ofUtf8("put")).isEverywhere());
        assertEquals("put", fleet.group((owner + 2) % 3).get(key).toUtf8());
        assertTrue(other.remove(key).isEverywhere());
        assertEquals("of " + owner, fleet.group((owner + 2) % 3).get(key).toUtf8());
      }
      for (int i = 0; i < 3; i++) {
        assertEquals(0, fleet.stats(i).peerErrors());
        assertTrue(fleet.stats(i).peerLoads() >= 4);
      }
    }
  }

  @Test
  void peersMayHaveToProveASecretAndPresentACertificate() throws Exception {
    TlsConfig tls =
        authority
            .sign("node", LOOPBACK)
            .config()
            .trust(authority.file())
            .clientCertificates(ClientCertificates.PEERS)
            .build();
    ServerConfig.Builder config = ServerConfig.builder().tls(tls).secrets(List.of(SECRET));
    try (Fleet fleet = Fleet.of(2, config, i -> key -> Loaded.ofUtf8("of " + i))) {
      String key = fleet.keyOwnedBy(1);

      assertEquals("of 1", fleet.group(0).get(key).toUtf8());
      assertTrue(fleet.group(0).put(key, ByteView.ofUtf8("put")).isEverywhere());

      assertEquals("put", fleet.group(1).get(key).toUtf8());
      assertEquals(0, fleet.server(1).stats().unprovenPeers());
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aLargeValueComesFromItsOwner(boolean frames) throws Exception {
    String large = "x".repeat(5 << 20);
    try (Fleet fleet = Fleet.of(2, config(frames), i -> key -> Loaded.ofUtf8(large))) {
      assertEquals(large, fleet.group(0).get(fleet.keyOwnedBy(1)).toUtf8());
      assertEquals(1, fleet.stats(1).localLoads());
      assertEquals(0, fleet.stats(0).localLoads());
    }
  }

  private CacheServer start(CacheNode node, TlsConfig tls) throws IOException {
    return CacheServer.start(node, ServerConfig.builder().tls(tls).build());
  }

  private static CacheNode node(String value) {
    CacheNode node = CacheNode.create();
    node.addGroup(Fleet.GROUP, Fleet.WITHOUT_COPIES, key -> Loaded.ofUtf8(value));
    return node;
  }

  /**
   * Starts two nodes as a fleet, and has the first get a key of the second.
   *
   * @return the value and, if the first then ejects the second, the reason for that
   */
  private Got get(TlsConfig first, TlsConfig second, boolean ejects) throws Exception {
    CacheNode one = node("own");
    CacheNode other = node("other's");
    Got got;
    try (one;
        other;
        CacheServer oneServer = start(one, first);
        CacheServer otherServer = start(other, second)) {
      List<String> members = List.of(oneServer.self(), otherServer.self());
      oneServer.setMembers(members);
      otherServer.setMembers(members);

      String key = Fleet.keyOwnedBy(otherServer.self(), members);
      String value = one.group(Fleet.GROUP).get(key).toUtf8();
      got = new Got(value, ejects ? reasonOfEjection(oneServer) : "");
    }
    Books.check(one);
    Books.check(other);
    return got;
  }

  /** Waits until a server has ejected its only peer. */
  private static String reasonOfEjection(CacheServer server) {
    long end = System.nanoTime() + Fleet.PATIENCE.toNanos();
    while (server.peers().get(0).state() != PeerHealth.State.EJECTED) {
      assertTrue(System.nanoTime() - end < 0, "not ejected");
      Thread.onSpinWait();
    }
    return server.peers().get(0).reason();
  }

  private record Got(String value, String reason) {
    static final Got OWN = new Got("own", "no TLS with it");
    static final Got OTHERS = new Got("other's", "");
  }

  @Test
  void aMemberIsAskedOnlyIfItsCertificateIsGood() throws Exception {
    Identity revoked = authority.sign("revoked", LOOPBACK);
    TlsConfig good =
        authority
            .sign("good", LOOPBACK)
            .config()
            .trust(authority.file())
            .revoked(authority.revoke(revoked))
            .build();
    Certificates others = new Certificates(folder, "other");
    List<Identity> bad =
        List.of(
            revoked,
            others.sign("stranger", LOOPBACK),
            authority.sign("name", "DNS:another.example"),
            authority.signExpired("late", LOOPBACK));

    assertEquals(Got.OTHERS, get(good, good, false));
    for (Identity each : bad) {
      assertEquals(
          Got.OWN,
          get(good, each.config().trust(authority.file()).build(), true),
          each.certificate().toString());
    }
  }

  @Test
  void aMemberThatDoesNotAnswerTheHandshakeIsPassedOver() throws Exception {
    TlsConfig tls = authority.sign("node", LOOPBACK).config().trust(authority.file()).build();
    CacheNode node = node("own");
    try (node;
        CacheServer server = start(node, tls);
        ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      String other = "https://127.0.0.1:" + silent.getLocalPort();
      List<String> members = List.of(server.self(), other);
      server.setMembers(members);

      String key = Fleet.keyOwnedBy(other, members);
      assertEquals("own", node.group(Fleet.GROUP).get(key).toUtf8());
      assertEquals("silent to a probe", reasonOfEjection(server));
    }
    Books.check(node);
  }

  @Test
  void peersKnowEachOtherByTheNamesInTheirCertificatesAlone() throws Exception {
    Path names = folder.resolve("names");
    Files.write(names, List.of("spiffe://shop/a", "spiffe://shop/b"));
    TlsConfig first = named("a", names);
    TlsConfig second = named("b", names);

    assertEquals(Got.OTHERS, get(first, second, false));

    TlsConfig unknown = named("c", names);
    assertEquals(Got.OWN, get(first, unknown, true)); // its name is not among those of peers
    Path more = folder.resolve("more");
    Files.write(more, List.of("spiffe://shop/a", "spiffe://shop/c"));
    // Its certificate is trusted, so it is answered as a client is, but not as a peer.
    assertEquals(new Got("own", ""), get(named("c", more), first, false));
  }

  private TlsConfig named(String name, Path names) throws Exception {
    Identity identity = authority.sign("of-" + name, "URI:spiffe://shop/" + name);
    return identity
        .config()
        .trust(authority.file())
        .clientCertificates(ClientCertificates.PEERS)
        .peerNames(names)
        .build();
  }
}
