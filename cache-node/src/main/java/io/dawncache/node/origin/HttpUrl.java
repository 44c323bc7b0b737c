package io.dawncache.node.origin;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hc.core5.http.HttpHost;
import org.jspecify.annotations.Nullable;

/**
 * A URL of HTTP as a request needs it: a server, and what to ask it for.
 *
 * @param scheme {@code http} or {@code https}
 * @param host a name, which may hold underscores, or an address without brackets
 * @param port the port, or -1 for the scheme's own
 * @param path begins with a slash, percent-encoded, perhaps with a query
 */
record HttpUrl(String scheme, String host, int port, String path) {
  /** Scheme, address in brackets or name, port, path and query; the fragment is left out. */
  private static final Pattern FORM =
      Pattern.compile(
          "(https?)://(?:\\[([0-9A-Fa-f:.]+)]|([A-Za-z0-9._-]+))(?::([0-9]{1,5}))?([/?][^#]*)?");

  /** Returns the URL that {@code text} is, or null if it is none that can be asked for. */
  static @Nullable HttpUrl parse(String text) {
    Matcher form = FORM.matcher(text);
    if (!form.matches()) {
      return null;
    }
    int port = form.group(4) == null ? -1 : Integer.parseInt(form.group(4));
    if (port == 0 || port > 0xffff) {
      return null;
    }
    String host = form.group(2) == null ? form.group(3) : form.group(2);
    String rest = form.group(5) == null ? "/" : form.group(5);
    return new HttpUrl(form.group(1), host, port, rest.startsWith("?") ? "/" + rest : rest);
  }

  HttpHost server() {
    return new HttpHost(scheme, host, port);
  }

  HttpUrl withPath(String other) {
    return new HttpUrl(scheme, host, port, other);
  }

  /**
   * Returns the URL that {@code reference} means in an answer to this one (RFC 3986, section 5), or
   * null if it means none that can be asked for.
   */
  @Nullable HttpUrl resolve(String reference) {
    int end = reference.indexOf('#');
    String text = end < 0 ? reference : reference.substring(0, end);
    if (!text.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
      return null;
    }
    try {
      URI further = new URI(text);
      // The JDK resolves a query alone as RFC 2396 did, without the last segment of the path.
      boolean isQuery = text.isEmpty() || text.startsWith("?");
      String whole =
          isQuery ? withoutQuery() + text : new URI(toString()).resolve(further).toString();
      return parse(whole);
    } catch (URISyntaxException | NumberFormatException e) { // a number in an IPv6 address
      return null;
    }
  }

  private String withoutQuery() {
    int query = path.indexOf('?');
    return withPath(query < 0 ? path : path.substring(0, query)).toString();
  }

  /** Returns whether {@code other} is at the same server: scheme, host and port. */
  boolean isSameOrigin(HttpUrl other) {
    return scheme.equals(other.scheme)
        && host.equalsIgnoreCase(other.host)
        && portInUse() == other.portInUse();
  }

  private int portInUse() {
    return port >= 0 ? port : scheme.equals("https") ? 443 : 80;
  }

  /** Returns the URL without its path, which may hold what nobody else should see. */
  String authority() {
    return scheme
        + "://"
        + (host.contains(":") ? "[" + host + "]" : host)
        + (port < 0 ? "" : ":" + port);
  }

  @Override
  public String toString() {
    return authority() + path;
  }
}
