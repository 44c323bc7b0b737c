package io.dawncache.server.tls;

import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertPathBuilder;
import java.security.cert.CertStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CollectionCertStoreParameters;
import java.security.cert.PKIXBuilderParameters;
import java.security.cert.PKIXRevocationChecker;
import java.security.cert.PKIXRevocationChecker.Option;
import java.security.cert.X509CRL;
import java.security.cert.X509CertSelector;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Arrays;
import java.util.Date;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import javax.net.ssl.CertPathTrustManagerParameters;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * The CAs whose certificates are trusted, and what they have revoked.
 *
 * @param trust checks a chain when a connection begins
 * @param crls the lists of the revoked; empty if none is to be known
 */
record Authorities(X509ExtendedTrustManager trust, List<X509CRL> crls) {
  /** What the JDK calls that of TLS 1.3. */
  private static final String ANY_KEY_EXCHANGE = "UNKNOWN";

  /**
   * Reads the files.
   *
   * @param cas the certificates of the CAs; null for those that the JDK trusts
   * @param revoked the CRLs of these CAs; null if nothing is revoked
   * @throws IOException if a file cannot be used; the message begins with it
   */
  static Authorities read(@Nullable Path cas, @Nullable Path revoked) throws IOException {
    List<X509CRL> crls = revoked == null ? List.of() : Pem.crls(revoked);
    Instant now = Instant.now();
    for (X509CRL crl : crls) {
      Date next = crl.getNextUpdate();
      if (next != null && next.toInstant().isBefore(now)) {
        throw new IOException(
            revoked
                + ": the CRL of "
                + crl.getIssuerX500Principal()
                + " ended at "
                + next.toInstant()
                + " (expected: a newer one)");
      }
    }
    try {
      return new Authorities(trust(cas == null ? null : store(cas), crls), crls);
    } catch (GeneralSecurityException e) {
      throw new IOException(cas + ": not usable, " + e.getMessage(), e);
    }
  }

  private static KeyStore store(Path cas) throws IOException, GeneralSecurityException {
    KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, null);
    for (X509Certificate certificate : Pem.certificates(cas)) {
      store.setCertificateEntry("ca-" + store.size(), certificate);
    }
    return store;
  }

  private static X509ExtendedTrustManager trust(@Nullable KeyStore store, List<X509CRL> crls)
      throws GeneralSecurityException {
    TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
    if (store == null || crls.isEmpty()) {
      factory.init(store);
    } else {
      factory.init(new CertPathTrustManagerParameters(revoking(store, crls)));
    }
    return Stream.of(factory.getTrustManagers())
        .filter(X509ExtendedTrustManager.class::isInstance)
        .map(X509ExtendedTrustManager.class::cast)
        .findFirst()
        .orElseThrow(() -> new GeneralSecurityException("this JDK checks no certificates"));
  }

  /** Returns the rules by which only the given CRLs count: nothing is asked over the network. */
  private static PKIXBuilderParameters revoking(KeyStore store, List<X509CRL> crls)
      throws GeneralSecurityException {
    PKIXBuilderParameters rules = new PKIXBuilderParameters(store, new X509CertSelector());
    rules.addCertStore(
        CertStore.getInstance("Collection", new CollectionCertStoreParameters(crls)));
    PKIXRevocationChecker checker =
        (PKIXRevocationChecker) CertPathBuilder.getInstance("PKIX").getRevocationChecker();
    checker.setOptions(Set.of(Option.PREFER_CRLS, Option.NO_FALLBACK));
    rules.addCertPathChecker(checker);
    return rules;
  }

  /**
   * Checks the chain of a client.
   *
   * @throws CertificateException if it is not trusted, or not any more
   */
  void checkClient(Certificate[] chain) throws CertificateException {
    X509Certificate[] certificates = ofX509(chain);
    trust.checkClientTrusted(certificates, certificates[0].getPublicKey().getAlgorithm());
  }

  /**
   * Checks the chain of a server, whatever its host.
   *
   * @throws CertificateException if it is not trusted, or not any more
   */
  void checkServer(Certificate[] chain) throws CertificateException {
    trust.checkServerTrusted(ofX509(chain), ANY_KEY_EXCHANGE);
  }

  private static X509Certificate[] ofX509(Certificate[] chain) {
    return Arrays.copyOf(chain, chain.length, X509Certificate[].class);
  }

  /** Returns whether a CRL names one of the certificates of a chain that was trusted. */
  boolean haveRevoked(Certificate[] chain) {
    for (X509CRL crl : crls) {
      for (Certificate certificate : chain) {
        if (crl.isRevoked(certificate)) {
          return true;
        }
      }
    }
    return false;
  }

  /** Returns when the first CRL has to be replaced; null if none has to be. */
  @Nullable Instant crlsExpire() {
    Instant first = null;
    for (X509CRL crl : crls) {
      Date next = crl.getNextUpdate();
      if (next != null && (first == null || next.toInstant().isBefore(first))) {
        first = next.toInstant();
      }
    }
    return first;
  }
}
