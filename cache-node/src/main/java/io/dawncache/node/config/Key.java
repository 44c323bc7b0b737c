package io.dawncache.node.config;

import com.google.gson.JsonObject;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A row of a {@link KeyTable}: all that the program knows of one key. Reading, {@code
 * --print-config}, the schema, the options of the command line and the documentation are made of
 * it.
 *
 * @param <B> the builder of which the key sets a property
 * @param <T> what its value is read as
 */
public final class Key<B, T> {
  private final String path;
  private final ValueType<T> type;
  private final @Nullable String fallback;
  private final String description;
  private final BiConsumer<B, T> property;

  private @Nullable String flag;
  private @Nullable String flagDescription;
  private boolean fileFlag;
  private String propertyName;

  /**
   * Makes a key that no flag sets.
   *
   * @param path the key, with a dot behind its section if it is in one
   * @param fallback what is in force if nothing sets it, as the file would have it; null if that
   *     cannot be written
   * @param description for help, editors and the documentation; ends with a full stop
   * @param property sets the builder's property
   */
  Key(
      String path,
      ValueType<T> type,
      @Nullable String fallback,
      String description,
      BiConsumer<B, T> property) {
    this.path = path;
    this.type = type;
    this.fallback = fallback;
    this.description = description;
    this.property = property;
    this.propertyName = name().replace("-", "");
  }

  /** Returns this key after adding the flag with the name of the key, without its section. */
  Key<B, T> withFlag() {
    return withFlag("--" + name());
  }

  /** Returns this key after adding a flag. */
  Key<B, T> withFlag(String flag) {
    this.flag = flag;
    return this;
  }

  /** Returns this key after adding a flag that names a file with the value: it is a secret. */
  Key<B, T> withFileFlag(String flag) {
    this.fileFlag = true;
    return withFlag(flag);
  }

  /** Returns this key after adding another description of its flag. */
  Key<B, T> describedAs(String flagDescription) {
    this.flagDescription = flagDescription;
    return this;
  }

  /** Returns this key after noting that exceptions give the property another name than the key. */
  Key<B, T> named(String propertyName) {
    this.propertyName = propertyName;
    return this;
  }

  /** Returns the key, with a dot behind its section if it is in one. */
  public String path() {
    return path;
  }

  /** Returns the key without its section. */
  String name() {
    return path.substring(path.indexOf('.') + 1);
  }

  /** Returns the section with a dot, or nothing. */
  String section() {
    return path.substring(0, path.indexOf('.') + 1);
  }

  /** Returns the flag that sets the key, or null. */
  public @Nullable String flag() {
    return flag;
  }

  /** Returns whether the flag names a file with the value; the value is then never shown. */
  boolean hasFileFlag() {
    return fileFlag;
  }

  /** Returns what stands for a value in help and documentation. */
  public String word() {
    return type.word();
  }

  /** Returns what stands for the flag's value in help. */
  public String flagWord() {
    return fileFlag ? "FILE" : type.word();
  }

  /** Returns what is in force if nothing sets the key, or null if that cannot be written. */
  public @Nullable String fallback() {
    return fallback;
  }

  /** Returns the description for editors and the documentation. */
  public String description() {
    return description;
  }

  /** Returns the description of the flag. */
  public String flagDescription() {
    return flagDescription == null ? description : flagDescription;
  }

  JsonObject schema() {
    return type.schema();
  }

  /** Returns the value read, or null after adding a mistake. */
  @Nullable T read(Yaml value, String path, Mistakes mistakes) {
    return type.read(value, path, mistakes);
  }

  /** Reads the value and sets the property to it, or adds a mistake. */
  void apply(Yaml value, B builder, String path, Mistakes mistakes) {
    T read = type.read(value, path, mistakes);
    if (read != null) {
      try {
        property.accept(builder, read);
      } catch (IllegalArgumentException e) {
        mistakes.add(value, path, e);
      }
    }
  }

  /** Returns whether the property, as exceptions name it, is that of this key. */
  boolean isProperty(String property) {
    return propertyName.equalsIgnoreCase(property);
  }

  @Override
  public String toString() {
    return path;
  }
}
