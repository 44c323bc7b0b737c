package io.dawncache.bench.load;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dawncache.bench.memory.Trace;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class KeysTest {
  @TempDir Path folder;

  @Test
  void keysAreNumberedFromOneAndEscapedForThePath() {
    Keys keys = Keys.drawn("a b", 3, 1, new SizeRange(1, 1));
    assertEquals("a b1", keys.name(0));
    assertEquals("a b3", new String(keys.text(2), UTF_8));
    assertEquals("a%20b3", new String(keys.path(2), UTF_8));
  }

  @Test
  void keysMayBeNamed() {
    Keys keys = Keys.drawn(List.of("Tom", "Jack"), 1, new SizeRange(1, 1));
    assertEquals("Jack", keys.name(1));
    int[] counts = drawn(keys, 0, 1, 30_000);
    assertEquals(20_000, counts[0], 1_000);
  }

  @Test
  void withSkewAKeyComesAsOftenAsItsRankSays() {
    int[] counts = drawn(Keys.drawn("key", 1_000, 1, new SizeRange(1, 1)), 0, 1, 200_000);
    double first = 200_000 / 7.485; // 1 + 1/2 + ... + 1/1,000
    for (int rank : new int[] {1, 2, 10}) {
      assertEquals(first / rank, counts[rank - 1], 0.1 * first / rank, "rank " + rank);
    }
  }

  @Test
  void withoutSkewAllComeAlike() {
    int[] counts = drawn(Keys.drawn("key", 10, 0, new SizeRange(1, 1)), 0, 1, 100_000);
    for (int count : counts) {
      assertEquals(10_000, count, 500);
    }
  }

  @Test
  void aRunIsRepeatableAndThreadsDrawDifferently() {
    Keys keys = Keys.drawn("key", 1_000, 1, new SizeRange(1, 1));
    assertArrayEquals(drawn(keys, 0, 2, 1_000), drawn(keys, 0, 2, 1_000));
    assertTrue(!Arrays.equals(drawn(keys, 0, 2, 1_000), drawn(keys, 1, 2, 1_000)));
  }

  @Test
  void threadsReplayATraceBetweenThemAndBeginAnewAtItsEnd() throws IOException {
    Keys keys = Keys.of(trace("0\t7\n1\t8\n2\t9\n1\t8\n3\t0\n"), "k", null);
    KeyChooser even = keys.chooser(0, 2);
    KeyChooser odd = keys.chooser(1, 2);
    int[] order = new int[10];
    for (int i = 0; i < 10; i += 2) {
      order[i] = even.next();
      order[i + 1] = odd.next();
    }
    assertArrayEquals(new int[] {0, 1, 2, 1, 3, 0, 1, 2, 1, 3}, order);
    assertEquals("k00000003", keys.name(3));
  }

  @Test
  void aTracesSizesHoldUnlessOthersAreGiven() throws IOException {
    Trace trace = trace("0\t7\n1\t800\n");
    assertEquals(800, Keys.of(trace, "", null).valueBytes(1));
    assertEquals(5, Keys.of(trace, "", new SizeRange(5, 5)).valueBytes(1));
  }

  @Test
  void sizesLieInTheirRangeAndReachItsEnds() {
    Keys keys = Keys.drawn("key", 1_000, 1, new SizeRange(10, 13));
    int[] sizes = new int[1_000];
    Arrays.setAll(sizes, keys::valueBytes);
    assertEquals(10, Arrays.stream(sizes).min().orElseThrow());
    assertEquals(13, Arrays.stream(sizes).max().orElseThrow());
  }

  @ParameterizedTest
  @CsvSource({"100,100,100", "64k,65536,65536", "100-10K,100,10240", "0-16m,0,16777216"})
  void sizesAreReadAsPeopleWriteThem(String text, int least, int most) {
    assertEquals(new SizeRange(least, most), SizeRange.parse(text));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "-1", "10-5", "1g", "17m", "1-2-3", "many"})
  void whatIsNoSizeIsRefusedByItsName(String text) {
    var e = assertThrows(IllegalArgumentException.class, () -> SizeRange.parse(text));
    assertTrue(e.getMessage().startsWith(text + " (expected: BYTES"), e.getMessage());
  }

  private static int[] drawn(Keys keys, int thread, int threads, int draws) {
    KeyChooser chooser = keys.chooser(thread, threads);
    int[] counts = new int[keys.count()];
    for (int i = 0; i < draws; i++) {
      counts[chooser.next()]++;
    }
    return counts;
  }

  private Trace trace(String text) throws IOException {
    Path file = folder.resolve("trace.txt.gz");
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
      out.write(text.getBytes(UTF_8));
    }
    return Trace.read(file);
  }
}
