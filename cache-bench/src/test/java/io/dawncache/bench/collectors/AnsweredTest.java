package io.dawncache.bench.collectors;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import org.junit.jupiter.api.Test;

final class AnsweredTest {
  private static final String TABLE =
      """
      answered               20,000 in 1 s
      errors                 0 in all
      rate                   wanted 20,000/s, reached 17,512/s

      latency            p50       p90       p99     p99.9    p99.99       max
      get            92.3 µs    104 µs   4.07 ms    850 ns    12.0 s    1,200 s
      """;

  @Test
  void theGeneratorsTableIsRead() throws IOException {
    assertEquals(
        new Answered("92.3 µs", "4.07 ms", "850 ns", "1,200 s", "yes", "", 0),
        Answered.read(0, TABLE));
  }

  @Test
  void aRateThatWasNotKeptIsToldWithTheOneThatWasReachedAndWhy() throws IOException {
    Answered answered =
        Answered.read(3, TABLE + "\nThe rate was not kept.\nToo few.\nThe generator was late.\n");

    assertEquals("no, 17,512/s", answered.kept());
    assertEquals("Too few.\nThe generator was late.", answered.shortfall());
  }

  @Test
  void aGeneratorThatCouldNotMeasureIsQuoted() {
    var e = assertThrows(IOException.class, () -> Answered.read(1, "load: no connection\n"));

    assertTrue(e.getMessage().contains("exit code 1 and said: load: no connection "), e::toString);
  }
}
