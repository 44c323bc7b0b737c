package io.dawncache.server.testing;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.dawncache.core.ByteView;
import io.dawncache.core.Loaded;
import io.dawncache.server.Dialect;
import io.dawncache.server.wire.pb.Response;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A case of {@code http.corpus}: the bytes that a client sends, and what they are answered with.
 *
 * @param name its line and its name
 * @param dialect of the node that is asked
 * @param bytes that the node reads, a char each
 * @param halfClosed whether the client ends its side after them
 * @param verdict what is expected, as {@link #verdict(String, boolean)} returns it
 */
public record HttpCase(
    String name, Dialect dialect, String bytes, boolean halfClosed, String verdict) {
  private static final Set<String> KEYS = Set.of("rfc", "dialect", "send", "end", "expect");
  private static final Pattern EXPECTED =
      Pattern.compile("(\\d{3})( head| \".*?\")?, ", Pattern.DOTALL);
  private static final Pattern HEAD =
      Pattern.compile("HTTP/1\\.1 (\\d{3}) [^\r\n]+\r\n((?:[^:\r\n]+: [^\r\n]*\r\n)*)\r\n");
  private static final Pattern CHUNK = Pattern.compile("([0-9a-f]+)\r\n");

  /** Returns all cases of the file. */
  public static List<HttpCase> all() throws IOException {
    return Corpus.read("http.corpus", KEYS).stream().map(HttpCase::of).toList();
  }

  private static HttpCase of(Corpus.Case from) {
    if (!from.has("rfc") || !from.has("send") || !from.has("expect")) {
      throw new IllegalArgumentException(from + " (expected: rfc, send and expect)");
    }
    return new HttpCase(
        from.toString(),
        from.has("dialect")
            ? Dialect.valueOf(from.text("dialect").toUpperCase(Locale.ROOT))
            : Dialect.DAWNCACHE,
        from.text("send"),
        from.has("end"),
        from.text("expect"));
  }

  /** What the group {@code g} of the cases loads. */
  public static Loaded load(String key) throws IOException {
    return switch (key) {
      case "missing" -> Loaded.notFound();
      case "broken" -> throw new IOException("the origin is on fire");
      case "empty" -> Loaded.ofUtf8("");
      default -> Loaded.of(ByteView.copyOf(key.getBytes(UTF_8)));
    };
  }

  /** Returns whether it asks for a key that has no value. */
  public boolean fails() {
    return bytes.contains("/missing ") || bytes.contains("/broken ");
  }

  /** Returns the values that are expected, which are the names of their keys. */
  public List<String> values() {
    return expected().stream()
        .filter(answer -> answer.endsWith("\""))
        .map(answer -> answer.substring(answer.indexOf('"') + 1, answer.length() - 1))
        .map(value -> new String(Corpus.bytes(value), UTF_8))
        .toList();
  }

  private List<String> expected() {
    List<String> answers = new ArrayList<>();
    for (Matcher next = EXPECTED.matcher(verdict); next.find(); ) {
      answers.add(verdict.substring(next.start(), next.end() - 2));
    }
    return answers;
  }

  /** Returns how many answers are expected, interim ones too. */
  public int answers() {
    return expected().size();
  }

  /**
   * Reads the answers as a strict client does; returns the verdict on them, as detailed as the
   * expected one.
   *
   * @param received all that the node has sent
   * @param open whether the connection is still open
   */
  public String verdict(String received, boolean open) {
    List<String> expected = expected();
    List<String> verdict = new ArrayList<>();
    boolean announced = false;
    Matcher head = HEAD.matcher(received);
    int at = 0;
    while (at < received.length()) {
      if (!head.find(at) || head.start() != at) {
        return String.join(", ", verdict) + ", then " + received.substring(at);
      }
      String like = verdict.size() < expected.size() ? expected.get(verdict.size()) : "";
      Answer answer = new Answer(head.group(1), head.group(2), received, head.end());
      if (!like.endsWith("head")) {
        answer.readBody();
      }
      verdict.add(answer.as(like));
      announced = "close".equals(answer.headers.get("connection"));
      at = answer.at;
    }
    verdict.add(open ? "open" : halfClosed ? "end" : announced ? "close" : "cut");
    return String.join(", ", verdict);
  }

  /** One answer, as far as it has been read. */
  private static final class Answer {
    private final String status;
    private final TreeMap<String, String> headers = new TreeMap<>();
    private final String received;
    private final StringBuilder body = new StringBuilder();
    private int at;

    Answer(String status, String lines, String received, int at) {
      this.status = status;
      this.received = received;
      this.at = at;
      for (String line : lines.lines().toList()) {
        String name = line.substring(0, line.indexOf(':')).toLowerCase(Locale.ROOT);
        String before = headers.put(name, line.substring(line.indexOf(':') + 1).strip());
        assertEquals(null, before, () -> name + " twice");
      }
      boolean interim = status.startsWith("1");
      boolean chunked = headers.containsKey("transfer-encoding");
      boolean known = headers.containsKey("content-length") != chunked;
      assertEquals(!interim, headers.containsKey("date"), "date");
      assertEquals(!interim, known, "one way to tell the length");
      assertEquals(status.equals("405"), headers.containsKey("allow"), "allow");
    }

    void readBody() {
      if (headers.containsKey("transfer-encoding")) {
        Matcher chunk = CHUNK.matcher(received);
        int length;
        do {
          assertEquals(true, chunk.find(at) && chunk.start() == at, "a chunk's size");
          length = Integer.parseInt(chunk.group(1), 16);
          at = chunk.end();
          take(length);
          assertEquals("\r\n", received.substring(at, at + 2), "a chunk's end");
          at += 2;
        } while (length > 0);
      } else {
        take(Integer.parseInt(headers.getOrDefault("content-length", "0")));
      }
    }

    private void take(int length) {
      assertEquals(true, at + length <= received.length(), "a body that is whole");
      body.append(received, at, at + length);
      at += length;
    }

    /** Returns the value in the body, a char for each byte. */
    private String value() {
      try {
        byte[] message = Corpus.bytes(body.toString());
        return Response.parseFrom(message).getValue().toString(ISO_8859_1);
      } catch (IOException e) {
        return "no message: " + body;
      }
    }

    String as(String like) {
      return like.endsWith("\"")
          ? status + " \"" + value() + "\""
          : like.endsWith("head") ? status + " head" : status;
    }
  }

  @Override
  public String toString() {
    return name;
  }
}
