package io.dawncache.server.tls;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dawncache.core.CacheNode;
import io.dawncache.server.TlsConfig.ClientCertificates;
import io.dawncache.server.testing.Certificates;
import io.dawncache.server.testing.Certificates.Identity;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.ssl.SslHandler;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import javax.net.ssl.SSLEngine;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that change between the beginning of a handshake and its end, or after that. */
class ReloadDuringHandshakeTest {
  private static final String REQUEST = "GET / HTTP/1.1\r\n\r\n";
  private static final int RECORD_HEAD_BYTES = 5;

  @TempDir private Path folder;
  private final CacheNode node = CacheNode.create();
  private final EmbeddedChannel server = new EmbeddedChannel();
  private final EmbeddedChannel client = new EmbeddedChannel();
  private Certificates authority;
  private Path trusted;
  private Identity identity;
  private Tls tls;

  @BeforeEach
  void makeCertificates() throws Exception {
    authority = new Certificates(folder, "ca");
    identity = authority.sign("client", "DNS:client");
    trusted = Files.copy(authority.file(), folder.resolve("trusted"));
    tls =
        Tls.of(
            authority
                .sign("node", Certificates.LOOPBACK)
                .config()
                .trust(trusted)
                .revoked(authority.revoke())
                .clientCertificates(ClientCertificates.ALL)
                .build());
  }

  @AfterEach
  void close() {
    client.finishAndReleaseAll();
    server.finishAndReleaseAll();
    assertEquals(0, node.bytesInFlight().bytes());
    node.close();
  }

  /** Carries a handshake but for the client's last record and the request, which it returns. */
  private ByteBuf handshakeButForItsEnd(String version) throws Exception {
    SSLEngine engine = authority.client(identity).createSSLEngine();
    engine.setUseClientMode(true);
    engine.setEnabledProtocols(new String[] {version});
    tls.addTo(server.pipeline(), node.bytesInFlight(), Duration.ofSeconds(10));
    client.pipeline().addLast(new SslHandler(engine));
    client.writeOneOutbound(Unpooled.copiedBuffer(REQUEST, US_ASCII));
    client.flushOutbound();
    records(client).forEach(server::writeInbound);
    records(server).forEach(client::writeInbound);
    Deque<ByteBuf> flight = records(client);
    int withheld = version.equals("TLSv1.3") ? 2 : 1; // TLS 1.2 sends its request later
    while (flight.size() > withheld) {
      server.writeInbound(flight.remove());
    }
    assertTrue(server.isOpen());
    assertFalse(server.pipeline().get(TlsHandler.class).handshakeFuture().isDone());
    return Unpooled.wrappedBuffer(flight.toArray(ByteBuf[]::new));
  }

  private static Deque<ByteBuf> records(EmbeddedChannel channel) {
    Deque<ByteBuf> found = new ArrayDeque<>();
    ByteBuf all = Unpooled.buffer();
    for (ByteBuf part = channel.readOutbound(); part != null; part = channel.readOutbound()) {
      all.writeBytes(part);
      part.release();
    }
    while (all.isReadable()) {
      int length = all.getUnsignedShort(all.readerIndex() + RECORD_HEAD_BYTES - 2);
      found.add(Unpooled.copiedBuffer(all.readSlice(RECORD_HEAD_BYTES + length)));
    }
    all.release();
    return found;
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void theCertificateThatIsStillGoodIsLetIn(String version) throws Exception {
    ByteBuf end = handshakeButForItsEnd(version);

    tls.reload();
    server.writeInbound(end);
    records(server).forEach(client::writeInbound);
    records(client).forEach(server::writeInbound);

    ByteBuf request = server.readInbound();
    assertEquals(REQUEST, request.toString(US_ASCII));
    request.release();
    assertEquals(1, tls.handshakes());
    assertTrue(tls.isPeer(server));
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void theCertificateThatANewCrlNamesIsRefusedWithItsRequest(String version) throws Exception {
    ByteBuf end = handshakeButForItsEnd(version);

    authority.revoke(identity);
    tls.reload();
    server.writeInbound(end);

    assertRefused();
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void theCertificateOfACaThatIsNotTrustedAnyMoreIsRefused(String version) throws Exception {
    ByteBuf end = handshakeButForItsEnd(version);

    trustAnother();
    tls.reload();
    server.writeInbound(end);

    assertRefused();
  }

  private void trustAnother() throws IOException, InterruptedException {
    Certificates other = new Certificates(folder, "other");
    Files.copy(other.file(), trusted, StandardCopyOption.REPLACE_EXISTING);
  }

  private void assertRefused() {
    assertFalse(server.isOpen());
    assertNull(server.readInbound());
    assertEquals(0, tls.handshakes());
    assertEquals(1, tls.failedHandshakes());
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void aSessionIsTrustedUntilItsCertificateIsRevoked(String version) throws Exception {
    server.writeInbound(handshakeButForItsEnd(version));
    var session = server.pipeline().get(TlsHandler.class).engine().getSession();
    assertTrue(tls.isTrusted(session));
    server.releaseInbound();

    authority.revoke(identity);
    tls.reload();

    assertFalse(tls.isTrusted(session));
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void aConnectionToAPeerEndsWhenItsCertificateIsRevoked(String version) throws Exception {
    Identity peer = authority.sign("peer", Certificates.LOOPBACK);
    dial(peer, version);
    carry();
    assertTrue(client.pipeline().get(TlsHandler.class).handshakeFuture().isSuccess());
    tls.reload();
    client.runPendingTasks();
    assertTrue(client.isOpen());

    authority.revoke(peer);
    tls.reload();
    client.runPendingTasks();

    assertFalse(client.isOpen());
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void aPeerIsAskedNothingIfItsCertificateIsRevokedDuringTheHandshake(String version)
      throws Exception {
    Identity peer = authority.sign("peer", Certificates.LOOPBACK);
    dial(peer, version);
    client.writeOneOutbound(Unpooled.copiedBuffer(REQUEST, US_ASCII));
    client.flushOutbound();

    authority.revoke(peer);
    tls.reload();
    carry();

    assertFalse(client.isOpen());
    assertNull(server.readInbound());
  }

  private void dial(Identity peer, String version) throws Exception {
    SSLEngine engine = authority.client(peer).createSSLEngine();
    engine.setUseClientMode(false);
    engine.setEnabledProtocols(new String[] {version});
    server.pipeline().addLast(new SslHandler(engine));
    tls.addTo(client.pipeline(), "127.0.0.1", 8001, Duration.ofSeconds(10));
  }

  /** Carries all that both sides send, until they send nothing more. */
  private void carry() {
    Deque<ByteBuf> toServer = records(client);
    Deque<ByteBuf> toClient = records(server);
    while (!toServer.isEmpty() || !toClient.isEmpty()) {
      toServer.forEach(record -> pass(record, server));
      toClient.forEach(record -> pass(record, client));
      toServer = records(client);
      toClient = records(server);
    }
  }

  private static void pass(ByteBuf record, EmbeddedChannel to) {
    if (to.isOpen()) {
      to.writeInbound(record);
    } else {
      record.release();
    }
  }
}
