package io.dawncache.server.tls;

import java.io.IOException;
import java.nio.file.Path;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The names of peers, as their certificates have them among their alternative names.
 *
 * @param names DNS names in lower case, addresses and URIs
 */
record PeerNames(Set<String> names) {
  private static final Set<Integer> KINDS = Set.of(2, 6, 7); // DNS name, URI, IP address

  /** Reads a file with a name on each line. */
  static PeerNames readFrom(Path file) throws IOException {
    Set<String> names =
        Pem.read(file)
            .lines()
            .map(line -> line.replaceFirst("#.*", "").strip())
            .filter(line -> !line.isEmpty())
            .map(PeerNames::normal)
            .collect(Collectors.toUnmodifiableSet());
    if (names.isEmpty()) {
      throw new IOException(file + ": no name (expected: a DNS name or a URI on each line)");
    }
    return new PeerNames(names);
  }

  /** Returns whether the certificate has one of the names. */
  boolean allow(X509Certificate certificate) {
    return namesOf(certificate).stream().anyMatch(names::contains);
  }

  /** Returns the alternative names of a certificate; none if it cannot be read. */
  static List<String> namesOf(X509Certificate certificate) {
    List<String> found = new ArrayList<>();
    try {
      Collection<List<?>> all = certificate.getSubjectAlternativeNames();
      for (List<?> name : Objects.requireNonNullElse(all, List.<List<?>>of())) {
        if (KINDS.contains((Integer) name.get(0))) {
          found.add(normal((String) name.get(1)));
        }
      }
    } catch (CertificateParsingException e) {
      return List.of();
    }
    return found;
  }

  /**
   * DNS names and the scheme and trust domain of a SPIFFE ID are in lower case; its path is not.
   */
  private static String normal(String name) {
    return name.contains("://") ? name : name.toLowerCase(Locale.ROOT);
  }
}
