package io.dawncache.server.wire;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.dawncache.core.ByteView;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Our escaping against Go's, row for row, and alone. */
class EscapeTest {
  /** How Go escapes one key. */
  private record Row(ByteView key, String queryEscaped, String pathEscaped) {
    static Row parse(String line) {
      String[] columns = line.split("\t", -1);
      assertEquals(3, columns.length, line);
      return new Row(ByteView.copyOf(GoQuoted.bytes(columns[0])), columns[1], columns[2]);
    }

    boolean isUtf8() {
      return key.equals(ByteView.ofUtf8(text()));
    }

    String text() {
      return key.toUtf8();
    }
  }

  @Test
  void whatGoEscapesIsReadAsTheKeyThatGoMeant() throws IOException {
    List<Row> rows = rows().stream().filter(Row::isUtf8).toList();

    assertAll(rows.stream().map(row -> reads(row.text(), row.queryEscaped(), true)));
    assertAll(rows.stream().map(row -> reads(row.text(), row.pathEscaped(), false)));
    assertEquals(299 - 128 - 1, rows.size()); // 128 to 255 alone are not UTF-8, nor is \xff\x00
  }

  @Test
  void whatGoEscapesOfBytesThatAreNoTextIsRefused() throws IOException {
    List<Row> rows = rows().stream().filter(row -> !row.isUtf8()).toList();

    assertAll(rows.stream().map(row -> refuses(row.queryEscaped(), true)));
    assertAll(rows.stream().map(row -> refuses(row.pathEscaped(), false)));
    assertEquals(128 + 1, rows.size());
  }

  @Test
  void weEscapeAsGoEscapesAQueryButWriteASpaceAsPercent20() throws IOException {
    assertAll(
        rows().stream()
            .filter(Row::isUtf8)
            .map(
                row ->
                    () ->
                        assertEquals(
                            row.queryEscaped().replace("+", "%20"), Escape.path(row.text()))));
  }

  @Test
  void whatWeEscapeWeReadWhateverAPlusMeans() {
    String everyChar =
        IntStream.rangeClosed(0, Character.MAX_CODE_POINT)
            .filter(c -> c < Character.MIN_SURROGATE || c > Character.MAX_SURROGATE)
            .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
            .toString();
    String escaped = Escape.path(everyChar);

    assertAll(reads(everyChar, escaped, true), reads(everyChar, escaped, false));
  }

  @Test
  void anEscapedKeyIsOneSegmentOfAPath() {
    assertEquals("a%2F%2Fb%3Fc%23d%25%2B", Escape.path("a//b?c#d%+"));
    assertEquals("%F0%9F%98%80", Escape.path("\uD83D\uDE00"));
    assertEquals("..", Escape.path("..")); // nobody on the way may normalise
    assertEquals("", Escape.path(""));
  }

  @Test
  void rawBytesAreReadAsTheEscapedOnesAre() throws BadRequestException {
    String onePerByte = new String("é日😀".getBytes(UTF_8), ISO_8859_1);

    assertEquals("é日😀", Escape.unescape(onePerByte, false));
    assertEquals("é", Escape.unescape("%C3\u00a9", false)); // half and half
  }

  @ParameterizedTest
  @CsvSource({"%2f, /", "%2F, /", "%c3%A9, é", "%252F, %2F", "%00, '\0'", "'', ''"})
  void escapesAreReadInEitherCaseAndOnce(String raw, String expected) throws BadRequestException {
    assertEquals(expected, Escape.unescape(raw, false));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"%", "a%", "%4", "a%4", "%zz", "%4z", "%z4", "%%41", "% 41", "%-1", "%+1"})
  void aPercentWithoutTwoHexDigitsIsRefused(String raw) {
    BadRequestException refusal =
        assertThrows(BadRequestException.class, () -> Escape.unescape(raw, false));

    String found = raw.substring(raw.indexOf('%'), Math.min(raw.length(), raw.indexOf('%') + 3));
    assertEquals("path: " + found + " (expected: % and two hex digits)", refusal.getMessage());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "%80", // a continuation of nothing
        "%C3", // half a character
        "%C0%AF", // an overlong slash
        "%ED%A0%80", // a surrogate
        "%F4%90%80%80", // beyond U+10FFFF
        "\u00e9", // Latin-1
      })
  void bytesThatAreNotUtf8AreRefused(String raw) {
    BadRequestException refusal =
        assertThrows(BadRequestException.class, () -> Escape.unescape(raw, false));

    assertEquals("path: not UTF-8 (expected: group and key in UTF-8)", refusal.getMessage());
  }

  private static Executable reads(String key, String raw, boolean plusIsSpace) {
    return () -> assertEquals(key, Escape.unescape(raw, plusIsSpace), raw);
  }

  private static Executable refuses(String raw, boolean plusIsSpace) {
    return () ->
        assertThrows(BadRequestException.class, () -> Escape.unescape(raw, plusIsSpace), raw);
  }

  private static List<Row> rows() throws IOException {
    var stream = EscapeTest.class.getResourceAsStream("go-escaping.tsv");
    try (var reader =
        new BufferedReader(new InputStreamReader(Objects.requireNonNull(stream), UTF_8))) {
      List<Row> rows =
          reader.lines().filter(line -> !line.startsWith("#")).map(Row::parse).toList();
      assertEquals(299, rows.size());
      return rows;
    }
  }
}
