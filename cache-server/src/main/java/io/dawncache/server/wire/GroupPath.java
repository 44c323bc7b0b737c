package io.dawncache.server.wire;

import io.dawncache.server.Dialect;

/**
 * How the paths of a group's keys begin, as one sender writes them; the key follows.
 *
 * @param dialect whose paths they are
 * @param start the raw path up to the key, one char per byte
 * @param fromGo whether a Go node escaped it, whose {@code +} may mean a space
 * @param group the group's name, whether or not the group exists
 */
public record GroupPath(Dialect dialect, String start, boolean fromGo, String group) {
  /**
   * Returns the beginning of {@code path}, which lies under the dialect's base path.
   *
   * @throws BadRequestException if there is no slash after the group, an escape in it is broken, or
   *     its bytes are not UTF-8
   */
  public static GroupPath of(Dialect dialect, String path, boolean fromGo)
      throws BadRequestException {
    int groupStart = dialect.basePath().length();
    int slash = path.indexOf('/', groupStart);
    if (slash < 0) {
      throw new BadRequestException("bad request");
    }
    String group = Escape.unescape(path.substring(groupStart, slash), plusIsSpace(dialect, fromGo));
    return new GroupPath(dialect, path.substring(0, slash + 1), fromGo, group);
  }

  /** Returns whether {@code path}, from a Go node or not, begins with this. */
  public boolean leads(String path, boolean fromGo) {
    return path.startsWith(start) && this.fromGo == fromGo;
  }

  /**
   * Returns the key, possibly empty, of a path that begins with this.
   *
   * @throws BadRequestException if an escape is broken, or the bytes are not UTF-8
   */
  public String key(String path) throws BadRequestException {
    return Escape.unescape(path.substring(start.length()), plusIsSpace(dialect, fromGo));
  }

  private static boolean plusIsSpace(Dialect dialect, boolean fromGo) {
    return fromGo && dialect.goWritesSpaceAsPlus();
  }
}
