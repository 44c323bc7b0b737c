package io.dawncache.node.origin;

import io.dawncache.core.Metadata;
import io.dawncache.server.testing.FuzzedReader;
import java.util.List;
import org.apache.hc.core5.http.message.BasicHttpResponse;

/** The readers of what servers of origins answer, and of how they are named, for the fuzzer. */
public final class OriginReaders implements FuzzedReader.Source {
  @Override
  public List<FuzzedReader> readers() {
    return List.of(
        FuzzedReader.ofText(
            "origin-head",
            null,
            List.of(
                "Cache-Control: max-age=60, stale-while-revalidate=30, private=\"a\\\"b\"\nAge: 10",
                "Cache-Control: no-store\nVary: Accept, *\nETag: W/\"one\"",
                "Expires: Sun, 06 Nov 1994 08:49:37 GMT\nDate: Sun, 06 Nov 1994 08:48:37 GMT",
                "Last-Modified: Sun, 06 Nov 1994 08:49:37 GMT"),
            OriginReaders::readHead),
        FuzzedReader.ofText(
            "url-template",
            IllegalArgumentException.class,
            List.of("//127.0.0.1:9000/items/{key}", "https://cache_1/a?b={+key}"),
            text -> UrlTemplate.parse(text).url("a/b c/.")),
        FuzzedReader.ofText(
            "redirect",
            null,
            List.of("http://[::1]:8080/other?x=1#y", "/other", "?b", "../../a", "//server/a"),
            OriginReaders::readRedirect));
  }

  /** Each line is a header. */
  private static void readHead(String text) {
    BasicHttpResponse head = new BasicHttpResponse(200);
    for (String line : text.lines().toList()) {
      int colon = line.indexOf(':');
      if (colon > 0) {
        head.addHeader(line.substring(0, colon), line.substring(colon + 1).strip());
      }
    }
    HttpFreshness freshness = HttpFreshness.of(head);
    if ((freshness.fresh() != null && freshness.fresh().isNegative())
        || freshness.whileRevalidate().isNegative()
        || (freshness.ifError() != null && freshness.ifError().isNegative())) {
      throw new AssertionError(freshness);
    }
    String etag = HttpCondition.etag(head);
    boolean isKept = etag != null && etag.length() <= Metadata.MAX_BYTES; // as HttpMetadata does
    HttpCondition condition = HttpCondition.of(isKept ? new Metadata(null, etag) : null);
    if (condition != null && !condition.isAnsweredBy(head)) {
      throw new AssertionError(condition);
    }
  }

  private static void readRedirect(String text) {
    HttpUrl from = HttpUrl.parse("http://origin:9000/items/a?b");
    HttpUrl to = from.resolve(text);
    if (to != null && !to.equals(HttpUrl.parse(to.toString()))) {
      throw new AssertionError(to);
    }
  }
}
