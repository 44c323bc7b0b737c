package io.dawncache.bench.collectors;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class MixTest {
  private static final int ASKED_KEYS = 500;

  @TempDir private Path folder;

  @Test
  void aPartIsFreshAndComesOnceAndTheRestIsHeld() throws IOException {
    List<Integer> keys = written(10_000, 0.2);

    List<Integer> fresh = keys.stream().filter(key -> key >= ASKED_KEYS).toList();
    assertEquals(10_000, keys.size());
    assertEquals(2_000, fresh.size(), 200);
    assertEquals(fresh.size(), fresh.stream().distinct().count());
    long zeros = keys.stream().filter(key -> key == 0).count();
    long nines = keys.stream().filter(key -> key == 9).count();
    assertTrue(zeros > 5 * nines, "by Zipf's law ten times as often: " + zeros + ", " + nines);
  }

  @Test
  void noneOrAllMayBeFresh() throws IOException {
    assertTrue(written(1_000, 0).stream().allMatch(key -> key < ASKED_KEYS));
    assertEquals(1_000, written(1_000, 1).stream().filter(key -> key >= ASKED_KEYS).count());
  }

  private List<Integer> written(long accesses, double freshPart) throws IOException {
    Path file = folder.resolve("mix.gz");
    Mix.write(file, accesses, ASKED_KEYS, freshPart);
    try (var in = new GZIPInputStream(new ByteArrayInputStream(Files.readAllBytes(file)))) {
      return new String(in.readAllBytes(), UTF_8).lines().map(Integer::valueOf).toList();
    }
  }
}
