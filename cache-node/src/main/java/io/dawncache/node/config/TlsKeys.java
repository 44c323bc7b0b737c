package io.dawncache.node.config;

import io.dawncache.server.CacheServer;
import io.dawncache.server.ServerConfig;
import io.dawncache.server.TlsConfig;
import io.dawncache.server.TlsConfig.ClientCertificates;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What the keys of TLS say together: which files there are, and whether they can be used. */
final class TlsKeys {
  private static final List<Key<ServerConfig.Builder, ?>> WITH_A_CERTIFICATE =
      List.of(
          NodeKeys.TLS_KEY,
          NodeKeys.TLS_KEY_PASSWORD,
          NodeKeys.TLS_CA,
          NodeKeys.TLS_CRL,
          NodeKeys.TLS_CLIENT_CERTIFICATES,
          NodeKeys.TLS_PEER_NAMES);

  private TlsKeys() {}

  /** Returns the configuration of TLS; null if there is none, or a mistake in it. */
  static @Nullable TlsConfig config(Settings<ServerConfig.Builder> node) {
    Path certificate = node.read(NodeKeys.TLS_CERTIFICATE);
    Path key = node.read(NodeKeys.TLS_KEY);
    Path ca = node.read(NodeKeys.TLS_CA);
    ClientCertificates clients = node.read(NodeKeys.TLS_CLIENT_CERTIFICATES);
    if (certificate == null || key == null || lackingCa(node) != null) {
      return null;
    }
    TlsConfig.Builder tls = TlsConfig.builder(certificate, key);
    Path password = node.read(NodeKeys.TLS_KEY_PASSWORD);
    Path crl = node.read(NodeKeys.TLS_CRL);
    Path names = node.read(NodeKeys.TLS_PEER_NAMES);
    if (password != null) {
      tls.keyPassword(password);
    }
    if (ca != null) {
      tls.trust(ca);
    }
    if (crl != null) {
      tls.revoked(crl);
    }
    if (clients != null) {
      tls.clientCertificates(clients);
    }
    if (names != null) {
      tls.peerNames(names);
    }
    return tls.build();
  }

  /** Returns a key that needs a CA, which is not there; null if nothing is missing. */
  private static @Nullable Key<ServerConfig.Builder, ?> lackingCa(
      Settings<ServerConfig.Builder> node) {
    if (node.value(NodeKeys.TLS_CA) != null) {
      return null;
    } else if (node.value(NodeKeys.TLS_CRL) != null) {
      return NodeKeys.TLS_CRL;
    }
    ClientCertificates clients = node.read(NodeKeys.TLS_CLIENT_CERTIFICATES);
    return clients == null || clients == ClientCertificates.NONE
        ? null
        : NodeKeys.TLS_CLIENT_CERTIFICATES;
  }

  /** Adds the mistakes in these keys and their files; returns whether there is none. */
  static boolean check(Settings<ServerConfig.Builder> node, Mistakes mistakes) {
    Yaml certificate = node.value(NodeKeys.TLS_CERTIFICATE);
    Key<ServerConfig.Builder, ?> lacking = lackingCa(node);
    if (certificate == null) {
      return !needsCertificate(node, mistakes);
    } else if (node.value(NodeKeys.TLS_KEY) == null) {
      mistakes.add(
          certificate.at(),
          NodeKeys.TLS_CERTIFICATE.path(),
          certificate.shown() + " without a private key (expected: tls.key)");
      return false;
    } else if (lacking != null) {
      Yaml value = Objects.requireNonNull(node.value(lacking));
      mistakes.add(
          value.at(),
          lacking.path(),
          value.shown() + " without a CA that signs them (expected: tls.ca)");
      return false;
    }
    return canBeRead(config(node), certificate, mistakes);
  }

  private static boolean needsCertificate(Settings<ServerConfig.Builder> node, Mistakes mistakes) {
    boolean needed = false;
    for (Key<ServerConfig.Builder, ?> key : WITH_A_CERTIFICATE) {
      Yaml value = node.value(key);
      if (value != null && !ClientCertificates.NONE.equals(node.read(key))) {
        mistakes.add(
            value.at(),
            key.path(),
            value.shown() + " without a certificate (expected: tls.certificate)");
        needed = true;
      }
    }
    Yaml operations = node.value(NodeKeys.OPERATIONS_TLS);
    if (operations != null && Boolean.TRUE.equals(node.read(NodeKeys.OPERATIONS_TLS))) {
      mistakes.add(
          operations.at(),
          NodeKeys.OPERATIONS_TLS.path(),
          operations.shown() + " without a certificate (expected: tls.certificate)");
      needed = true;
    }
    return needed;
  }

  private static boolean canBeRead(
      @Nullable TlsConfig config, Yaml certificate, Mistakes mistakes) {
    if (config == null) {
      return true; // a value is wrong, and found to be when it is applied
    }
    try {
      CacheServer.checkTls(config);
      return true;
    } catch (IOException e) {
      mistakes.add(certificate.at(), "tls", String.valueOf(e.getMessage()));
      return false;
    }
  }
}
