package io.dawncache.server.wire;

import io.dawncache.server.Dialect;
import java.util.List;

/**
 * What a request path asks for.
 *
 * @param group the group's name as the path has it, whether or not the group exists
 * @param key the key, possibly empty
 */
public record KeyPath(String group, String key) {
  private static final List<String> SCHEMES = List.of("http://", "https://");

  /**
   * Returns the path part of a request target: no query, no {@code http://authority}. A target that
   * is neither a path nor such a URL is returned as it is, and so is a URL whose authority a
   * recipient must reject.
   *
   * @see <a href="https://www.rfc-editor.org/rfc/rfc9110#section-4.2">RFC 9110, section 4.2</a>
   */
  public static String pathOf(String target) {
    int query = target.indexOf('?');
    String path = query < 0 ? target : target.substring(0, query);
    if (path.startsWith("/")) {
      return path;
    }
    int authority = authorityStart(path);
    if (authority < 0) {
      return path;
    }
    int slash = path.indexOf('/', authority);
    int end = slash < 0 ? path.length() : slash;
    if (!Authority.isValid(path.substring(authority, end))) {
      return path;
    }
    return slash < 0 ? "/" : path.substring(slash);
  }

  private static int authorityStart(String target) {
    for (String scheme : SCHEMES) {
      if (target.regionMatches(true, 0, scheme, 0, scheme.length())) {
        return scheme.length();
      }
    }
    return -1;
  }

  /** Returns whether {@code path} lies under the dialect's base path. */
  public static boolean isUnder(Dialect dialect, String path) {
    return path.startsWith(dialect.basePath());
  }

  /**
   * Reads a path under the dialect's base path. The raw path is split at the first slash after the
   * group and only then unescaped, so both parts may hold escaped slashes; nothing is normalised.
   *
   * @param path one char per byte, as in the request line
   * @param fromGo whether a Go node escaped it, whose {@code +} may mean a space
   * @throws BadRequestException if there is no slash after the group, an escape is broken, or the
   *     bytes are not UTF-8
   */
  public static KeyPath parse(Dialect dialect, String path, boolean fromGo)
      throws BadRequestException {
    GroupPath start = GroupPath.of(dialect, path, fromGo);
    return new KeyPath(start.group(), start.key(path));
  }

  /** Returns the escaped path of this group and key. */
  public String path(Dialect dialect) {
    return dialect.basePath() + Escape.path(group) + "/" + Escape.path(key);
  }

  /**
   * Returns a path that any node of the dialect answers with 400, at once and without a look-up.
   */
  public static String probePath(Dialect dialect) {
    return dialect.basePath() + "probe";
  }
}
