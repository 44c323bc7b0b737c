package io.dawncache.node;

import io.dawncache.core.Getter;
import java.util.Collection;
import java.util.Collections;
import java.util.ServiceLoader;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The origins that this program knows, by scheme. */
final class Origins {
  /** The longest value that our own origins load: as long as a node's server sends and accepts. */
  static final int MAX_VALUE_BYTES = 16 << 20;

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

  /** Returns the origins on the class path. */
  static Origins onClassPath() {
    return new Origins(ServiceLoader.load(Origin.class));
  }

  /** Returns these origins. */
  static Origins of(Iterable<Origin> origins) {
    return new Origins(origins);
  }

  /** Returns all of them, by scheme. */
  Collection<Origin> all() {
    return Collections.unmodifiableCollection(byScheme.values());
  }

  /**
   * Opens {@code origin}, written {@code SCHEME:LOCATION}.
   *
   * @throws IllegalArgumentException if the scheme is unknown, or the location invalid
   */
  Getter open(String origin) {
    int colon = origin.indexOf(':');
    Origin found = colon < 0 ? null : byScheme.get(origin.substring(0, colon));
    if (found == null) {
      throw new IllegalArgumentException(
          "origin: "
              + origin
              + " (expected: "
              + byScheme.values().stream().map(Origin::form).collect(Collectors.joining(" or "))
              + ")");
    }
    return found.open(origin.substring(colon + 1));
  }
}
