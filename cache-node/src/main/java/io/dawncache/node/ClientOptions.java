package io.dawncache.node;

import io.dawncache.server.tls.ClientTls;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** How a command asks a node: its token, and for TLS whom it trusts and what it presents. */
final class ClientOptions {
  @Mixin
  @SuppressWarnings("FieldCanBeFinal") // picocli sets it
  private TokenOption token = new TokenOption();

  @Option(
      names = "--cacert",
      paramLabel = "FILE",
      description =
          "The certificates of the CAs that are trusted for https:// URLs, in PEM; by default those"
              + " of the JDK.")
  private @Nullable Path authorities;

  @ArgGroup(exclusive = false)
  private @Nullable Own own;

  private static final class Own {
    @Option(
        names = "--cert",
        required = true,
        paramLabel = "FILE",
        description = "A certificate to present, in PEM; none by default.")
    @SuppressWarnings("NullAway.Init") // picocli sets it, as well as the key
    private Path certificate;

    @Option(
        names = "--key",
        required = true,
        paramLabel = "FILE",
        description = "The private key of the certificate in PEM, as PKCS#8.")
    @SuppressWarnings("NullAway.Init")
    private Path key;
  }

  /** Made by picocli. */
  ClientOptions() {}

  /**
   * Returns a client.
   *
   * @param timeout for an answer to begin
   * @throws IOException if a file cannot be used; the message names it
   */
  NodeClient client(Duration timeout) throws IOException {
    SSLContext tls = null;
    if (own != null) {
      tls = ClientTls.context(authorities, own.certificate, own.key);
    } else if (authorities != null) {
      tls = ClientTls.context(authorities, null, null);
    }
    return new NodeClient(timeout, token.token(), tls);
  }
}
