package io.dawncache.server;

import static java.util.stream.Collectors.toMap;

import io.netty.util.Version;
import java.util.Map;
import java.util.Map.Entry;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Refuses, with one line, the versions of Netty on which the server does not run: any that is older
 * than the tested ones, and a mixture of 4.1 and 4.2. An application's other dependencies can bring
 * either; without this check it would fail later with a missing class or method.
 *
 * <p>Reads the version that each jar of Netty states. A jar without one, because it was packed into
 * another, is accepted as it is.
 */
final class NettyVersion {
  /** Matches {@code 4.1.128.Final}; the groups are the minor version and the patch. */
  private static final Pattern FOUR = Pattern.compile("4\\.(\\d{1,4})\\.(\\d{1,6})(\\..*)?");

  private static final String EXPECTED = "4.1.128.Final or later, or 4.2.7.Final or later";

  private NettyVersion() {}

  /**
   * Checks the jars on the class path or module path.
   *
   * @throws IllegalStateException if the server does not run on them
   */
  static void check() {
    check(
        Version.identify(NettyVersion.class.getClassLoader()).entrySet().stream()
            .collect(toMap(Entry::getKey, artifact -> artifact.getValue().artifactVersion())));
  }

  /** Checks the versions of Netty's artifacts, by their names. */
  static void check(Map<String, String> versions) {
    Map<String, String> oneOfEachLine = new TreeMap<>();
    new TreeMap<>(versions)
        .forEach(
            (artifact, version) -> {
              Matcher four = FOUR.matcher(version);
              if (four.matches() && !artifact.equals("netty-all")) { // it holds no class
                int minor = Integer.parseInt(four.group(1));
                if (Integer.parseInt(four.group(2)) < oldestPatch(minor)) {
                  throw new IllegalStateException(
                      artifact + ": " + version + " (expected: Netty " + EXPECTED + ")");
                }
                oneOfEachLine.putIfAbsent(four.group(1), artifact + " " + version);
              }
            });
    if (oneOfEachLine.size() > 1) {
      throw new IllegalStateException(
          String.join(" beside ", oneOfEachLine.values())
              + " (expected: one version of Netty, as its netty-bom gives)");
    }
  }

  private static int oldestPatch(int minor) {
    return switch (minor) {
      case 0 -> Integer.MAX_VALUE;
      case 1 -> 128;
      case 2 -> 7;
      default -> 0;
    };
  }
}
