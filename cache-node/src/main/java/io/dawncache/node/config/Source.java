package io.dawncache.node.config;

/**
 * Where a value was written: a place in a file, a variable of the environment, or a flag.
 *
 * @param name the file, the variable such as {@code DAWNCACHE_LISTEN}, or the flag such as {@code
 *     --listen}
 * @param line from 1; 0 if this is no place in a file
 * @param column from 1; 0 if this is no place in a file
 */
public record Source(String name, int line, int column) {
  /** Returns a place in a file. */
  static Source inFile(String file, int line, int column) {
    return new Source(file, line, column);
  }

  /** Returns the source of values from a variable of the environment or a flag. */
  public static Source named(String name) {
    return new Source(name, 0, 0);
  }

  /** Returns whether this is a place in a file. */
  boolean isInFile() {
    return line > 0;
  }

  /** Returns the file and line, or the name of the variable or flag. */
  public String shortly() {
    return isInFile() ? name + ":" + line : name;
  }

  /** Returns {@code FILE:LINE:COLUMN}, or the name of the variable or flag. */
  @Override
  public String toString() {
    return isInFile() ? name + ":" + line + ":" + column : name;
  }
}
