package io.dawncache.node;

import io.dawncache.core.Getter;

/**
 * A kind of place where values come from, named on the command line as {@code SCHEME:LOCATION}.
 *
 * <p>{@code files} and {@code http} come with the program. To add one, implement this interface
 * with a public constructor without parameters, name the class in a file {@code
 * META-INF/services/io.dawncache.node.Origin} of your jar, and put the jar on the class path;
 * {@link java.util.ServiceLoader} finds it there.
 */
public interface Origin {
  /** Returns what stands before the first colon, unlike that of any other origin. */
  String scheme();

  /** Returns how the origin is written, for messages, such as {@code files:DIR}. */
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
   * @return the way to it, used from then on under the rules of {@link Getter}
   * @throws IllegalArgumentException if the location cannot be one, with a message of one line that
   *     names the value, then the expectation; it ends the program with exit code 2
   */
  Getter open(String location);
}
