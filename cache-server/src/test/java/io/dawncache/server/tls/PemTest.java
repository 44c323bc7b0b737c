package io.dawncache.server.tls;

import static io.dawncache.server.testing.Certificates.LOOPBACK;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dawncache.server.TlsConfig;
import io.dawncache.server.testing.Certificates;
import io.dawncache.server.testing.Certificates.Identity;
import io.dawncache.server.testing.LogRecorder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The files of a server's TLS, good ones and bad ones. */
class PemTest {
  @TempDir private Path folder;
  private Certificates authority;
  private Identity identity;

  @BeforeEach
  void makeCertificate() throws Exception {
    authority = new Certificates(folder, "ca");
    identity = authority.sign("node", LOOPBACK);
  }

  private static String refused(TlsConfig config) {
    return assertThrows(IOException.class, () -> Tls.of(config)).getMessage();
  }

  private Path file(String name, String content) throws IOException {
    return Files.writeString(folder.resolve(name), content);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ec -pkeyopt ec_paramgen_curve:P-256",
        "ec -pkeyopt ec_paramgen_curve:P-384",
        "rsa:2048",
        "ed25519"
      })
  void keysOfTheUsualKindsServe(String kind) throws Exception {
    Identity signed = authority.sign("kind", LOOPBACK, kind);

    Tls tls = Tls.of(signed.config().build());

    assertEquals(signed.read().getNotAfter().toInstant(), tls.expires());
  }

  @Test
  void anEncryptedKeyTakesItsPassword() throws Exception {
    Path file = authority.encrypt(identity, "secret");
    TlsConfig.Builder config = TlsConfig.builder(identity.certificate(), file);

    assertEquals(
        file + ": an encrypted key (expected: a file with its password)", refused(config.build()));
    Path wrong = file("wrong", "guess\n");
    String refusal = refused(config.keyPassword(wrong).build());
    assertTrue(refusal.startsWith(file + ": not decrypted"), refusal);
    assertEquals(identity.readKey(), Pem.privateKey(file, file("password", "secret\n")));
  }

  @Test
  void whatIsNotThereOrNotWhatItShouldBeIsNamed() throws Exception {
    Path missing = folder.resolve("missing");
    Path empty = file("empty", "");
    Path rsa =
        file("rsa", "-----BEGIN RSA PRIVATE KEY-----\nAAAA\n-----END RSA PRIVATE KEY-----\n");
    Path garbage =
        file("garbage", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n");
    Path broken = file("broken", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
    Path certificate = identity.certificate();
    Path key = identity.key();
    Path otherKey = authority.sign("other", LOOPBACK).key();

    assertEquals(missing + ": no such file", refused(TlsConfig.builder(missing, key).build()));
    assertEquals(
        missing + ": no such file", refused(TlsConfig.builder(certificate, missing).build()));
    assertEquals(missing + ": no such file", refused(identity.config().trust(missing).build()));
    assertEquals(missing + ": no such file", refused(identity.config().peerNames(missing).build()));
    assertEquals(
        empty + ": no certificate (expected: -----BEGIN CERTIFICATE-----)",
        refused(TlsConfig.builder(empty, key).build()));
    assertEquals(
        empty + ": no private key (expected: -----BEGIN PRIVATE KEY-----)",
        refused(TlsConfig.builder(certificate, empty).build()));
    assertEquals(
        empty + ": no name (expected: a DNS name or a URI on each line)",
        refused(identity.config().peerNames(empty).build()));
    assertEquals(
        rsa
            + ": a key of the form RSA PRIVATE KEY"
            + " (expected: PKCS#8, which openssl pkcs8 -topk8 -nocrypt makes of it)",
        refused(TlsConfig.builder(certificate, rsa).build()));
    assertEquals(
        garbage + ": a key that is broken, or neither RSA, EC nor EdDSA",
        refused(TlsConfig.builder(certificate, garbage).build()));
    String refusal = refused(TlsConfig.builder(broken, key).build());
    assertTrue(refusal.startsWith(broken + ": a broken certificate, "), refusal);
    assertEquals(
        otherKey + ": not the key of the certificate in " + certificate,
        refused(TlsConfig.builder(certificate, otherKey).build()));
    TlsConfig.Builder trusting = identity.config().trust(authority.file());
    assertEquals(missing + ": no such file", refused(trusting.revoked(missing).build()));
    assertEquals(
        empty + ": no CRL (expected: -----BEGIN X509 CRL-----)",
        refused(trusting.revoked(empty).build()));
    Path brokenCrl = file("crl", "-----BEGIN X509 CRL-----\nAAAA\n-----END X509 CRL-----\n");
    String brokenCrls = refused(trusting.revoked(brokenCrl).build());
    assertTrue(brokenCrls.startsWith(brokenCrl + ": a broken CRL, "), brokenCrls);
    String folders = refused(TlsConfig.builder(folder, key).build());
    assertTrue(folders.startsWith(folder + ": "), folders);
  }

  @Test
  void anExpiredCertificateServesAndIsWarnedOf() throws Exception {
    Identity late = authority.signExpired("late", LOOPBACK);
    try (LogRecorder log = LogRecorder.of(Tls.class)) {
      Tls tls = Tls.of(late.config().build());

      List<String> lines = log.lines();
      assertEquals(1, lines.size());
      assertTrue(lines.get(0).startsWith("WARNING TLS by "), lines.get(0));
      assertTrue(lines.get(0).endsWith("refused, at " + tls.expires()), lines.get(0));
    }
  }
}
