package io.dawncache.node;

import io.dawncache.core.Getter;

/**
 * A group named on the command line, its origin open.
 *
 * @param name never empty
 * @param getter the open origin
 */
record GroupOrigin(String name, Getter getter) {
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
    return new GroupOrigin(text.substring(0, equals), origins.open(text.substring(equals + 1)));
  }
}
