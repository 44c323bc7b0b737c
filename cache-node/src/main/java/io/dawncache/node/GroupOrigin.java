package io.dawncache.node;

import io.dawncache.node.origin.GuardedOrigin;
import io.dawncache.node.origin.Origins;

/**
 * A group named on the command line, its origin open.
 *
 * @param name never empty
 * @param origin the open origin
 */
record GroupOrigin(String name, GuardedOrigin origin) {
  /**
   * Reads {@code NAME=ORIGIN}.
   *
   * @throws IllegalArgumentException if it has another form, or the origin cannot be opened
   */
  static GroupOrigin parse(String text, Origins origins) {
    int equals = text.indexOf('=');
    if (equals < 1) {
      throw new IllegalArgumentException(
          text + " (expected: NAME=ORIGIN, such as scores=files:DIR)");
    }
    String name = text.substring(0, equals);
    return new GroupOrigin(name, origins.open(name, text.substring(equals + 1)));
  }
}
