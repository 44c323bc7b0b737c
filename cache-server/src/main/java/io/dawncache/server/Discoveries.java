package io.dawncache.server;

import io.dawncache.server.discovery.FileDiscovery;
import io.dawncache.server.discovery.StaticDiscovery;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * Makes the {@link Discovery} implementations that come with the server.
 *
 * @since 0.1.0
 */
public final class Discoveries {
  private static final String FORMS = " (expected: static:URL,... or file:PATH)";

  private Discoveries() {}

  /**
   * {@return a discovery of these members for ever}
   *
   * @param members the URLs of all members, at least one
   */
  public static Discovery of(List<String> members) {
    return new StaticDiscovery(members);
  }

  /**
   * {@return a discovery that reads the members from a file whenever it changes} The file has a URL
   * on each line; empty lines and what follows a {@code #} do not count. It may be replaced, or
   * edited in place; a change is seen within half a second. A file that cannot be read, or has no
   * member, leaves the last list in force, and is logged.
   *
   * @param path the file, which need not exist yet
   */
  public static Discovery file(Path path) {
    return new FileDiscovery(path);
  }

  /**
   * {@return the discovery that a text names, as the option {@code --discovery} has it}
   *
   * @param text {@code static:URL,...} or {@code file:PATH}
   * @throws IllegalArgumentException if it has none of these forms
   */
  public static Discovery parse(String text) {
    int colon = text.indexOf(':');
    String kind = colon < 0 ? "" : text.substring(0, colon);
    String rest = text.substring(colon + 1);
    if (rest.isEmpty()) {
      throw new IllegalArgumentException("discovery: " + text + FORMS);
    }
    return switch (kind) {
      case "static" -> of(Arrays.asList(rest.split(",", -1)));
      case "file" -> file(path(text, rest));
      default -> throw new IllegalArgumentException("discovery: " + text + FORMS);
    };
  }

  private static Path path(String text, String path) {
    try {
      return Path.of(path);
    } catch (InvalidPathException e) {
      throw new IllegalArgumentException("discovery: " + text + ": " + e.getReason(), e);
    }
  }
}
