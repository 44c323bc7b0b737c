package io.dawncache.server.inbound;

import io.dawncache.server.wire.Authority;
import io.dawncache.server.wire.Refusal;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The rules that every request head of one connection has to keep, whatever it asks for. A head
 * that breaks a rule says nothing reliable about the bytes behind it, so the connection ends with
 * the refusal.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9112">RFC 9112</a>
 */
final class RequestRules {
  /** The host that the last request named: most often the next one names it, too. */
  private String knownHost = "";

  /** Returns why this request must not be served, or null. */
  @Nullable Refusal fault(HttpRequest request) {
    if (request.decoderResult().isFailure()) {
      return Refusal.malformed(request.decoderResult().cause());
    }
    if (request.uri().indexOf('#') >= 0) { // some cut it off, and some take it for the path's
      return Refusal.badRequest("target: a fragment (expected: none)");
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
    if (host.length() > 0 && !Authority.isValid(host)) { // a target may have no authority
      return Refusal.badRequest("Host: invalid (expected: HOST or HOST:PORT)");
    }
    knownHost = host.toString();
    return null;
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
