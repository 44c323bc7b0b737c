package io.dawncache.node.config;

import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * All keys of one builder, in the order in which they are shown.
 *
 * @param <B> the builder
 */
public final class KeyTable<B> {
  private static final int MOST_COMPARED = 64; // letters; the comparison takes their square

  private final Map<String, Key<B, ?>> byPath = new LinkedHashMap<>();

  /** Makes a table of these keys. */
  KeyTable(List<Key<B, ?>> keys) {
    keys.forEach(key -> byPath.put(key.path(), key));
  }

  /** Returns the keys in their order. */
  public List<Key<B, ?>> keys() {
    return List.copyOf(byPath.values());
  }

  /**
   * Returns the value of each key that the map holds; adds a mistake for each that is unknown.
   *
   * @param path the key of the map, with a dot behind it, or nothing
   * @param others further names in the map, which are left out
   */
  Map<Key<B, ?>, Yaml> collect(
      Yaml.Fields fields, String path, Set<String> others, Mistakes mistakes) {
    Map<Key<B, ?>, Yaml> found = new LinkedHashMap<>();
    collect(fields, path, "", others, found, mistakes);
    return found;
  }

  private void collect(
      Yaml.Fields fields,
      String path,
      String section,
      Set<String> others,
      Map<Key<B, ?>, Yaml> found,
      Mistakes mistakes) {
    fields
        .byName()
        .forEach(
            (name, field) -> {
              Key<B, ?> key = byPath.get(section + name);
              if (key != null) {
                found.put(key, field.value());
              } else if (isSection(section + name + ".")) {
                collectSection(field.value(), path, section + name + ".", found, mistakes);
              } else if (!others.contains(name)) {
                Set<String> known = names(section);
                known.addAll(others);
                mistakes.add(field.nameAt(), path + section + name, unknown(name, known));
              }
            });
  }

  private void collectSection(
      Yaml value, String path, String section, Map<Key<B, ?>, Yaml> found, Mistakes mistakes) {
    if (value instanceof Yaml.Fields inner) {
      collect(inner, path, section, Set.of(), found, mistakes);
    } else {
      mistakes.addUnexpected(
          value,
          path + section.substring(0, section.length() - 1),
          "a map of " + String.join(", ", names(section)));
    }
  }

  private boolean isSection(String section) {
    return byPath.keySet().stream().anyMatch(path -> path.startsWith(section));
  }

  /** Returns what may stand in a section, by name. */
  private Set<String> names(String section) {
    return byPath.keySet().stream()
        .filter(path -> path.startsWith(section))
        .map(path -> path.substring(section.length()).replaceFirst("\\..*", ""))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** Returns the message for a name that is not among the known ones. */
  static String unknown(String name, Set<String> known) {
    String nearest = nearest(name, known);
    return nearest == null
        ? "no such key (expected: one of " + String.join(", ", known) + ")"
        : "no such key (expected: " + nearest + "?)";
  }

  /** Returns the known name that is most likely meant, or null. */
  static @Nullable String nearest(String name, Set<String> known) {
    return name.length() > MOST_COMPARED
        ? null
        : known.stream()
            .min(Comparator.comparingInt(candidate -> distance(name, candidate)))
            .filter(candidate -> distance(name, candidate) <= Math.max(1, candidate.length() / 3))
            .orElse(null);
  }

  /**
   * Returns how many letters are to be added, dropped, changed or swapped with their neighbour
   * (Damerau, Levenshtein) to turn one name into the other.
   */
  private static int distance(String from, String to) {
    int[][] distance = new int[from.length() + 1][to.length() + 1];
    for (int i = 0; i <= from.length(); i++) {
      for (int j = 0; j <= to.length(); j++) {
        if (i == 0 || j == 0) {
          distance[i][j] = i + j;
          continue;
        }
        int change = from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1;
        int least = Math.min(distance[i - 1][j], distance[i][j - 1]) + 1;
        least = Math.min(least, distance[i - 1][j - 1] + change);
        if (i > 1
            && j > 1
            && from.charAt(i - 1) == to.charAt(j - 2)
            && from.charAt(i - 2) == to.charAt(j - 1)) {
          least = Math.min(least, distance[i - 2][j - 2] + 1);
        }
        distance[i][j] = least;
      }
    }
    return distance[from.length()][to.length()];
  }

  /** Returns the key with this path, or null. */
  @Nullable Key<B, ?> byPath(String path) {
    return byPath.get(path);
  }

  /** Returns the key whose property an exception names first, such as {@code hotBytes}, or null. */
  @Nullable Key<B, ?> byProperty(String property) {
    return byPath.values().stream()
        .filter(key -> key.isProperty(property))
        .findFirst()
        .orElse(null);
  }
}
