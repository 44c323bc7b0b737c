package io.dawncache.node.origin;

import io.dawncache.server.wire.Escape;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Arrays;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A URL with {@code {key}} or {@code {+key}} in its path or query, which each key replaces in turn.
 *
 * <p>{@code {key}} stands for the key with every byte escaped that is not unreserved, slashes too.
 * {@code {+key}} keeps the key's slashes, as in the reserved expansion of RFC 6570, and escapes
 * everything else in the same way, so that a key can add neither a query nor a fragment.
 */
final class UrlTemplate {
  private static final String KEY = "{key}";
  private static final String KEY_WITH_SLASHES = "{+key}";
  private static final String EXPECTED =
      "http:URL with {key} or {+key} in its path or query,"
          + " such as http://127.0.0.1:9000/items/{key}";
  private static final String NO_STEPS_EXPECTED =
      "no segment . or .. in its path, written out or as %2e";

  private static final Pattern ESCAPED_DOT = Pattern.compile("%2e", Pattern.CASE_INSENSITIVE);

  private final HttpUrl form;

  private UrlTemplate(HttpUrl form) {
    this.form = form;
  }

  /**
   * Reads a template.
   *
   * @param location the URL, or what follows {@code http:} in one
   * @throws IllegalArgumentException unless it is an HTTP URL with the key after its authority; the
   *     message is what is expected
   */
  static UrlTemplate parse(String location) {
    HttpUrl form = HttpUrl.parse(location.startsWith("//") ? "http:" + location : location);
    if (form == null) {
      throw new IllegalArgumentException(EXPECTED);
    }
    String sample = form.path().replace(KEY, "key").replace(KEY_WITH_SLASHES, "key");
    if (sample.equals(form.path()) || !isPathAndQuery(sample)) {
      throw new IllegalArgumentException(EXPECTED);
    }
    if (hasDotSegment(sample)) {
      throw new IllegalArgumentException(NO_STEPS_EXPECTED);
    }
    return new UrlTemplate(form);
  }

  /**
   * Returns the URL of {@code key}, or null if it would not name this key at a server: a segment of
   * the path would be {@code .} or {@code ..}, plain or escaped, which servers read as a step to
   * another path.
   */
  @Nullable HttpUrl url(String key) {
    String expanded =
        form.path()
            .replace(KEY, Escape.path(key))
            .replace(KEY_WITH_SLASHES, escapeAllButSlashes(key));
    return hasDotSegment(expanded) ? null : form.withPath(expanded);
  }

  private static String escapeAllButSlashes(String key) {
    return Arrays.stream(key.split("/", -1)).map(Escape::path).collect(Collectors.joining("/"));
  }

  private static boolean isPathAndQuery(String text) {
    try {
      return new URI("http://host" + text).getRawFragment() == null;
    } catch (URISyntaxException e) {
      return false;
    }
  }

  /** Escaped dots count as dots: servers unescape a path before they resolve its steps. */
  private static boolean hasDotSegment(String pathAndQuery) {
    int query = pathAndQuery.indexOf('?');
    String path = query < 0 ? pathAndQuery : pathAndQuery.substring(0, query);
    return Arrays.stream(ESCAPED_DOT.matcher(path).replaceAll(".").split("/", -1))
        .anyMatch(segment -> segment.equals(".") || segment.equals(".."));
  }
}
