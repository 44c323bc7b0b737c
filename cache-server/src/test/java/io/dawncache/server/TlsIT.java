package io.dawncache.server;

import static io.dawncache.server.testing.Certificates.LOOPBACK;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dawncache.core.CacheNode;
import io.dawncache.core.Loaded;
import io.dawncache.server.TlsConfig.ClientCertificates;
import io.dawncache.server.testing.Books;
import io.dawncache.server.testing.Certificates;
import io.dawncache.server.testing.Certificates.Identity;
import io.dawncache.server.testing.LeakExtension;
import io.netty.handler.ssl.OpenSsl;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A node that accepts TLS alone, and what clients and would-be peers get from it. */
@Timeout(60)
@ExtendWith(LeakExtension.class)
class TlsIT {
  private static final String TOM = "/_dawncache/scores/Tom";

  /** A ClientHello of TLS 1.1 that offers what all of that time could. */
  private static final String HELLO_1_1 =
      "160301002f0100002b0302" + "ab".repeat(32) + "000004c013002f0100";

  /** A fatal alert: protocol_version. */
  private static final String WRONG_VERSION = "0246";

  @TempDir private Path folder;
  private Certificates authority;
  private Identity identity;
  private final CacheNode node = CacheNode.create();
  private CacheServer server;

  @BeforeEach
  void makeCertificates() throws Exception {
    authority = new Certificates(folder, "ca");
    identity = authority.sign("node", LOOPBACK);
    node.addGroup(
        Fleet.GROUP,
        Fleet.WITHOUT_COPIES,
        key -> Loaded.ofUtf8(key.startsWith("large") ? "x".repeat(1 << 20) : "630"));
  }

  @AfterEach
  void stop() {
    if (server != null) {
      server.close();
    }
    node.close();
    Books.check(node);
  }

  private void start(TlsConfig tls) throws IOException {
    start(ServerConfig.builder().tls(tls));
  }

  private void start(ServerConfig.Builder config) throws IOException {
    server = CacheServer.start(node, config.build());
  }

  private SSLSocket connect(SSLContext context, String... protocols) throws IOException {
    SSLSocket socket =
        (SSLSocket)
            context
                .getSocketFactory()
                .createSocket(server.address().getAddress(), server.address().getPort());
    SSLParameters parameters = socket.getSSLParameters();
    parameters.setEndpointIdentificationAlgorithm("HTTPS");
    parameters.setApplicationProtocols(new String[] {"h2", "http/1.1"});
    if (protocols.length > 0) {
      parameters.setProtocols(protocols);
    }
    socket.setSSLParameters(parameters);
    socket.setSoTimeout((int) Fleet.PATIENCE.toMillis());
    return socket;
  }

  private static String get(String path, String headers) {
    return "GET " + path + " HTTP/1.1\r\nHost: test\r\n" + headers + "\r\n";
  }

  private RawClient.Answer ask(SSLContext context, String request) throws IOException {
    try (RawClient client = new RawClient(connect(context))) {
      return client.send(request).answer();
    }
  }

