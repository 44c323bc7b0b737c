package io.dawncache.server.tls;

import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;

/** TLS of a program that asks nodes as a client, by the JDK's own means. */
public final class ClientTls {
  private static final char[] IN_MEMORY = {};

  private ClientTls() {}

  /**
   * Returns a context that trusts CAs, and perhaps presents a certificate.
   *
   * @param cas the certificates of the CAs, in PEM; null for those that the JDK trusts
   * @param certificate what is presented, in PEM; null for nothing
   * @param key the private key of {@code certificate}, as PKCS#8
   * @throws IOException if a file cannot be used; the message begins with it
   */
  public static SSLContext context(
      @Nullable Path cas, @Nullable Path certificate, @Nullable Path key) throws IOException {
    Authorities authorities = Authorities.read(cas, null);
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(
          certificate == null || key == null ? null : presenting(certificate, key),
          new TrustManager[] {authorities.trust()},
          null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IOException(certificate + ": not usable, " + e.getMessage(), e);
    }
  }

  private static KeyManager[] presenting(Path certificate, Path key)
      throws IOException, GeneralSecurityException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    Certificate[] chain = Pem.certificates(certificate).toArray(Certificate[]::new);
    store.setKeyEntry("own", Pem.privateKey(key, null), IN_MEMORY, chain);
    KeyManagerFactory factory =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    factory.init(store, IN_MEMORY);
    return factory.getKeyManagers();
  }
}
