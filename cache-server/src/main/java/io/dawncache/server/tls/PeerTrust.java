package io.dawncache.server.tls;

import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Trusts the certificate that a member presents if a CA has signed it and it has one of the names
 * of peers. The host of the member's URL does not count, so that a SPIFFE ID suffices.
 */
final class PeerTrust extends X509ExtendedTrustManager {
  private final X509ExtendedTrustManager authorities;
  private final PeerNames names;

  PeerTrust(X509ExtendedTrustManager authorities, PeerNames names) {
    this.authorities = authorities;
    this.names = names;
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    checkServerTrusted(chain, authType);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    checkServerTrusted(chain, authType);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    authorities.checkServerTrusted(chain, authType);
    if (!names.allow(chain[0])) {
      List<String> found = PeerNames.namesOf(chain[0]);
      throw new CertificateException(
          "names: " + String.join(", ", found) + " (expected: one of the names of peers)");
    }
  }

  /**
   * Clients may have any name: those of peers are checked when a request says that it is a peer's.
   */
  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    authorities.checkClientTrusted(chain, authType, engine);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    authorities.checkClientTrusted(chain, authType, socket);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    authorities.checkClientTrusted(chain, authType);
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return authorities.getAcceptedIssuers();
  }
}
