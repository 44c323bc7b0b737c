package io.dawncache.server.testing;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A plain text file of cases: each a section with its name in brackets, and lines {@code key =
 * text}. Lines before the first section define words that later texts name, as {@code <NAME>}.
 * Lines that begin with {@code #} are comments.
 *
 * <p>A text is bytes, a char each: {@code \r}, {@code \n}, {@code \t}, {@code \\}, {@code \<} and
 * {@code \xHH} are escapes, and {@code \{N*TEXT}} is TEXT N times.
 */
public final class Corpus {
  /** One section of the file. */
  public static final class Case {
    private final String name;
    private final int line;
    private final Map<String, List<String>> texts = new LinkedHashMap<>();

    Case(String name, int line) {
      this.name = name;
      this.line = line;
    }

    /** Returns all texts of this key, in their order. */
    public List<String> all(String key) {
      return texts.getOrDefault(key, List.of());
    }

    /** Returns all texts of this key, one behind the other. */
    public String text(String key) {
      return String.join("", all(key));
    }

    /** Returns whether it has the key. */
    public boolean has(String key) {
      return texts.containsKey(key);
    }

    @Override
    public String toString() {
      return line + ": " + name;
    }
  }

  private final String file;
  private final Set<String> keys;
  private final Map<String, String> words = new HashMap<>();
  private final List<Case> cases = new ArrayList<>();
  private int line;

  private Corpus(String file, Set<String> keys) {
    this.file = file;
    this.keys = keys;
  }

  /**
   * Reads a file that lies in the folder {@code corpus} beside {@code io.dawncache.server}.
   *
   * @param keys what the sections may have
   */
  public static List<Case> read(String file, Set<String> keys) throws IOException {
    return read(Corpus.class, "/io/dawncache/server/corpus/" + file, keys);
  }

  /**
   * Reads a resource.
   *
   * @param beside a class of its class path
   * @param keys what the sections may have
   */
  public static List<Case> read(Class<?> beside, String resource, Set<String> keys)
      throws IOException {
    try (InputStream in = beside.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IOException(resource + ": not there");
      }
      Corpus corpus = new Corpus(resource, keys);
      new String(in.readAllBytes(), US_ASCII).lines().forEach(corpus::read);
      return corpus.cases;
    }
  }

  private void read(String text) {
    line++;
    if (text.startsWith("[") && text.endsWith("]")) {
      begin(text.substring(1, text.length() - 1));
    } else if (!text.isBlank() && !text.startsWith("#")) {
      int equals = text.indexOf('=');
      check(equals > 0, "expected: KEY = TEXT");
      add(text.substring(0, equals).strip(), text.substring(equals + 1).strip());
    }
  }

  private void begin(String name) {
    check(cases.stream().noneMatch(other -> other.name.equals(name)), "this name twice");
    cases.add(new Case(name, line));
  }

  private void add(String key, String text) {
    String bytes = new Text(text).bytes();
    if (cases.isEmpty()) {
      check(words.put(key, bytes) == null, "this word twice");
    } else {
      check(keys.contains(key), key + " (expected: one of " + keys + ")");
      Case last = cases.get(cases.size() - 1);
      last.texts.computeIfAbsent(key, k -> new ArrayList<>()).add(bytes);
    }
  }

  private void check(boolean right, String wrong) {
    if (!right) {
      throw new IllegalArgumentException(file + ", line " + line + ": " + wrong);
    }
  }

  /** One text, read from its first char to its last. */
  private final class Text {
    private final String raw;
    private int at;

    Text(String raw) {
      this.raw = raw;
    }

    String bytes() {
      String bytes = bytesTo('\0');
      check(at == raw.length(), "a } too many");
      return bytes;
    }

    /** Reads to the char {@code end} or to the end. */
    private String bytesTo(char end) {
      StringBuilder bytes = new StringBuilder();
      while (at < raw.length() && raw.charAt(at) != end) {
        char c = raw.charAt(at++);
        switch (c) {
          case '\\' -> bytes.append(escaped(raw.charAt(at++)));
          case '<' -> bytes.append(word());
          default -> bytes.append(c);
        }
      }
      return bytes.toString();
    }

    private String escaped(char c) {
      return switch (c) {
        case 'r' -> "\r";
        case 'n' -> "\n";
        case 't' -> "\t";
        case '\\', '<' -> String.valueOf(c);
        case 'x' -> hex();
        case '{' -> repeated();
        default -> throw new IllegalArgumentException(file + ", line " + line + ": \\" + c);
      };
    }

    private String hex() {
      at += 2;
      return String.valueOf((char) Integer.parseInt(raw.substring(at - 2, at), 16));
    }

    private String repeated() {
      int star = raw.indexOf('*', at);
      int times = Integer.parseInt(raw.substring(at, star));
      at = star + 1;
      String once = bytesTo('}');
      check(at < raw.length(), "\\{ without }");
      at++;
      return once.repeat(times);
    }

    private String word() {
      int close = raw.indexOf('>', at);
      String name = close < 0 ? "" : raw.substring(at, close);
      check(words.containsKey(name), "<" + name + "> (expected: a word that is defined)");
      at = close + 1;
      return words.get(name);
    }
  }

  /** Returns the bytes of a text. */
  public static byte[] bytes(String text) {
    return text.getBytes(ISO_8859_1);
  }

  /** Returns the text in parts of this length, the last of which may be shorter. */
  public static List<String> parts(String text, int length) {
    List<String> parts = new ArrayList<>();
    for (int from = 0; from < text.length(); from += length) {
      parts.add(text.substring(from, Math.min(text.length(), from + length)));
    }
    return parts;
  }
}
