package io.dawncache.core.consistenthash;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Our rings against those of the Go programs, row for row. */
class GoldenOwnersTest {

  @Test
  void everyRingNamesTheOwnersThatItsGoProgramNames() throws IOException {
    List<String> rows = rows();
    for (String row : rows) {
      String[] columns = row.split("\t", -1);
      assertEquals(6, columns.length, row);
      List<String> hosts = List.of(columns[0].split(",", -1));
      List<String> urls = hosts.stream().map(host -> "http://" + host).toList();
      byte[] key = GoQuoted.bytes(columns[1]);

      assertOwner(columns[2], Ring.of(Scheme.GROUPCACHE, 50, urls), key, row);
      assertOwner(columns[3], Ring.of(Scheme.MAILGUN, 50, urls), key, row);
      assertOwner(columns[4], Ring.of(Scheme.MAILGUN, 50, hosts), key, row);
      assertOwner(columns[5], Ring.of(Scheme.DAWNCACHE, 50, urls), key, row);
    }
    assertEquals(172, rows.size());
  }

  @Test
  void quotedKeysAreReadAsGoWroteThem() {
    assertArrayEquals(
        new byte[] {7, 8, 9, 10, 11, 12, 13, '"', '\\'},
        GoQuoted.bytes("\"\\a\\b\\t\\n\\v\\f\\r\\\"\\\\\""));
    assertArrayEquals(new byte[] {(byte) 0xff, 0}, GoQuoted.bytes("\"\\xff\\x00\""));
    assertArrayEquals(
        "é\u200b\ud83d\ude00/".getBytes(UTF_8), GoQuoted.bytes("\"é\\u200b\\U0001f600/\""));
    assertArrayEquals(new byte[0], GoQuoted.bytes("\"\""));
    assertThrows(IllegalArgumentException.class, () -> GoQuoted.bytes("bare"));
    assertThrows(IllegalArgumentException.class, () -> GoQuoted.bytes("\"\\q\""));
  }

  private static void assertOwner(String owner, Ring ring, byte[] key, String row) {
    assertEquals(owner, ring.owner(key), () -> ring + ": " + row);
    String text = new String(key, UTF_8);
    if (Arrays.equals(key, text.getBytes(UTF_8))) {
      assertEquals(owner, ring.owner(text), () -> ring + ": " + row);
      assertEquals(owner, ring.owners(text).next(), () -> ring + ": " + row);
    }
  }

  private static List<String> rows() throws IOException {
    var stream = GoldenOwnersTest.class.getResourceAsStream("golden-owners.tsv");
    try (var reader =
        new BufferedReader(new InputStreamReader(Objects.requireNonNull(stream), UTF_8))) {
      return reader.lines().filter(line -> !line.startsWith("#")).toList();
    }
  }
}
