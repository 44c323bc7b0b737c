package io.dawncache.node;

import io.dawncache.core.Getter;

/**
 * A kind of place from which values are loaded, named on the command line as {@code
 * SCHEME:LOCATION}.
 *
 * <p>{@code files} and {@code http} come with the program. To add one, implement this interface
 * with a public constructor without parameters, name the class in a file {@code
 * META-INF/services/io.dawncache.node.Origin} of your jar, and put the jar on the class path;
 * {@link java.util.ServiceLoader} finds it there.
 */
public interface Origin {
  /** Returns the part before the first colon, unique among the origins. */
  String scheme();

  /** Returns how to write the origin, for messages, such as {@code files:DIR}. */
  default String form() {
    return scheme() + ":LOCATION";
  }

  /** Returns what it does, in a few words for {@code --help}. */
  default String description() {
    return "by " + getClass().getName();
  }

  /**
   * Opens the place for one group, once, while the command line is read.
   *
   * @param location all that follows the first colon
   * @return the getter of the place, used from then on under the rules of {@link Getter}
   * @throws IllegalArgumentException if the location is invalid, with a message of one line that
   *     names the value, then the expectation; the program then exits with 2
   */
  Getter open(String location);
}
