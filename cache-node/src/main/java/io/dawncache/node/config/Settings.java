package io.dawncache.node.config;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The values that are given for the keys of one table. Immutable.
 *
 * @param <B> the builder whose properties the keys set
 */
public final class Settings<B> {
  private final KeyTable<B> table;
  private final Source at;
  private final String path;
  private final Map<Key<B, ?>, Yaml> values;

  /**
   * Makes settings.
   *
   * @param at where they stand, for mistakes that belong to no single key
   * @param path the key of the map in which they stand, with a dot behind it, or nothing
   */
  Settings(KeyTable<B> table, Source at, String path, Map<Key<B, ?>, Yaml> values) {
    this.table = table;
    this.at = at;
    this.path = path;
    this.values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
  }

  /** Returns the table of the keys. */
  public KeyTable<B> table() {
    return table;
  }

  /** Returns where the settings stand. */
  public Source at() {
    return at;
  }

  /** Returns the value as written, or null if none is given. */
  public @Nullable Yaml value(Key<B, ?> key) {
    return values.get(key);
  }

  /** Returns the value read, or null if none or a wrong one is given. */
  public <T> @Nullable T read(Key<B, T> key) {
    Yaml value = values.get(key);
    return value == null ? null : key.read(value, "", new Mistakes());
  }

  /** Returns the whole key, such as {@code groups.scores.ttl}. */
  public String pathOf(Key<B, ?> key) {
    return path + key.path();
  }

  /** Sets the builder's properties; adds a mistake for each wrong value. */
  public void apply(B builder, Mistakes mistakes) {
    values.forEach((key, value) -> key.apply(value, builder, pathOf(key), mistakes));
  }

  /** Builds with the builder's properties set, or adds mistakes and returns null. */
  <R> @Nullable R build(B builder, Function<B, R> build, Mistakes mistakes) {
    Mistakes own = new Mistakes();
    apply(builder, own);
    R built = null;
    if (own.isEmpty()) {
      try {
        built = build.apply(builder);
      } catch (IllegalArgumentException e) {
        addCross(e, own);
      }
    }
    mistakes.addAll(own);
    return built;
  }

  /** Adds a mistake that lies in several values, at the one that its message names first. */
  private void addCross(IllegalArgumentException e, Mistakes mistakes) {
    String message = String.valueOf(e.getMessage());
    int colon = message.indexOf(": ");
    Key<B, ?> key = colon < 0 ? null : table.byProperty(message.substring(0, colon));
    if (key == null) {
      mistakes.add(at, path.replaceFirst("\\.$", ""), message);
      return;
    }
    Yaml value = values.get(key);
    String flag = key.flag();
    Source source =
        value != null ? value.at() : at.isInFile() || flag == null ? at : Source.named(flag);
    String text = message.substring(colon + 2);
    mistakes.add(
        source,
        pathOf(key),
        value != null && value.isSecret() ? text.replaceFirst(".* \\(", Yaml.MASK + " (") : text);
  }

  /** Returns whether all values are the same as in {@code other}, wherever they were written. */
  boolean areSame(Settings<B> other) {
    return table.keys().stream().allMatch(key -> isSame(key, other));
  }

  /** Returns whether the value of {@code key} is the same as in {@code other}. */
  public boolean isSame(Key<B, ?> key, Settings<B> other) {
    return Objects.equals(plain(key), other.plain(key));
  }

  private @Nullable Object plain(Key<B, ?> key) {
    Yaml value = values.get(key);
    return value == null ? null : value.plain();
  }
}
