package io.dawncache.node.origin;

import java.util.List;

/**
 * A kind of place from which values are loaded: {@code SCHEME:LOCATION} on the command line, a
 * scheme with settings in a file.
 *
 * <p>To add one to those that come with the program, implement this interface with a public
 * constructor without parameters, name the class in a file {@code
 * META-INF/services/io.dawncache.node.origin.Origin} of your jar, and put the jar into {@code
 * plugins/} or on the class path; {@link java.util.ServiceLoader} finds it there. docs/origins.md
 * has an example.
 *
 * @since 0.1.0
 */
public interface Origin {
  /** {@return the part before the first colon, unique among the origins} */
  String scheme();

  /** {@return how to write the origin, for messages, such as {@code files:DIR}} */
  default String form() {
    return scheme() + ":LOCATION";
  }

  /** {@return what it does, in a few words for {@code --help}} */
  default String description() {
    return "by " + getClass().getName();
  }

  /**
   * {@return all settings that it reads, each with its type and bounds} They are read and checked
   * before {@link #open} is called, and others are refused. At most one is {@linkplain
   * Setting#atLocation() at the location}; without one, the command line allows no text behind the
   * colon.
   */
  default List<Setting<?>> settings() {
    return List.of(Setting.LOCATION);
  }

  /**
   * Opens the place for one group, once. It must not wait for a place that cannot be reached: the
   * node starts all the same, loads fail, and work again when the place is back.
   *
   * @param settings those of {@link #settings}, with valid values
   * @return the open place, which the caller closes
   * @throws WrongSettingsException if the values are not valid for a reason that types and bounds
   *     do not tell; see {@link OriginSettings#wrong}
   */
  OpenOrigin open(OriginSettings settings);
}
