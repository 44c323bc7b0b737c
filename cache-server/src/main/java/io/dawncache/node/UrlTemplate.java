package io.dawncache.node;

import io.dawncache.server.wire.Escape;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** A URL with {@code {key}} in its path or query, to be replaced by one key after another. */
final class UrlTemplate {
  private static final String KEY = "{key}";
  private static final String EXPECTED =
      " (expected: http:URL with {key} in its path or query,"
          + " such as http://127.0.0.1:9000/items/{key})";

  private final String text;

  private UrlTemplate(String text) {
    this.text = text;
  }

  /**
   * Reads a template.
   *
   * @param location the URL, or what follows {@code http:} in one
   * @throws IllegalArgumentException unless it is an HTTP URL with the key behind its authority
   */
  static UrlTemplate parse(String location) {
    String text = location.startsWith("//") ? "http:" + location : location;
    URI sample;
    try {
      sample = new URI(text.replace(KEY, "key"));
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException("http:" + location + EXPECTED, e);
    }
    boolean isHttp = "http".equals(sample.getScheme()) || "https".equals(sample.getScheme());
    if (!isHttp
        || sample.getHost() == null
        || sample.getRawUserInfo() != null
        || sample.getRawFragment() != null
        || hasDotSegment(sample)
        || text.indexOf(KEY) < authorityEnd(text)) {
      throw new IllegalArgumentException("http:" + location + EXPECTED);
    }
    return new UrlTemplate(text);
  }

  /**
   * Returns the URL of {@code key}, or null if it has none: the key would be a whole path segment
   * {@code .} or {@code ..}, which every server takes for a step and not for a name.
   */
  @Nullable URI url(String key) {
    URI url = URI.create(text.replace(KEY, Escape.path(key)));
    return hasDotSegment(url) ? null : url;
  }

  private static int authorityEnd(String url) {
    int end = url.indexOf("://") + "://".length();
    while (end < url.length() && "/?#".indexOf(url.charAt(end)) < 0) {
      end++;
    }
    return end;
  }

  private static boolean hasDotSegment(URI url) {
    return Arrays.stream(url.getRawPath().split("/", -1))
        .anyMatch(segment -> segment.equals(".") || segment.equals(".."));
  }
}
