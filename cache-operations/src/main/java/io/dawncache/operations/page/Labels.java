package io.dawncache.operations.page;

import java.util.Locale;

/** The constants of enums as pages show them: {@code TINY_LFU} is tinylfu. */
public final class Labels {
  private Labels() {}

  /** Returns the name of {@code choice} in lower case, without underscores. */
  public static String of(Enum<?> choice) {
    return choice.name().toLowerCase(Locale.ROOT).replace("_", "");
  }
}
