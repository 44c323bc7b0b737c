package io.dawncache.node.origin;

import io.dawncache.node.text.ByteSize;
import io.dawncache.node.text.TimeSpan;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * One setting of an origin: its name, its type with bounds, what it is for, and what holds without
 * it. Immutable; the methods that add something return another.
 *
 * <p>The same objects read a configuration, check it, and describe it in the schema of the file.
 *
 * @param <T> the type of its values
 * @since 0.1.0
 */
public final class Setting<T> {
  /** What the value looks like in a file. */
  public enum Kind {
    /** A text; a number or a truth value counts as one. */
    TEXT,
    /** A whole number. */
    INTEGER,
    /** A length of time, such as {@code 500ms}, {@code 10s} or {@code 5m}. */
    DURATION,
    /** A number of bytes, such as {@code 500k} or {@code 64m}. */
    SIZE,
    /** {@code true} or {@code false}. */
    FLAG,
    /** Names with a text each. */
    TEXTS,
    /** A text that is never shown. */
    SECRET,
    /** Names with a text each that is never shown. */
    SECRETS
  }

  /** For an origin that has only what follows the colon on the command line. */
  public static final Setting<String> LOCATION =
      text("location", "what the origin opens").required("LOCATION").atLocation();

  private final String name;
  private final Kind kind;
  private final String description;
  private final String expected;
  private final Function<Object, T> reader;
  private final @Nullable T fallback;
  private final boolean required;
  private final boolean atLocation;
  private final UnaryOperator<String> shown;

  private Setting(
      String name,
      Kind kind,
      String description,
      String expected,
      Function<Object, T> reader,
      @Nullable T fallback,
      boolean required,
      boolean atLocation,
      UnaryOperator<String> shown) {
    this.name = name;
    this.kind = kind;
    this.description = description;
    this.expected = expected;
    this.reader = reader;
    this.fallback = fallback;
    this.required = required;
    this.atLocation = atLocation;
    this.shown = shown;
  }

  private static <T> Setting<T> of(
      String name, Kind kind, String description, String expected, Function<Object, T> reader) {
    return new Setting<>(
        name, kind, description, expected, reader, null, false, false, UnaryOperator.identity());
  }

  /**
   * {@return a setting that is any text, perhaps empty}
   *
   * @param name lower case with hyphens; a dot stands before a name within another setting
   * @param description what it is for, a phrase
   */
  public static Setting<String> text(String name, String description) {
    return of(name, Kind.TEXT, description, "a text", Setting::readText);
  }

  /**
   * {@return a setting that is one of a few texts}
   *
   * @param name as for {@link #text}
   * @param description as for {@link #text}
   * @param choices the texts
   */
  public static Setting<String> choice(String name, String description, String... choices) {
    List<String> all = List.of(choices);
    return of(
        name,
        Kind.TEXT,
        description,
        String.join(" or ", all),
        value -> {
          String text = readText(value);
          if (!all.contains(text)) {
            throw new IllegalArgumentException(text);
          }
          return text;
        });
  }

  /**
   * {@return a setting that is a whole number}
   *
   * @param name as for {@link #text}
   * @param description as for {@link #text}
   * @param min the smallest
   * @param max the largest
   */
  public static Setting<Integer> integer(String name, String description, int min, int max) {
    return of(
        name,
        Kind.INTEGER,
        description,
        min + " to " + max,
        value -> (int) inBounds(Long.parseLong(readText(value)), min, max));
  }

  /**
   * {@return a setting that is a length of time}
   *
   * @param name as for {@link #text}
   * @param description as for {@link #text}
   * @param min the shortest, whole milliseconds
   * @param max the longest, whole milliseconds
   */
  public static Setting<Duration> duration(
      String name, String description, Duration min, Duration max) {
    return of(
        name,
        Kind.DURATION,
        description,
        "%s to %s, such as 500ms, 10s or 5m".formatted(TimeSpan.text(min), TimeSpan.text(max)),
        value -> {
          Duration duration = TimeSpan.parse(readText(value)).duration();
          inBounds(duration.toMillis(), min.toMillis(), max.toMillis());
          return duration;
        });
  }

  /**
   * {@return a setting that is a number of bytes}
   *
   * @param name as for {@link #text}
   * @param description as for {@link #text}
   * @param min the smallest
   * @param max the largest
   */
  public static Setting<Long> size(String name, String description, long min, long max) {
    return of(
        name,
        Kind.SIZE,
        description,
        "%d to %d bytes, such as 500k, 64m or 64MB".formatted(min, max),
        value -> inBounds(ByteSize.parse(readText(value)).bytes(), min, max));
  }

