package io.dawncache.node.origin;

import java.util.List;
import java.util.stream.Collectors;

/**
 * The settings of an origin are wrong; names all mistakes at once.
 *
 * @since 0.1.0
 */
public final class WrongSettingsException extends IllegalArgumentException {
  private static final long serialVersionUID = 1;

  /**
   * One mistake.
   *
   * @param setting the name, dotted if the setting is within another: {@code invalidate.listen}
   * @param found the value, masked if it is secret; or {@code missing}, or {@code unknown}
   * @param expected what it should be
   */
  public record Mistake(String setting, String found, String expected) {
    @Override
    public String toString() {
      return setting + ": " + found + " (expected: " + expected + ")";
    }
  }

  private final transient List<Mistake> mistakes;

  private WrongSettingsException(String message, List<Mistake> mistakes) {
    super(message);
    this.mistakes = List.copyOf(mistakes);
  }

  /** Returns one whose message has all mistakes, at least one, each behind the scheme. */
  static WrongSettingsException of(String scheme, List<Mistake> mistakes) {
    return new WrongSettingsException(
        mistakes.stream().map(mistake -> scheme + "." + mistake).collect(Collectors.joining("; ")),
        mistakes);
  }

  /** Returns the mistake of a location, whose message is what the command line says: no name. */
  static WrongSettingsException ofLocation(String scheme, Mistake mistake) {
    return new WrongSettingsException(
        scheme + ":" + mistake.found() + " (expected: " + mistake.expected() + ")",
        List.of(mistake));
  }

  /** {@return the mistakes, at least one} */
  public List<Mistake> mistakes() {
    return mistakes;
  }
}