  private static void await(Runnable assertion) {
    long end = System.nanoTime() + Fleet.PATIENCE.toNanos();
    while (true) {
      try {
        assertion.run();
        return;
      } catch (AssertionError e) {
        if (System.nanoTime() - end > 0) {
          throw e;
        }
        Thread.onSpinWait();
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void aClientGetsItsValueOverBothVersions(String version) throws Exception {
    start(identity.config().build());
    assertEquals("https://127.0.0.1:" + server.address().getPort(), server.self());
    try (SSLSocket socket = connect(authority.client(null), version);
        RawClient client = new RawClient(socket)) {
      assertEquals("630", client.send(get(TOM, "")).answer().value());
      assertEquals("630", client.send(get(TOM, "")).answer().value());

      assertEquals(version, socket.getSession().getProtocol());
      assertEquals("http/1.1", socket.getApplicationProtocol());
    }
    assertEquals(1, server.stats().tls().handshakes());
    assertEquals(0, server.stats().tls().failedHandshakes());
  }

  @Test
  void aLargeValueAndManyPipelinedOnesArriveWhole() throws Exception {
    start(identity.config().build());
    try (RawClient client = new RawClient(connect(authority.client(null)))) {
      String large = get("/_dawncache/scores/large", "");
      client.send(large + get(TOM, "").repeat(200) + large);

      assertEquals(1 << 20, client.answer().value().length());
      for (int i = 0; i < 200; i++) {
        assertEquals("630", client.answer().value());
      }
      assertEquals(1 << 20, client.answer().value().length());
    }
  }

  @Test
  void anOlderVersionIsRefusedByName() throws Exception {
    start(identity.config().build());
    try (RawClient client = new RawClient(server.address())) {
      client.send(HexFormat.of().parseHex(HELLO_1_1));

      byte[] alert = client.bytes(7);

      assertEquals(0x15, alert[0]);
      assertEquals(WRONG_VERSION, HexFormat.of().formatHex(alert, 5, 7));
      assertTrue(client.isClosedByServer());
    }
    await(() -> assertEquals(1, server.stats().tls().failedHandshakes()));
  }

  @Test
  void plainHttpIsClosedAndCounted() throws Exception {
    start(identity.config().build());
    try (RawClient client = new RawClient(server.address())) {
      client.send(get(TOM, ""));

      assertTrue(client.isClosedByServer());
    }
    await(() -> assertEquals(1, server.stats().tls().failedHandshakes()));
    assertEquals("630", ask(authority.client(null), get(TOM, "")).value());
  }

  @Test
  void aHandshakeThatDoesNotEndIsCountedAsBytesInFlightAndTimesOut() throws Exception {
    start(
        ServerConfig.builder()
            .tls(identity.config().build())
            .requestTimeout(Duration.ofSeconds(2)));
    try (RawClient client = new RawClient(server.address())) {
      client.send(HexFormat.of().parseHex("1603010200")); // 512 bytes follow, it says

      await(() -> assertEquals(32 << 10, node.bytesInFlight().bytes()));
      assertTrue(client.isClosedByServer());
    }
    await(() -> assertEquals(0, node.bytesInFlight().bytes()));
    assertEquals(1, server.stats().tls().failedHandshakes());
  }

  @Test
  void handshakesThatFindNoRoomAreClosedAndOthersGoOn() throws Exception {
    start(identity.config().build());
    node.bytesInFlight().resize(100 << 10);
    List<RawClient> stuck = new ArrayList<>();
    try {
      for (int i = 0; i < 4; i++) {
        stuck.add(new RawClient(server.address()).send(HexFormat.of().parseHex("16")));
      }

      await(() -> assertTrue(node.bytesInFlight().refused() + node.bytesInFlight().closed() >= 1));
      assertTrue(node.bytesInFlight().bytes() <= 100 << 10);
    } finally {
      for (RawClient client : stuck) {
        client.close();
      }
    }
    await(() -> assertEquals(0, node.bytesInFlight().bytes()));
    assertEquals("630", ask(authority.client(null), get(TOM, "")).value());
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void theEndOfAConnectionIsTheEndOfItsTls(String version) throws Exception {
    start(identity.config().build());
    try (SSLSocket socket = connect(authority.client(null), version);
        RawClient client = new RawClient(socket)) {
      client.send(get(TOM, "Connection: close\r\n"));

      assertEquals("630", client.answer().value());
      assertEquals(-1, socket.getInputStream().read()); // else an exception: it was cut off
    }
  }

  @Test
  void aClientThatEndsItsSideGetsItsAnswer() throws Exception {
    start(identity.config().build());
    try (SSLSocket socket = connect(authority.client(null), "TLSv1.3");
        RawClient client = new RawClient(socket)) {
      client.send(get("/_dawncache/scores/large", ""));
      socket.shutdownOutput();

      if (!OpenSsl.isAvailable()) { // which ends both sides at once, as TLS 1.2 does
        assertEquals(1 << 20, client.answer().value().length());
      }
      assertTrue(client.isClosedByServer());
    }
  }

  @Test
  void aStopAnswersWhatHasArrived() throws Exception {
    start(identity.config().build());
    try (SSLSocket socket = connect(authority.client(null));
        RawClient client = new RawClient(socket)) {
      assertEquals("630", client.send(get(TOM, "")).answer().value());

      server.close();

      assertTrue(client.isClosedByServer());
    }
  }

  @Test
  void aServerWithACertificateOfAnotherCaOrNameOrAnExpiredOneIsRefusedByItsClients()
      throws Exception {
    start(identity.config().build());
    SSLContext stranger = new Certificates(folder, "other").client(null);
    assertThrows(SSLHandshakeException.class, () -> ask(stranger, get(TOM, "")));

    for (Identity wrong :
        List.of(
            authority.sign("name", "DNS:another.example"),
            authority.signExpired("expired", LOOPBACK))) {
      Files.copy(wrong.certificate(), identity.certificate(), StandardCopyOption.REPLACE_EXISTING);
      Files.copy(wrong.key(), identity.key(), StandardCopyOption.REPLACE_EXISTING);
      server.reloadTls();

      assertThrows(SSLHandshakeException.class, () -> ask(authority.client(null), get(TOM, "")));
    }
  }

  @Test
  void withoutACertificateThereIsNoConnectionIfAllHaveToPresentOne() throws Exception {
    start(
        identity
            .config()
            .trust(authority.file())
            .clientCertificates(ClientCertificates.ALL)
            .build());
    Certificates others = new Certificates(folder, "other");

    assertThrows(IOException.class, () -> ask(authority.client(null), get(TOM, "")));
    assertThrows(
        IOException.class,
        () -> ask(authority.client(others.sign("stranger", "DNS:stranger")), get(TOM, "")));
    assertThrows(
        IOException.class,
        () -> ask(authority.client(authority.signExpired("late", "DNS:late")), get(TOM, "")));
    await(() -> assertEquals(3, server.stats().tls().failedHandshakes()));
    assertEquals(
        "630", ask(authority.client(authority.sign("client", "DNS:client")), get(TOM, "")).value());
  }

  private static final String AS_PEER = "Dawncache-Peer: http://127.0.0.1:1\r\n";
  private static final String FORGET =
      "POST /_dawncache/ HTTP/1.1\r\nHost: test\r\n"
          + AS_PEER
          + "Dawncache-Message: forget\r\nContent-Length: 0\r\n\r\n";
  private static final String FRAMES =
      get(
          "/_dawncache/probe",
          AS_PEER + "Connection: Upgrade\r\nUpgrade: dawncache-frames/2, dawncache-frames/1\r\n");

  @Test
  void whoIsNoPeerByItsCertificateMayOnlyGet() throws Exception {
    Path names = folder.resolve("names");
    Files.writeString(names, "# the nodes\nspiffe://shop/node\n");
    startWithPeerNames(names);
    SSLContext nobody = authority.client(null);
    SSLContext client = authority.client(authority.sign("client", "DNS:client"));
    SSLContext peer = authority.client(peer("spiffe://shop/node"));

    for (SSLContext other : List.of(nobody, client)) {
      assertEquals("630", ask(other, get(TOM, "")).value());
      for (String request : List.of(get(TOM, AS_PEER), FORGET, FRAMES)) {
        RawClient.Answer refused = ask(other, request);
        assertEquals(403, refused.status(), request);
        assertEquals(
            "peer: no certificate of one (expected: a certificate with a peer's name)\n",
            refused.text());
      }
    }
    assertEquals(2 * 3, server.stats().unprovenPeers());
    long held = node.group(Fleet.GROUP).stats().mainCache().items();
    assertEquals("630", ask(peer, get(TOM, AS_PEER)).value());
    assertEquals(held, node.group(Fleet.GROUP).stats().mainCache().items());
    try (RawClient frames = new RawClient(connect(peer))) {
      frames.send(FRAMES);
      assertEquals("HTTP/1.1 101", new String(frames.bytes(12), US_ASCII));
    }
  }

  private void startWithPeerNames(Path names) throws IOException {
    start(
        identity
            .config()
            .trust(authority.file())
            .clientCertificates(ClientCertificates.PEERS)
            .peerNames(names)
            .build());
  }

  private Identity peer(String uri) throws Exception {
    return authority.sign("peer", "URI:" + uri);
  }

  @Test
  void aPeerWhoseNameIsTakenFromTheListLosesItsConnectionsAndNobodyElseDoes() throws Exception {
    Path names = folder.resolve("names");
    Files.writeString(names, "spiffe://shop/a\nspiffe://shop/b\n");
    startWithPeerNames(names);
    SSLContext first = authority.client(peer("spiffe://shop/a"));
    SSLContext second = authority.client(peer("spiffe://shop/b"));
    try (RawClient staying = new RawClient(connect(first));
        RawClient leaving = new RawClient(connect(second));
        RawClient client = new RawClient(connect(authority.client(null)))) {
      for (RawClient each : List.of(staying, leaving)) {
        assertEquals("630", each.send(get(TOM, AS_PEER)).answer().value());
      }
      assertEquals("630", client.send(get(TOM, "")).answer().value());

      Files.writeString(names, "spiffe://shop/a\n");
      server.reloadTls();

      assertTrue(leaving.isClosedByServer());
      assertEquals("630", staying.send(get(TOM, AS_PEER)).answer().value());
      assertEquals("630", client.send(get(TOM, "")).answer().value());
      assertEquals(403, ask(second, get(TOM, AS_PEER)).status());
    }
  }

  @Test
  void newFilesComeIntoForceByThemselvesUnderLoadAndNoRequestIsLost() throws Exception {
    start(identity.config().build());
    SSLContext client = authority.client(null);
    AtomicBoolean over = new AtomicBoolean();
    AtomicInteger answered = new AtomicInteger();
    ExecutorService threads = Executors.newCachedThreadPool();
    List<Future<?>> clients = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      clients.add(
          threads.submit(
              () -> {
                try (RawClient kept = new RawClient(connect(client))) {
                  while (!over.get()) {
                    assertEquals("630", kept.send(get(TOM, "")).answer().value());
                    answered.incrementAndGet();
                  }
                }
                return null;
              }));
    }
    try {
      for (int i = 0; i < 3; i++) {
        X509Certificate before = presented(client);
        Identity next = authority.sign("next" + i, LOOPBACK);
        move(next.key(), identity.key());
        move(next.certificate(), identity.certificate());

        await(() -> assertNotEquals(before, presented(client)));

        int sofar = answered.get();
        await(() -> assertTrue(answered.get() > sofar + 8));
      }
    } finally {
      over.set(true);
      threads.shutdown();
    }
    for (Future<?> each : clients) {
      each.get();
    }
    assertEquals(0, server.stats().tls().failedHandshakes());
  }

  @Test
  void aRevokedCertificateIsRefusedAndItsConnectionsEndWhenTheCrlChanges() throws Exception {
    Identity staying = authority.sign("staying", "DNS:staying");
    Identity leaving = authority.sign("leaving", "DNS:leaving");
    Identity revoked = authority.sign("revoked", "DNS:revoked");
    start(
        identity
            .config()
            .trust(authority.file())
            .revoked(authority.revoke(revoked))
            .clientCertificates(ClientCertificates.ALL)
            .build());
    SSLContext second = authority.client(leaving);

    assertThrows(IOException.class, () -> ask(authority.client(revoked), get(TOM, "")));
    await(() -> assertEquals(1, server.stats().tls().failedHandshakes()));
    try (RawClient kept = new RawClient(connect(authority.client(staying)));
        RawClient closed = new RawClient(connect(second))) {
      for (RawClient each : List.of(kept, closed)) {
        assertEquals("630", each.send(get(TOM, "")).answer().value());
      }

      authority.revoke(leaving); // the server notices it by itself

      assertTrue(closed.isClosedByServer());
      assertEquals("630", kept.send(get(TOM, "")).answer().value());
    }
    assertThrows(IOException.class, () -> ask(second, get(TOM, "")));
  }

  @Test
  void anOverdueCrlIsNotPutIntoForce() throws Exception {
    Identity client = authority.sign("client", "DNS:client");
    Path crl = authority.revoke();
    start(
        identity
            .config()
            .trust(authority.file())
            .revoked(crl)
            .clientCertificates(ClientCertificates.ALL)
            .build());
    Instant before = server.stats().tls().crlsExpire();
    authority.overdueCrl();

    IOException overdue = assertThrows(IOException.class, server::reloadTls);

    assertEquals(
        crl + ": the CRL of CN=ca ended at 2020-02-01T00:00:00Z (expected: a newer one)",
        overdue.getMessage());
    assertEquals(before, server.stats().tls().crlsExpire());
    assertEquals("630", ask(authority.client(client), get(TOM, "")).value());
  }

  @Test
  void aCertificateOfACaWithoutACrlIsRefused() throws Exception {
    Certificates other = new Certificates(folder, "other");
    Path both =
        Files.writeString(
            folder.resolve("both"),
            Files.readString(authority.file()) + Files.readString(other.file()));
    start(
        identity
            .config()
            .trust(both)
            .revoked(authority.revoke())
            .clientCertificates(ClientCertificates.ALL)
            .build());
    SSLContext covered = authority.client(authority.sign("client", "DNS:client"));
    SSLContext uncovered = authority.client(other.sign("client", "DNS:client"));

    assertEquals("630", ask(covered, get(TOM, "")).value());
    assertThrows(IOException.class, () -> ask(uncovered, get(TOM, "")));
  }

  private static void move(Path from, Path to) throws IOException {
    Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  private X509Certificate presented(SSLContext client) {
    try (SSLSocket socket = connect(client)) {
      socket.startHandshake();
      return (X509Certificate) socket.getSession().getPeerCertificates()[0];
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void brokenFilesChangeNothingAndTheReasonIsShown() throws Exception {
    start(identity.config().build());
    X509Certificate before = presented(authority.client(null));
    Files.writeString(identity.key(), "nothing");

    IOException broken = assertThrows(IOException.class, server::reloadTls);

    String expected = identity.key() + ": no private key (expected: -----BEGIN PRIVATE KEY-----)";
    assertEquals(expected, broken.getMessage());
    assertEquals(expected, server.stats().tls().trouble());
    assertEquals(before, presented(authority.client(null)));

    Identity next = authority.sign("node", LOOPBACK);
    server.reloadTls();

    assertEquals(next.read(), presented(authority.client(null)));
    assertEquals(null, server.stats().tls().trouble());
    assertEquals(next.read().getNotAfter().toInstant(), server.stats().tls().expires());
  }

  @Test
  void aUrlThatDoesNotFitTheListenerIsRefused() throws Exception {
    ServerConfig.Builder withTls = ServerConfig.builder().tls(identity.config().build());
    assertEquals(
        "self: http://a:1 (expected: https://, this node accepts TLS alone)",
        refused(withTls.self("http://a:1")));
    assertEquals(
        "self: https://a:1 (expected: http://, this node has no certificate for TLS)",
        refused(ServerConfig.builder().self("https://a:1")));

    start(ServerConfig.builder().tls(identity.config().build()));
    String plain = "http://127.0.0.1:" + server.address().getPort();
    assertEquals(
        "members: " + plain + " (expected: https://, this node accepts TLS alone)",
        assertThrows(IllegalArgumentException.class, () -> server.setMembers(List.of(plain)))
            .getMessage());
    assertEquals(List.of(), server.members());
  }

  private static String refused(ServerConfig.Builder config) {
    return assertThrows(IllegalArgumentException.class, config::build).getMessage();
  }

  @Test
  void furtherListenersOfTheProgramHaveTheSameCertificate() throws Exception {
    start(identity.config().build());

    assertFalse(server.newTlsEngine().getUseClientMode());
    assertArrayEquals(
        new String[] {"TLSv1.2", "TLSv1.3"},
        java.util.stream.Stream.of(server.newTlsEngine().getEnabledProtocols())
            .filter(protocol -> protocol.startsWith("TLS"))
            .sorted()
            .toArray());
    try (Socket socket = connect(authority.client(null))) {
      assertTrue(socket.isConnected());
    }
  }
}
