package io.dawncache.node.config;

import com.google.gson.JsonObject;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What may stand behind a key: how it is read, and how it is described to editors.
 *
 * @param <T> what it is read as
 */
final class ValueType<T> {
  /** Reads a value, or adds a mistake and returns null. */
  @FunctionalInterface
  interface Form<T> {
    @Nullable T read(Yaml value, String path, Mistakes mistakes);
  }

  private final String word;
  private final JsonObject schema;
  private final Form<T> form;

  /**
   * Makes a type.
   *
   * @param word stands for a value in help and documentation, such as {@code TIME}
   * @param schema a JSON schema of the value
   */
  ValueType(String word, JsonObject schema, Form<T> form) {
    this.word = word;
    this.schema = schema;
    this.form = form;
  }

  /**
   * Returns a type that is read from a text.
   *
   * @param parse throws an {@link IllegalArgumentException} whose message ends with "(expected:
   *     ...)"
   */
  static <T> ValueType<T> ofText(String word, JsonObject schema, Function<String, T> parse) {
    return new ValueType<>(
        word, schema, (value, path, mistakes) -> readText(value, path, mistakes, parse));
  }

  static <T> @Nullable T readText(
      Yaml value, String path, Mistakes mistakes, Function<String, T> parse) {
    boolean isText = value instanceof Yaml.Text text && !text.isNull();
    try {
      T read = parse.apply(isText ? ((Yaml.Text) value).text() : "");
      if (isText) {
        return read;
      }
      mistakes.addUnexpected(value, path, "a text");
    } catch (IllegalArgumentException e) {
      mistakes.add(value, path, e);
    }
    return null;
  }

  String word() {
    return word;
  }

  JsonObject schema() {
    return schema.deepCopy();
  }

  /** Reads a value, or adds a mistake and returns null. */
  @Nullable T read(Yaml value, String path, Mistakes mistakes) {
    return form.read(value, path, mistakes);
  }
}
