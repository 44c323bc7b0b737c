package io.dawncache.node.origin.jdbc;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A query with the named parameter {@code :key} or {@code :keys}, cut at the parameters so that
 * JDBC's {@code ?} can stand there.
 *
 * <p>A colon within quotes, a comment or a dollar-quoted text begins no parameter, nor does one of
 * {@code ::} or {@code :=}. {@code any(:keys)} takes all keys as one array; anywhere else {@code
 * :keys} becomes a list of placeholders.
 */
final class NamedQuery {
  private static final Pattern ANY = Pattern.compile("\\b(any|all|some)\\s*\\(\\s*$");

  /** How a text between dollars begins and ends in PostgreSQL. */
  private static final Pattern DOLLARS = Pattern.compile("\\$(?:[A-Za-z_][A-Za-z0-9_]*)?\\$");

  private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

  private final String parameter;
  private final List<String> parts;
  private final boolean ofArray;

  private NamedQuery(String parameter, List<String> parts) {
    this.parameter = parameter;
    this.parts = List.copyOf(parts);
    this.ofArray =
        parts.subList(0, parts.size() - 1).stream()
            .anyMatch(part -> ANY.matcher(part.toLowerCase(Locale.ROOT)).find());
  }

  /**
   * Reads a query.
   *
   * @param sql the text
   * @param parameter the name without its colon, {@code key} or {@code keys}
   * @param backslashes whether a backslash escapes a quote in any text, as in MariaDB
   * @throws IllegalArgumentException if the parameter is missing, or another one occurs, or a quote
   *     or a comment does not end; the message is what is expected
   */
  static NamedQuery parse(String sql, String parameter, boolean backslashes) {
    List<String> parts = new ArrayList<>();
    int start = 0;
    int at = 0;
    while (at < sql.length()) {
      int end = skip(sql, at, backslashes);
      if (end > at) {
        at = end;
        continue;
      }
      Matcher name = NAME.matcher(sql).region(at + 1, sql.length());
      if (sql.charAt(at) == ':' && name.lookingAt()) {
        end = name.end();
        if (!sql.substring(at + 1, end).equals(parameter)) {
          throw new IllegalArgumentException(
              "a query with :" + parameter + " and no " + sql.substring(at, end));
        }
        parts.add(sql.substring(start, at));
        start = end;
        at = end;
      } else {
        at++;
      }
    }
    if (parts.isEmpty()) {
      throw new IllegalArgumentException("a query with :" + parameter);
    }
    parts.add(sql.substring(start));
    return new NamedQuery(parameter, parts);
  }

  /** Returns where what begins at {@code at} and can hold no parameter ends; else {@code at}. */
  private static int skip(String sql, int at, boolean backslashes) {
    char first = sql.charAt(at);
    if (first == '\'') {
      return endOfQuote(sql, at, backslashes || isEscapeString(sql, at));
    }
    if (first == '"' || first == '`') {
      return endOfQuote(sql, at, backslashes && first == '"');
    }
    if (sql.startsWith("--", at)) {
      int line = sql.indexOf('\n', at);
      return line < 0 ? sql.length() : line + 1;
    }
    if (sql.startsWith("/*", at)) {
      return endOf(sql.indexOf("*/", at + 2), 2, "a comment that ends");
    }
    if (sql.startsWith("::", at) || sql.startsWith(":=", at)) {
      return at + 2;
    }
    return first == '$' ? endOfDollarQuote(sql, at) : at;
  }

  /** PostgreSQL's E'...', in which a backslash escapes a quote. */
  private static boolean isEscapeString(String sql, int quote) {
    return quote > 0
        && (sql.charAt(quote - 1) == 'E' || sql.charAt(quote - 1) == 'e')
        && (quote == 1 || !Character.isJavaIdentifierPart(sql.charAt(quote - 2)));
  }

  private static int endOfQuote(String sql, int at, boolean backslashes) {
    char quote = sql.charAt(at);
    for (int i = at + 1; i < sql.length(); i++) {
      if (backslashes && sql.charAt(i) == '\\') {
        i++;
      } else if (sql.charAt(i) == quote) {
        return i + 1; // a doubled quote begins the next text at once
      }
    }
    throw new IllegalArgumentException("a query whose quotes end");
  }

  private static int endOfDollarQuote(String sql, int at) {
    if (at > 0 && Character.isJavaIdentifierPart(sql.charAt(at - 1))) {
      return at; // within a name
    }
    Matcher tag = DOLLARS.matcher(sql).region(at, sql.length());
    if (!tag.lookingAt()) {
      return at;
    }
    return endOf(sql.indexOf(tag.group(), tag.end()), tag.group().length(), "quotes that end");
  }

  private static int endOf(int found, int length, String expected) {
    if (found < 0) {
      throw new IllegalArgumentException("a query with " + expected);
    }
    return found + length;
  }

  /** Returns whether all keys are one value, an array. */
  boolean isOfArray() {
    return ofArray;
  }

  /** Returns how often the parameter occurs. */
  int occurrences() {
    return parts.size() - 1;
  }

  /** Returns the query for JDBC, with this many placeholders at each parameter. */
  String sql(int placeholders) {
    return String.join(String.join(", ", Collections.nCopies(placeholders, "?")), parts);
  }

  @Override
  public String toString() {
    return String.join(":" + parameter, parts);
  }
}
