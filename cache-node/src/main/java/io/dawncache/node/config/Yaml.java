package io.dawncache.node.config;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A value of the configuration, with the place where it was written. Every scalar is a text; the
 * key that it belongs to decides what it means.
 */
public sealed interface Yaml {
  /** What is shown in place of a secret. */
  String MASK = "***";

  /** Returns where the value begins. */
  Source at();

  /** Returns a word or the text for messages, on one line and of bounded length. */
  String shown();

  /**
   * Returns the value without its places: a {@link String}, {@link List} or {@link Map}, or null.
   */
  @Nullable Object plain();

  /** Returns whether this is a text from a secret, so that it must not be shown. */
  default boolean isSecret() {
    return false;
  }

  /** Returns {@code text} on one line, shortened if it is long. */
  static String shown(String text) {
    // From where a run of blanks begins: from each blank in it, a long one would take minutes.
    String line = text.replaceAll("(?<!\\s)\\s*\\R\\s*", " ").replaceAll("\\p{Cc}", "?");
    return line.length() <= 120 ? line : line.substring(0, 120) + "...";
  }

  /**
   * A scalar.
   *
   * @param text as written, without quotes
   * @param isNull whether nothing was written, or {@code null} or {@code ~} without quotes
   * @param isSecret whether it came from a secret, so that it is never shown
   */
  record Text(String text, boolean isNull, boolean isSecret, Source at) implements Yaml {
    /** Returns a text that is never shown. */
    public static Text secret(String text, Source at) {
      return new Text(text, false, true, at);
    }

    /** Returns a plain text. */
    public static Text of(String text, Source at) {
      return new Text(text, false, false, at);
    }

    @Override
    public String shown() {
      return isSecret ? MASK : isNull ? "nothing" : Yaml.shown(text);
    }

    @Override
    public @Nullable Object plain() {
      return isNull ? null : text;
    }

    /** Never shows a secret. */
    @Override
    public String toString() {
      return shown() + " at " + at;
    }
  }

  /**
   * A list.
   *
   * @param items in their order
   */
  record Items(List<Yaml> items, Source at) implements Yaml {
    public Items {
      items = List.copyOf(items);
    }

    @Override
    public String shown() {
      return "a list";
    }

    @Override
    public Object plain() {
      return items.stream().map(Yaml::plain).toList();
    }
  }

  /**
   * A map.
   *
   * @param byName in the order of the file
   */
  record Fields(Map<String, Field> byName, Source at) implements Yaml {
    public Fields {
      byName = Collections.unmodifiableMap(new LinkedHashMap<>(byName));
    }

    /** Returns a map without fields. */
    static Fields none(Source at) {
      return new Fields(Map.of(), at);
    }

    @Override
    public String shown() {
      return "a map";
    }

    @Override
    public Map<String, @Nullable Object> plain() {
      Map<String, @Nullable Object> plain = new LinkedHashMap<>();
      byName.forEach((name, field) -> plain.put(name, field.value().plain()));
      return plain;
    }
  }

  /**
   * A field of a map.
   *
   * @param nameAt where its name begins
   */
  record Field(Source nameAt, Yaml value) {}
}
