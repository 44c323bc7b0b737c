package io.dawncache.node.text;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** The constants of an enum as command lines and pages show them: {@code TINY_LFU} is tinylfu. */
public final class Choice {
  private Choice() {}

  /** Returns the name of {@code choice} in lower case, without underscores. */
  public static String label(Enum<?> choice) {
    return choice.name().toLowerCase(Locale.ROOT).replace("_", "");
  }

  /**
   * Reads one of the labels, in lower or upper case.
   *
   * @throws IllegalArgumentException if it is none of them
   */
  public static <E extends Enum<E>> E parse(Class<E> choices, String text) {
    for (E choice : choices.getEnumConstants()) {
      if (label(choice).equalsIgnoreCase(text)) {
        return choice;
      }
    }
    throw new IllegalArgumentException(
        text
            + " (expected: "
            + Arrays.stream(choices.getEnumConstants())
                .map(Choice::label)
                .collect(Collectors.joining(" or "))
            + ")");
  }
}
