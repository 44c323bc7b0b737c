package io.dawncache.node.origin;

import io.dawncache.server.wire.Escape;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Arrays;
import java.util.regex.Matcher;
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

  /** Scheme, address in brackets or name, port, path and query; a name may hold underscores. */
  private static final Pattern FORM =
      Pattern.compile(
          "(https?)://(?:\\[([0-9A-Fa-f:.]+)]|([A-Za-z0-9._-]+))(?::([0-9]{1,5}))?([/?][^#]*)");

  private final String scheme;
  private final String host;
  private final int port;
  private final String authority;
  private final String path;

  private UrlTemplate(Matcher form) {
    String address = form.group(2);
    this.scheme = form.group(1);
    this.host = address == null ? form.group(3) : address;
    this.port = form.group(4) == null ? -1 : Integer.parseInt(form.group(4));
    this.authority = form.group().substring(0, form.start(5));
    String rest = form.group(5);
    this.path = rest.startsWith("?") ? "/" + rest : rest;
  }

  /**
   * Reads a template.
   *
   * @param location the URL, or what follows {@code http:} in one
   * @throws IllegalArgumentException unless it is an HTTP URL with the key after its authority; the
   *     message is what is expected
   */
  static UrlTemplate parse(String location) {
    Matcher form = FORM.matcher(location.startsWith("//") ? "http:" + location : location);
    if (!form.matches()) {
      throw new IllegalArgumentException(EXPECTED);
    }
    UrlTemplate template = new UrlTemplate(form);
    String sample = template.path.replace(KEY, "key").replace(KEY_WITH_SLASHES, "key");
    if (template.port == 0
        || template.port > 0xffff
        || sample.equals(template.path)
        || !isPathAndQuery(sample)) {
      throw new IllegalArgumentException(EXPECTED);
    }
    if (hasDotSegment(sample)) {
      throw new IllegalArgumentException(NO_STEPS_EXPECTED);
    }
    return template;
  }

  /** Returns {@code http} or {@code https}. */
  String scheme() {
    return scheme;
  }

  /** Returns the server's name, or its address without brackets. */
  String host() {
    return host;
  }

  /** Returns the server's port, or -1 for the scheme's own. */
  int port() {
    return port;
  }

  /**
   * Returns the path and query of {@code key}, or null if they would not name this key at a server:
   * a segment of the path would be {@code .} or {@code ..}, plain or escaped, which servers read as
   * a step to another path.
   */
  @Nullable String path(String key) {
    String expanded =
        path.replace(KEY, Escape.path(key)).replace(KEY_WITH_SLASHES, escapeAllButSlashes(key));
    return hasDotSegment(expanded) ? null : expanded;
  }

  /** Returns the URL with this path and query, for messages. */
  String url(String path) {
    return authority + path;
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
