package io.dawncache.server.wire;

import java.net.URI;
import java.net.URISyntaxException;

/**
 * The URL of a node, as member lists name it.
 *
 * @param text exactly as it was written, for that is what the ring hashes
 * @param host a name or an address, without brackets
 * @param port the port, 80 where none was written
 */
public record NodeUrl(String text, String host, int port) {
  private static final String EXPECTED =
      " (expected: http://HOST:PORT, such as http://10.0.0.1:8001)";

  /**
   * Reads a node's URL.
   *
   * @throws IllegalArgumentException unless it is {@code http://}, a host and perhaps a port, and
   *     nothing more
   */
  public static NodeUrl parse(String text) {
    URI uri;
    try {
      uri = new URI(text);
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException("node URL: " + text + EXPECTED, e);
    }
    String host = uri.getHost();
    if (!"http".equals(uri.getScheme())
        || host == null
        || uri.getPort() == 0
        || uri.getPort() > 0xffff
        || uri.getRawUserInfo() != null
        || !uri.getRawPath().isEmpty()
        || uri.getRawQuery() != null
        || uri.getRawFragment() != null) {
      throw new IllegalArgumentException("node URL: " + text + EXPECTED);
    }
    boolean bracketed = host.startsWith("[");
    return new NodeUrl(
        text,
        bracketed ? host.substring(1, host.length() - 1) : host,
        uri.getPort() < 0 ? 80 : uri.getPort());
  }

  /** Returns what the Host header says. */
  public String authority() {
    return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port;
  }
}
