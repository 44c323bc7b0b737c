package io.dawncache.node.config;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Collects what is wrong with a configuration, so that all of it is reported at once. Not
 * thread-safe.
 */
public final class Mistakes {
  private static final int MOST = 100;
  private static final String EXPECTED = "(expected";

  private record Mistake(Source at, String text) {}

  private final Set<Mistake> mistakes = new LinkedHashSet<>();
  private boolean more;

  /** Makes an empty collection. */
  public Mistakes() {}

  /**
   * Adds a wrong value.
   *
   * @param path the key, such as {@code groups.scores.ttl}
   * @param reason why its reader refused the value; what was expected is taken from its message
   */
  public void add(Yaml value, String path, IllegalArgumentException reason) {
    add(value.at(), path, value.shown() + " " + expectation(reason, value));
  }

  /** Adds a value of another kind than expected. */
  void addUnexpected(Yaml value, String path, String expected) {
    add(value.at(), path, value.shown() + " (expected: " + expected + ")");
  }

  /**
   * Adds a mistake.
   *
   * @param path the key, shown beside a place in a file; a flag and a variable name it themselves
   * @param text what is wrong, then what was expected
   */
  public void add(Source at, String path, String text) {
    String line = Yaml.shown(path) + ": " + text;
    addLine(at, at.isInFile() && !path.isEmpty() ? line : text);
  }

  /** Adds all of {@code others}. */
  void addAll(Mistakes others) {
    others.mistakes.forEach(mistake -> addLine(mistake.at(), mistake.text()));
    more |= others.more;
  }

  private void addLine(Source at, String text) {
    if (mistakes.size() < MOST) {
      mistakes.add(new Mistake(at, text));
    } else {
      more = true;
    }
  }

  /** Returns the part of the message from "(expected" on; all of it if there is no such part. */
  private static String expectation(IllegalArgumentException reason, Yaml value) {
    String message = String.valueOf(reason.getMessage());
    int begin = message.indexOf(EXPECTED);
    boolean secret = value instanceof Yaml.Text text && text.isSecret();
    return begin >= 0 ? message.substring(begin) : secret ? "(expected: another)" : message;
  }

  /** Returns whether there is none. */
  public boolean isEmpty() {
    return mistakes.isEmpty();
  }

  /**
   * Returns a line for each, flags and variables first, then by their places: {@code
   * FILE:LINE:COLUMN: KEY: VALUE (expected: ...)}.
   */
  public List<String> lines() {
    List<String> lines = new ArrayList<>();
    mistakes.stream()
        .sorted(
            Comparator.comparingInt((Mistake mistake) -> mistake.at().line())
                .thenComparingInt(mistake -> mistake.at().column()))
        .forEach(mistake -> lines.add(mistake.at() + ": " + mistake.text()));
    if (more) {
      lines.add("and more than these " + MOST + " mistakes");
    }
    return lines;
  }
}
