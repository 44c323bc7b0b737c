package io.dawncache.server.wire;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The URL of a node, as member lists name it.
 *
 * @param text exactly as it was written: the ring hashes it
 * @param host a name or an address, without brackets
 * @param port the port; if none was written, 80, or 443 with TLS
 * @param tls whether the node is asked with TLS
 */
public record NodeUrl(String text, String host, int port, boolean tls) {
  private static final int HTTP_PORT = 80;
  private static final int HTTPS_PORT = 443;

  /**
   * A name with underscores, as Docker Compose makes them, and perhaps a port: resolvers accept it,
   * but {@link URI} does not parse it as a host name.
   */
  private static final Pattern UNDERSCORED =
      Pattern.compile("(?=[^:]*_)(\\w[\\w-]*+(?<!-)(?:\\.\\w[\\w-]*+(?<!-))*+)(?::(\\d{1,5}))?");

  private static final String EXPECTED =
      " (expected: http://HOST:PORT, such as http://10.0.0.1:8001)";

  /**
   * Reads a node's URL.
   *
   * @throws IllegalArgumentException unless it is {@code http://} or {@code https://}, a host and
   *     an optional port, and nothing more
   */
  public static NodeUrl parse(String text) {
    URI uri;
    try {
      uri = new URI(text);
    } catch (URISyntaxException | NumberFormatException e) { // a number in an IPv6 address
      throw new IllegalArgumentException("node URL: " + text + EXPECTED, e);
    }
    String host = uri.getHost();
    int port = uri.getPort();
    if (host == null && uri.getRawAuthority() != null) {
      Matcher underscored = UNDERSCORED.matcher(uri.getRawAuthority());
      if (underscored.matches()) {
        host = underscored.group(1);
        port = underscored.group(2) == null ? -1 : Integer.parseInt(underscored.group(2));
      }
    }
    boolean tls = "https".equals(uri.getScheme());
    if (!(tls || "http".equals(uri.getScheme()))
        || host == null
        || port == 0
        || port > 0xffff
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
        port >= 0 ? port : tls ? HTTPS_PORT : HTTP_PORT,
        tls);
  }

  /** Returns the URL's beginning, such as {@code http://}. */
  public String scheme() {
    return tls ? "https://" : "http://";
  }

  /** Returns the value of the Host header. */
  public String authority() {
    return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port;
  }
}
