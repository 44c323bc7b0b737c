package io.dawncache.server.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.dawncache.server.TlsConfig;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/** A CA of a test, made by openssl, and the files of the certificates that it signs. */
public final class Certificates {
  /** The names of a server on loopback. */
  public static final String LOOPBACK = "IP:127.0.0.1,DNS:localhost";

  private static final String P256 = "ec -pkeyopt ec_paramgen_curve:P-256";
  private static final char[] PASSWORD = "password".toCharArray();

  private final Path folder;
  private final String name;

  /** The files of a certificate and its key. */
  public record Identity(Path certificate, Path key) {
    /** Returns the configuration of a server with it. */
    public TlsConfig.Builder config() {
      return TlsConfig.builder(certificate, key);
    }

    /** Returns the certificate. */
    public X509Certificate read() throws IOException, GeneralSecurityException {
      try (InputStream in = Files.newInputStream(certificate)) {
        return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
      }
    }

    /** Returns the key, which is one of elliptic curves. */
    public PrivateKey readKey() throws IOException, GeneralSecurityException {
      String base64 = Files.readString(key).replaceAll("-----.*-----", "");
      return KeyFactory.getInstance("EC")
          .generatePrivate(new PKCS8EncodedKeySpec(Base64.getMimeDecoder().decode(base64)));
    }
  }

  /** Makes a CA of that name in a folder. */
  public Certificates(Path folder, String name) throws IOException, InterruptedException {
    this.folder = folder;
    this.name = name;
    openssl(
        "req -x509 -newkey " + P256 + " -noenc -days 3650 -subj /CN=" + name,
        "-keyout",
        name + ".key",
        "-out",
        name + ".crt");
  }

  /** Returns the file with the CA's own certificate. */
  public Path file() {
    return folder.resolve(name + ".crt");
  }

  /**
   * Signs a certificate.
   *
   * @param file the name of its files
   * @param names its alternative names, such as {@link #LOOPBACK}
   */
  public Identity sign(String file, String names) throws IOException, InterruptedException {
    return sign(file, names, P256);
  }

  /** As the other method, for a key of that kind, as openssl's {@code -newkey} names it. */
  public Identity sign(String file, String names, String kind)
      throws IOException, InterruptedException {
    request(file, names, kind);
    return sign(file, 90);
  }

  /** Signs a certificate that has expired. */
  public Identity signExpired(String file, String names) throws IOException, InterruptedException {
    request(file, names, P256);
    return sign(file, -1);
  }

  private void request(String file, String names, String kind)
      throws IOException, InterruptedException {
    openssl(
        "req -newkey " + kind + " -noenc -subj /CN=" + file,
        "-addext",
        "subjectAltName=" + names,
        "-keyout",
        file + ".key",
        "-out",
        file + ".csr");
  }

  private Identity sign(String file, int days) throws IOException, InterruptedException {
    openssl(
        "x509 -req -copy_extensions copy -days " + days,
        "-in",
        file + ".csr",
        "-CA",
        name + ".crt",
        "-CAkey",
        name + ".key",
        "-out",
        file + ".crt");
    return new Identity(folder.resolve(file + ".crt"), folder.resolve(file + ".key"));
  }

  /** Revokes certificates, and returns the file with the CRL, which names all revoked so far. */
  public Path revoke(Identity... revoked) throws IOException, InterruptedException {
    return crl(List.of("-crldays", "30"), revoked);
  }

  /** Returns the file with a CRL that should have been replaced long ago. */
  public Path overdueCrl() throws IOException, InterruptedException {
    return crl(List.of("-crl_lastupdate", "20200101000000Z", "-crl_nextupdate", "20200201000000Z"));
  }

  private Path crl(List<String> times, Identity... revoked)
      throws IOException, InterruptedException {
    Path database = folder.resolve(name + ".revoked");
    if (!Files.exists(database)) {
      Files.createFile(database);
      Files.writeString(
          folder.resolve(name + ".cnf"),
          "[ca]\ndefault_ca = it\n[it]\ndefault_md = sha256\ndatabase = " + database + "\n");
    }
    String ca = "ca -config " + name + ".cnf -cert " + name + ".crt -keyfile " + name + ".key";
    for (Identity each : revoked) {
      openssl(ca, "-revoke", each.certificate().toString());
    }
    List<String> options = new ArrayList<>(List.of("-gencrl", "-out", name + ".crl"));
    options.addAll(times);
    openssl(ca, options.toArray(String[]::new));
    return folder.resolve(name + ".crl");
  }

  /** Returns a file with the key of {@code identity}, encrypted. */
  public Path encrypt(Identity identity, String password) throws IOException, InterruptedException {
    Path file = folder.resolve("encrypted.key");
    openssl(
        "pkcs8 -topk8 -passout pass:" + password,
        "-in",
        identity.key().toString(),
        "-out",
        file.toString());
    return file;
  }

  private void openssl(String options, String... more) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("openssl"));
    command.addAll(List.of(options.split(" ")));
    command.addAll(List.of(more));
    Process process;
    try {
      process =
          new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true).start();
    } catch (IOException e) {
      throw new IOException("no openssl here (expected: apt-get install openssl)", e);
    }
    String out = new String(process.getInputStream().readAllBytes(), UTF_8);
    if (process.waitFor() != 0) {
      throw new IOException(String.join(" ", command) + ": " + out);
    }
  }

  /** Returns the context of a client that trusts this CA, and presents a certificate or none. */
  public SSLContext client(@Nullable Identity identity)
      throws GeneralSecurityException, IOException {
    KeyManager[] keys = null;
    if (identity != null) {
      KeyStore own = empty();
      own.setKeyEntry("own", identity.readKey(), PASSWORD, new Certificate[] {identity.read()});
      KeyManagerFactory factory =
          KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      factory.init(own, PASSWORD);
      keys = factory.getKeyManagers();
    }
    KeyStore trusted = empty();
    trusted.setCertificateEntry("ca", new Identity(file(), file()).read());
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(trusted);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys, trust.getTrustManagers(), null);
    return context;
  }

  private static KeyStore empty() throws GeneralSecurityException, IOException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    return store;
  }
}
