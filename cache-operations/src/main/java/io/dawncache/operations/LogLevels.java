package io.dawncache.operations;

import java.util.Map;

/**
 * The levels of a program's loggers, as the listener shows and changes them at {@code /log}.
 *
 * @since 0.1.0
 */
public interface LogLevels {
  /** {@return the loggers whose level is set, and their levels, such as {@code info}} */
  Map<String, String> levels();

  /**
   * Sets the level of a logger and of those below it that have none of their own.
   *
   * @param logger its name, such as {@code io.dawncache}; empty for the root
   * @param level one that the logging system knows
   * @throws IllegalArgumentException if there is no such level; says which there are
   */
  void set(String logger, String level);
}
