package io.dawncache.server.tls;

import io.dawncache.server.TlsConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.SupportedCipherSuiteFilter;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * What one reading of the files gives: it serves new connections until the next good reading.
 *
 * @param server for connections that are accepted
 * @param client for connections to peers
 * @param authorities the CAs that are trusted
 * @param peerNames the names of peers; null if any trusted certificate is that of one
 * @param certificate the server's own
 */
record TlsContexts(
    SslContext server,
    SslContext client,
    Authorities authorities,
    @Nullable PeerNames peerNames,
    X509Certificate certificate) {
  private static final List<String> PROTOCOLS = List.of("TLSv1.3", "TLSv1.2");

  /** All of TLS 1.3, and of TLS 1.2 those with forward secrecy and authenticated encryption. */
  private static final List<String> CIPHERS =
      List.of(
          "TLS_AES_128_GCM_SHA256",
          "TLS_AES_256_GCM_SHA384",
          "TLS_CHACHA20_POLY1305_SHA256",
          "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
          "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
          "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
          "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
          "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
          "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256");

  private static final byte[] SIGNED = {1, 2, 3};

  /**
   * Reads the files.
   *
   * @throws IOException if one cannot be used; the message begins with the file
   */
  static TlsContexts read(TlsConfig config) throws IOException {
    List<X509Certificate> chain = Pem.certificates(config.certificate());
    PrivateKey key = Pem.privateKey(config.key(), config.keyPassword());
    if (!belongs(key, chain.get(0).getPublicKey())) {
      throw new IOException(
          config.key() + ": not the key of the certificate in " + config.certificate());
    }
    Path names = config.peerNames();
    PeerNames peerNames = names == null ? null : PeerNames.readFrom(names);
    Authorities authorities = Authorities.read(config.trust(), config.revoked());
    X509ExtendedTrustManager trust = authorities.trust();
    X509Certificate[] certificates = chain.toArray(X509Certificate[]::new);
    try {
      SslContext server =
          common(SslContextBuilder.forServer(key, certificates), trust)
              .clientAuth(
                  switch (config.clientCertificates()) {
                    case NONE -> ClientAuth.NONE;
                    case PEERS -> ClientAuth.OPTIONAL;
                    case ALL -> ClientAuth.REQUIRE;
                  })
              .build();
      SslContext client =
          common(
                  SslContextBuilder.forClient().keyManager(key, certificates),
                  peerNames == null ? trust : new PeerTrust(trust, peerNames))
              .endpointIdentificationAlgorithm(peerNames == null ? "HTTPS" : null)
              .build();
      return new TlsContexts(server, client, authorities, peerNames, chain.get(0));
    } catch (SSLException e) {
      throw new IOException(config.certificate() + ": not usable, " + e.getMessage(), e);
    }
  }

  private static SslContextBuilder common(SslContextBuilder builder, TrustManager trust) {
    return builder
        .sslProvider(OpenSsl.isAvailable() ? SslProvider.OPENSSL : SslProvider.JDK)
        .protocols(PROTOCOLS)
        .ciphers(CIPHERS, SupportedCipherSuiteFilter.INSTANCE)
        .trustManager(trust)
        .applicationProtocolConfig(
            new ApplicationProtocolConfig(
                Protocol.ALPN,
                SelectorFailureBehavior.NO_ADVERTISE,
                SelectedListenerFailureBehavior.ACCEPT,
                ApplicationProtocolNames.HTTP_1_1));
  }

  private static boolean belongs(PrivateKey key, PublicKey certified) {
    String algorithm =
        switch (key.getAlgorithm()) {
          case "RSA" -> "SHA256withRSA";
          case "EC" -> "SHA256withECDSA";
          default -> key.getAlgorithm();
        };
    try {
      Signature signature = Signature.getInstance(algorithm);
      signature.initSign(key);
      signature.update(SIGNED);
      byte[] signed = signature.sign();
      signature.initVerify(certified);
      signature.update(SIGNED);
      return signature.verify(signed);
    } catch (GeneralSecurityException e) {
      return false; // of another kind
    }
  }

  /** Returns whether a chain that was trusted, or an empty one, is that of a peer. */
  boolean isPeer(Certificate[] chain) {
    return chain.length > 0 && (peerNames == null || peerNames.allow((X509Certificate) chain[0]));
  }

  /** Returns when the certificate of the server expires. */
  Instant expires() {
    return certificate.getNotAfter().toInstant();
  }
}