  /**
   * {@return a setting that is true or false}
   *
   * @param name as for {@link #text}
   * @param description as for {@link #text}
   */
  public static Setting<Boolean> flag(String name, String description) {
    return of(
        name,
        Kind.FLAG,
        description,
        "true or false",
        value ->
            switch (readText(value)) {
              case "true" -> true;
              case "false" -> false;
              default -> throw new IllegalArgumentException("neither");
            });
  }

  /**
   * {@return a setting that is names with a text each, in their order}
   *
   * @param name as for {@link #text}
   * @param description as for {@link #text}
   */
  public static Setting<Map<String, String>> texts(String name, String description) {
    return of(
        name,
        Kind.TEXTS,
        description,
        "names, each with a text",
        value -> readTexts(value, t -> t));
  }

  /**
   * {@return a setting that is a text which is never shown}
   *
   * @param name as for {@link #text}
   * @param description as for {@link #text}
   */
  public static Setting<Secret> secret(String name, String description) {
    return of(name, Kind.SECRET, description, "a text", value -> new Secret(readText(value)));
  }

  /**
   * {@return a setting that is names with a text each, in their order; the texts are never shown}
   *
   * @param name as for {@link #text}
   * @param description as for {@link #text}
   */
  public static Setting<Map<String, Secret>> secrets(String name, String description) {
    return of(
        name,
        Kind.SECRETS,
        description,
        "names, each with a text",
        value -> readTexts(value, Secret::new));
  }

  private static String readText(Object value) {
    if (value instanceof String || value instanceof Number || value instanceof Boolean) {
      return value.toString();
    }
    throw new IllegalArgumentException("no text");
  }

  private static <V> Map<String, V> readTexts(Object value, Function<String, V> reader) {
    if (!(value instanceof Map<?, ?> map)) {
      throw new IllegalArgumentException("no names");
    }
    Map<String, V> texts = new LinkedHashMap<>();
    map.forEach((name, text) -> texts.put(name.toString(), reader.apply(readText(text))));
    return Map.copyOf(texts);
  }

  private static long inBounds(long value, long min, long max) {
    if (value < min || value > max) {
      throw new IllegalArgumentException("out of bounds");
    }
    return value;
  }

  /**
   * {@return this setting, with a value that holds without it}
   *
   * @param value what holds
   */
  public Setting<T> orElse(T value) {
    return new Setting<>(
        name, kind, description, expected, reader, value, required, atLocation, shown);
  }

  /**
   * {@return this setting, which must be given}
   *
   * @param form what is expected, for messages: {@code a query with :key}
   */
  public Setting<T> required(String form) {
    return new Setting<>(name, kind, description, form, reader, fallback, true, atLocation, shown);
  }

  /** {@return this setting, which is the text behind the colon on the command line} */
  public Setting<T> atLocation() {
    return new Setting<>(
        name, kind, description, expected, reader, fallback, required, true, shown);
  }

  /**
   * {@return this setting, whose values are shown in another way than they are written}
   *
   * @param way leaves out what is secret
   */
  public Setting<T> shownAs(UnaryOperator<String> way) {
    return new Setting<>(
        name, kind, description, expected, reader, fallback, required, atLocation, way);
  }

  /**
   * {@return how a value is shown in messages and pages, without secrets}
   *
   * @param value as given, valid or not
   */
  public String shown(@Nullable Object value) {
    return isSecret() ? Secret.MASK : shown.apply(String.valueOf(value));
  }

  /**
   * Reads a value.
   *
   * @param value a text, a number, a truth value, or a map
   * @throws IllegalArgumentException if it is not as expected; the message may contain the value
   */
  T read(Object value) {
    return reader.apply(value);
  }

  /** {@return its name, such as {@code max-wait} or {@code invalidate.listen}} */
  public String name() {
    return name;
  }

  /** {@return what it looks like in a file} */
  public Kind kind() {
    return kind;
  }

  /** {@return what it is for} */
  public String description() {
    return description;
  }

  /** {@return what a value of it must be, for messages} */
  public String expected() {
    return expected;
  }

  /** {@return what holds without it, or null if nothing does} */
  public @Nullable T fallback() {
    return fallback;
  }

  /** {@return whether it must be given} */
  public boolean isRequired() {
    return required;
  }

  /** {@return whether it is the text behind the colon on the command line} */
  public boolean isAtLocation() {
    return atLocation;
  }

  /** {@return whether its values are never shown} */
  public boolean isSecret() {
    return kind == Kind.SECRET || kind == Kind.SECRETS;
  }

  @Override
  public String toString() {
    return name;
  }
}
