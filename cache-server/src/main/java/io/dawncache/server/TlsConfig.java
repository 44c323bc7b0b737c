package io.dawncache.server;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The certificate of a server, whom it trusts, and how its peers prove who they are; immutable,
 * made by a {@linkplain #builder builder}. It names files, all PEM, which a server reads when it
 * starts, when they change, and at {@link CacheServer#reloadTls}. TLS 1.2 and 1.3 are spoken,
 * nothing older.
 *
 * @since 0.1.0
 */
public final class TlsConfig {
  /**
   * Who has to present a certificate that {@link Builder#trust trust} has signed.
   *
   * @since 0.1.0
   */
  public enum ClientCertificates {
    /** Nobody: a client's certificate is not asked for, and TLS proves nothing of peers. */
    NONE,
    /** Peers: who presents none, or none with the name of a peer, can only ask as a client. */
    PEERS,
    /** Everybody, also clients: without a certificate there is no connection. */
    ALL
  }

  private final Path certificate;
  private final Path key;
  private final @Nullable Path keyPassword;
  private final @Nullable Path trust;
  private final @Nullable Path revoked;
  private final ClientCertificates clientCertificates;
  private final @Nullable Path peerNames;

  private TlsConfig(Builder builder) {
    certificate = builder.certificate;
    key = builder.key;
    keyPassword = builder.keyPassword;
    trust = builder.trust;
    revoked = builder.revoked;
    clientCertificates = builder.clientCertificates;
    peerNames = builder.peerNames;
  }

  /**
   * {@return a builder}
   *
   * @param certificate the server's certificate, and behind it those that lead to its CA
   * @param key the private key of the certificate, as PKCS#8
   */
  public static Builder builder(Path certificate, Path key) {
    return new Builder(certificate, key);
  }

  /** {@return the file with the server's certificate and those that lead to its CA} */
  public Path certificate() {
    return certificate;
  }

  /** {@return the file with the private key} */
  public Path key() {
    return key;
  }

  /** {@return the file with the password of the private key; null if the key has none} */
  public @Nullable Path keyPassword() {
    return keyPassword;
  }

  /** {@return the file with the certificates of the CAs that are trusted; null for the JDK's} */
  public @Nullable Path trust() {
    return trust;
  }

  /** {@return the file with the CRLs of the trusted CAs; null if no certificate is revoked} */
  public @Nullable Path revoked() {
    return revoked;
  }

  /** {@return who has to present a certificate} */
  public ClientCertificates clientCertificates() {
    return clientCertificates;
  }

  /**
   * {@return the file with the names of peers; null if a peer's certificate has to name the host of
   * its URL}
   */
  public @Nullable Path peerNames() {
    return peerNames;
  }

  @Override
  public String toString() {
    return "TlsConfig[certificate="
        + certificate
        + ", key="
        + key
        + ", keyPassword="
        + keyPassword
        + ", trust="
        + trust
        + ", revoked="
        + revoked
        + ", clientCertificates="
        + clientCertificates
        + ", peerNames="
        + peerNames
        + "]";
  }

  /** Collects a {@link TlsConfig}. Not thread-safe. */
  public static final class Builder {
    private final Path certificate;
    private final Path key;
    private @Nullable Path keyPassword;
    private @Nullable Path trust;
    private @Nullable Path revoked;
    private ClientCertificates clientCertificates = ClientCertificates.NONE;
    private @Nullable Path peerNames;

    private Builder(Path certificate, Path key) {
      this.certificate = Objects.requireNonNull(certificate, "certificate");
      this.key = Objects.requireNonNull(key, "key");
    }

    /**
     * Sets the file with the password of the private key; a line break at its end does not count.
     * Default none.
     *
     * @param keyPassword the file
     * @return this builder
     */
    @CanIgnoreReturnValue
    public Builder keyPassword(Path keyPassword) {
      this.keyPassword = Objects.requireNonNull(keyPassword, "keyPassword");
      return this;
    }

    /**
     * Sets the file with the certificates of the CAs whose certificates are trusted; by default
     * those that the JDK trusts.
     *
     * @param trust the file
     * @return this builder
     */
    @CanIgnoreReturnValue
    public Builder trust(Path trust) {
      this.trust = Objects.requireNonNull(trust, "trust");
      return this;
    }

    /**
     * Sets the file with the CRLs of the CAs in {@link #trust}, in PEM; default none. Then each
     * certificate that is presented has to be covered by the CRL of its CA, from the first to the
     * last of its chain: one that is revoked is refused, and so is each of a CA without a CRL, or
     * with one whose next update is overdue. A connection whose certificate is found revoked when
     * the files are read again is closed.
     *
     * @param revoked the file
     * @return this builder
     */
    @CanIgnoreReturnValue
    public Builder revoked(Path revoked) {
      this.revoked = Objects.requireNonNull(revoked, "revoked");
      return this;
    }

    /**
     * Sets who has to present a certificate; default nobody.
     *
     * @param clientCertificates who has to
     * @return this builder
     */
    @CanIgnoreReturnValue
    public Builder clientCertificates(ClientCertificates clientCertificates) {
      this.clientCertificates = Objects.requireNonNull(clientCertificates, "clientCertificates");
      return this;
    }

    /**
     * Sets the file with the names of peers: on each line a DNS name, an address, or a URI such as
     * a SPIFFE ID, exactly as the certificate of a peer has it among its alternative names; empty
     * lines and what follows a {@code #} do not count. A peer is then who presents a certificate
     * with one of these names, in both directions, whatever the host of its URL.
     *
     * <p>By default any trusted certificate is that of a peer, and the one that a member presents
     * has to name the host of its URL.
     *
     * @param peerNames the file
     * @return this builder
     */
    @CanIgnoreReturnValue
    public Builder peerNames(Path peerNames) {
      this.peerNames = Objects.requireNonNull(peerNames, "peerNames");
      return this;
    }

    /**
     * {@return the configuration; its files are not read yet}
     *
     * @throws IllegalArgumentException if client certificates are asked for, or CRLs given, and
     *     nothing says which CA signs them
     */
    public TlsConfig build() {
      if (clientCertificates != ClientCertificates.NONE && trust == null) {
        throw new IllegalArgumentException(
            "trust: none, with client certificates of "
                + clientCertificates
                + " (expected: the CA that signs them)");
      }
      if (revoked != null && trust == null) {
        throw new IllegalArgumentException(
            "trust: none, with revoked: " + revoked + " (expected: the CA that signs them)");
      }
      return new TlsConfig(this);
    }
  }
}
