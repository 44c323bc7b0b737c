package io.dawncache.server.inbound;

import io.dawncache.server.wire.Refusal;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The rules that every request head of one connection has to keep, whatever it asks for. A head
 * that breaks a rule says nothing reliable about the bytes behind it, so the connection ends with
 * the refusal.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9112">RFC 9112</a>
 */
final class RequestRules {
  /** Which characters a host and port may have: RFC 3986, section 3.2.2. */
  private static final boolean[] IN_HOST = new boolean[128];

  static {
    String letters = "abcdefghijklmnopqrstuvwxyz";
    String all = letters + letters.toUpperCase(Locale.ROOT) + "0123456789-._~%!$&'()*+,;=:[]";
    all.chars().forEach(c -> IN_HOST[c] = true);
  }

  /** The host that the last request named: most often the next one names it, too. */
  private String knownHost = "";

  /** Returns why this request must not be served, or null. */
  @Nullable Refusal fault(HttpRequest request) {
    if (request.decoderResult().isFailure()) {
      return Refusal.malformed(request.decoderResult().cause());
    }
    Refusal fault = versionFault(request.protocolVersion());
    if (fault == null) {
      fault = hostFault(request);
    }
    return fault == null && request.headers().contains(HttpHeaderNames.TRANSFER_ENCODING)
        ? codingFault(request)
        : fault;
  }

  /**
   * The name of the protocol is case-sensitive. The decoder has put it into capitals; a version
   * that arrived in capitals is one of its two constants.
   */
  @SuppressWarnings("ReferenceEquality")
  private static @Nullable Refusal versionFault(HttpVersion version) {
    if (version == HttpVersion.HTTP_1_1 || version == HttpVersion.HTTP_1_0) {
      return null;
    }
    if (!version.protocolName().equals(HttpVersion.HTTP_1_1.protocolName())
        || version.equals(HttpVersion.HTTP_1_1)
        || version.equals(HttpVersion.HTTP_1_0)) {
      return Refusal.badRequest("protocol (expected: HTTP/1.1)");
    }
    return version.majorVersion() == 1 // of a later minor version, which may be read as ours
        ? null
        : Refusal.versionNotSupported(version.text());
  }

  private @Nullable Refusal hostFault(HttpRequest request) {
    Iterator<? extends CharSequence> hosts =
        request.headers().valueCharSequenceIterator(HttpHeaderNames.HOST);
    if (!hosts.hasNext()) {
      return request.protocolVersion().isKeepAliveDefault() // HTTP/1.1 on
          ? Refusal.badRequest("Host: none (expected: one)")
          : null;
    }
    CharSequence host = hosts.next();
    if (hosts.hasNext()) {
      return Refusal.badRequest("Host: two or more (expected: one)");
    }
    if (knownHost.contentEquals(host)) {
      return null;
    }
    if (!isHost(host)) {
      return Refusal.badRequest("Host: invalid (expected: HOST or HOST:PORT)");
    }
    knownHost = host.toString();
    return null;
  }

  /** An empty host belongs to a target without an authority. */
  private static boolean isHost(CharSequence host) {
    for (int i = 0; i < host.length(); i++) {
      char c = host.charAt(i);
      if (c >= IN_HOST.length || !IN_HOST[c]) {
        return false;
      }
    }
    return true;
  }

  /** A reader knows where the body ends only if the last coding is chunked. */
  private static @Nullable Refusal codingFault(HttpRequest request) {
    HttpHeaders headers = request.headers();
    List<String> codings = headers.getAll(HttpHeaderNames.TRANSFER_ENCODING);
    if (!request.protocolVersion().isKeepAliveDefault()) {
      return Refusal.badRequest("Transfer-Encoding (expected: none in HTTP/1.0)");
    }
    if (codings.size() == 1 && HttpHeaderValues.CHUNKED.contentEqualsIgnoreCase(codings.get(0))) {
      return null;
    }
    return Refusal.codingNotImplemented(String.join(", ", codings));
  }
}
