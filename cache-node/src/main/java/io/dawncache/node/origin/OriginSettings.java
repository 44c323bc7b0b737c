package io.dawncache.node.origin;

import io.dawncache.node.origin.WrongSettingsException.Mistake;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What a configuration says of one group's origin, read and checked: every value has its type and
 * is within its bounds. Immutable.
 *
 * @since 0.1.0
 */
public final class OriginSettings {
  private final String group;
  private final Origin origin;
  private final boolean ofCommandLine;
  private final Map<String, Object> values;

  /** The values as they were given, for messages. */
  private final Map<String, Object> given;

  private OriginSettings(
      String group,
      Origin origin,
      boolean ofCommandLine,
      Map<String, Object> values,
      Map<String, Object> given) {
    this.group = group;
    this.origin = origin;
    this.ofCommandLine = ofCommandLine;
    this.values = values;
    this.given = given;
  }

  /**
   * {@return the settings that the command line gives: what follows the colon}
   *
   * @param group the group's name
   * @param origin whose settings they are
   * @param location what follows the first colon, perhaps empty
   * @throws WrongSettingsException if it is no value of the setting at the location
   */
  public static OriginSettings ofLocation(String group, Origin origin, String location) {
    Map<String, Object> given = new LinkedHashMap<>();
    Setting<?> place =
        origin.settings().stream().filter(Setting::isAtLocation).findFirst().orElse(null);
    if (place != null) {
      given.put(place.name(), location);
    } else if (!location.isEmpty()) {
      throw WrongSettingsException.ofLocation(
          origin.scheme(), new Mistake("location", location, origin.form()));
    }
    return read(group, origin, true, given);
  }

  /**
   * {@return the settings that a file gives}
   *
   * @param group the group's name
   * @param origin whose settings they are
   * @param given texts, numbers, truth values, and maps of them, by name
   * @throws WrongSettingsException if some are unknown, missing, or not as expected
   */
  public static OriginSettings of(String group, Origin origin, Map<String, ?> given) {
    Map<String, Object> flat = new LinkedHashMap<>();
    flatten("", given, byName(origin), flat);
    return read(group, origin, false, flat);
  }

  /** A map is a value if a setting has its name; else it holds settings with longer names. */
  private static void flatten(
      String prefix, Map<?, ?> given, Map<String, Setting<?>> known, Map<String, Object> flat) {
    given.forEach(
        (key, value) -> {
          String name = prefix + key;
          if (value instanceof Map<?, ?> map && !known.containsKey(name)) {
            flatten(name + ".", map, known, flat);
          } else {
            flat.put(name, value == null ? "" : value);
          }
        });
  }

  private static Map<String, Setting<?>> byName(Origin origin) {
    Map<String, Setting<?>> byName = new TreeMap<>();
    origin.settings().forEach(setting -> byName.put(setting.name(), setting));
    return byName;
  }

  private static OriginSettings read(
      String group, Origin origin, boolean ofCommandLine, Map<String, Object> given) {
    Map<String, Setting<?>> known = byName(origin);
    List<Mistake> mistakes = new ArrayList<>();
    Map<String, Object> values = new LinkedHashMap<>();
    given.forEach(
        (name, value) -> {
          Setting<?> setting = known.get(name);
          if (setting == null) {
            mistakes.add(new Mistake(name, "unknown", Nearest.of(name, known.keySet())));
            return;
          }
          try {
            values.put(name, setting.read(value));
          } catch (IllegalArgumentException e) {
            mistakes.add(new Mistake(name, setting.shown(value), setting.expected()));
          }
        });
    for (Setting<?> setting : known.values()) {
      if (setting.isRequired() && !given.containsKey(setting.name())) {
        mistakes.add(new Mistake(setting.name(), "missing", setting.expected()));
      }
    }
    if (!mistakes.isEmpty()) {
      throw WrongSettingsException.of(origin.scheme(), mistakes);
    }
    return new OriginSettings(group, origin, ofCommandLine, values, given);
  }

  /** {@return the name of the group} */
  public String group() {
    return group;
  }

  /**
   * {@return the value of {@code setting}: what is given, else what holds without it}
   *
   * @param setting one that is required or has such a value
   * @param <T> the type of its values
   * @throws IllegalStateException if it is neither given nor has one
   */
  public <T> T get(Setting<T> setting) {
    return find(setting)
        .orElseThrow(() -> new IllegalStateException("setting " + setting + ": not given"));
  }

  /**
   * {@return the value of {@code setting}, or empty if nothing gives one}
   *
   * @param setting one of the origin
   * @param <T> the type of its values
   */
  @SuppressWarnings("unchecked") // read by this setting, or one of the same name
  public <T> Optional<T> find(Setting<T> setting) {
    Object value = values.get(setting.name());
    return Optional.ofNullable(value == null ? setting.fallback() : (T) value);
  }

  /**
   * {@return the exception that says what is wrong with a value, to be thrown by {@link
   * Origin#open}}
   *
   * @param setting one that is given
   * @param expected what the value should be
   */
  public WrongSettingsException wrong(Setting<?> setting, String expected) {
    Mistake mistake =
        new Mistake(setting.name(), setting.shown(given.get(setting.name())), expected);
    return ofCommandLine
        ? WrongSettingsException.ofLocation(origin.scheme(), mistake)
        : WrongSettingsException.of(origin.scheme(), List.of(mistake));
  }

  /** Returns what is given, secrets masked. */
  @Override
  public String toString() {
    Map<String, String> shown = new LinkedHashMap<>();
    Map<String, Setting<?>> known = byName(origin);
    values
        .keySet()
        .forEach(
            name -> {
              Setting<?> setting = known.get(name);
              shown.put(name, setting == null ? "" : setting.shown(given.get(name)));
            });
    return group + "=" + origin.scheme() + shown;
  }
}
