package io.dawncache.operations;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import java.net.InetSocketAddress;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Lets an acting request in only if no page of a browser has made it without its user: a page can
 * make a browser send requests to a listener on loopback, but not of this content type, and not
 * under this host.
 */
final class RequestGuard {
  /*
   * Three ways in, and what closes each:
   *   1. a form, or a fetch without CORS, sends no application/json (Content-Type);
   *   2. a page of another site that a user has let in by CORS names its own site (Origin);
   *   3. a page under a name that resolves to 127.0.0.1 a moment later, so that the browser takes
   *      it for a page of the listener: the request still carries the foreign name (Host).
   */
  private final Set<String> hostNames;
  private final boolean tls;

  RequestGuard(OperationsConfig config) {
    this.hostNames = new HashSet<>(config.hostNames());
    hostNames.add(bare(config.host()));
    this.tls = config.tls();
  }

  /**
   * Checks a request that acts, which arrived at {@code local}.
   *
   * @throws Problem if it is not let in
   */
  void check(HttpRequest request, InetSocketAddress local) throws Problem {
    HttpHeaders headers = request.headers();
    String type = headers.get(HttpHeaderNames.CONTENT_TYPE, "");
    if (!type.split(";", 2)[0].strip().equalsIgnoreCase("application/json")) {
      throw new Problem(
          415,
          "Unsupported content type",
          "Content-Type: " + shown(type) + " (expected: application/json)");
    }
    List<String> hosts = headers.getAll(HttpHeaderNames.HOST);
    String host = hosts.size() == 1 ? hosts.get(0) : "";
    if (!isOurs(host, local)) {
      throw new Problem(
          421,
          "Misdirected request",
          "Host: " + shown(host) + " (expected: " + expected(local) + ")");
    }
    for (String origin : headers.getAll(HttpHeaderNames.ORIGIN)) {
      if (!origin.equalsIgnoreCase((tls ? "https://" : "http://") + host)) {
        throw new Problem(403, "Foreign origin", "Origin: " + shown(origin) + " (expected: none)");
      }
    }
  }

  private boolean isOurs(String host, InetSocketAddress local) {
    int colon = host.lastIndexOf(':');
    boolean hasPort = colon > host.lastIndexOf(']');
    String port = hasPort ? host.substring(colon + 1) : tls ? "443" : "80";
    String name = bare(hasPort ? host.substring(0, colon) : host);
    return port.equals(Integer.toString(local.getPort()))
        && (hostNames.contains(name)
            || name.equals(bare(local.getAddress().getHostAddress()))
            || (name.equals("localhost") && local.getAddress().isLoopbackAddress()));
  }

  private static String expected(InetSocketAddress local) {
    String address = local.getAddress().getHostAddress();
    return (address.indexOf(':') < 0 ? address : "[" + address + "]") + ":" + local.getPort();
  }

  /** Returns a host in lower case, an IPv6 address without brackets and scope. */
  private static String bare(String host) {
    String inner =
        host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
    int scope = inner.indexOf('%');
    return (scope < 0 ? inner : inner.substring(0, scope)).toLowerCase(Locale.ROOT);
  }

  private static String shown(String text) {
    String cut = text.length() <= 80 ? text : text.substring(0, 80) + "…";
    return cut.isEmpty() ? "none" : cut.replaceAll("\\p{Cc}", "?");
  }
}
