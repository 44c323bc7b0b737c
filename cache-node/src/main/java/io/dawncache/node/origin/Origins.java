package io.dawncache.node.origin;

import java.util.Collection;
import java.util.Collections;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The origins that this program knows, by scheme.
 *
 * @since 0.1.0
 */
public final class Origins {
  /** The longest value that our own origins load: as long as a node's server sends and accepts. */
  public static final int MAX_VALUE_BYTES = 16 << 20;

  private final SortedMap<String, Origin> byScheme = new TreeMap<>();

  private Origins(Iterable<Origin> origins) {
    for (Origin origin : origins) {
      Origin other = byScheme.putIfAbsent(origin.scheme(), origin);
      if (other != null) {
        throw new IllegalArgumentException(
            "origin scheme "
                + origin.scheme()
                + ": both "
                + other.getClass().getName()
                + " and "
                + origin.getClass().getName()
                + " (expected: one of them on the class path)");
      }
    }
  }

  /** {@return the origins on the class path and in the jars of {@code plugins/}} */
  public static Origins onClassPath() {
    return new Origins(ServiceLoader.load(Origin.class, Plugins.loader()));
  }

  /**
   * {@return these origins}
   *
   * @param origins no scheme twice
   */
  public static Origins of(Iterable<Origin> origins) {
    return new Origins(origins);
  }

  /** {@return all of them, by scheme} */
  public Collection<Origin> all() {
    return Collections.unmodifiableCollection(byScheme.values());
  }

  /**
   * Opens {@code origin} for a group, written {@code SCHEME:LOCATION} or {@code SCHEME}.
   *
   * @param group the group's name
   * @param origin what the command line says
   * @return the open origin
   * @throws IllegalArgumentException if the scheme is unknown; a {@link WrongSettingsException} if
   *     the location is invalid
   */
  public GuardedOrigin open(String group, String origin) {
    int colon = origin.indexOf(':');
    Origin found = byScheme.get(colon < 0 ? origin : origin.substring(0, colon));
    if (found == null || (colon < 0 && found.settings().stream().anyMatch(Setting::isAtLocation))) {
      throw new IllegalArgumentException("origin: " + origin + " (expected: " + forms() + ")");
    }
    return open(
        OriginSettings.ofLocation(group, found, colon < 0 ? "" : origin.substring(colon + 1)),
        found);
  }

  /**
   * Opens the origin with this scheme for a group.
   *
   * @param group the group's name
   * @param scheme the part before the colon on the command line
   * @param settings texts, numbers, truth values, and maps of them, by name
   * @return the open origin
   * @throws IllegalArgumentException if the scheme is unknown; a {@link WrongSettingsException} if
   *     settings are wrong
   */
  public GuardedOrigin open(String group, String scheme, Map<String, ?> settings) {
    Origin found = byScheme.get(scheme);
    if (found == null) {
      throw new IllegalArgumentException(
          "origin: " + scheme + " (expected: " + Nearest.of(scheme, byScheme.keySet()) + ")");
    }
    return open(OriginSettings.of(group, found, settings), found);
  }

  private static GuardedOrigin open(OriginSettings settings, Origin origin) {
    return GuardedOrigin.of(settings, origin.open(settings));
  }

  private String forms() {
    return byScheme.values().stream().map(Origin::form).collect(Collectors.joining(" or "));
  }
}
