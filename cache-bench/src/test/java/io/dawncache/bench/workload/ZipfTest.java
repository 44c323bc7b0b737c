package io.dawncache.bench.workload;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class ZipfTest {
  private final SplittableRandom random = new SplittableRandom(630);

  @Test
  void numbersComeAsOftenAsTheLawSays() {
    for (double skew : new double[] {0, 0.9, 1.1}) {
      int[] drawn = draw(new Zipf(1_000, skew), 1_000, 2_000_000);
      double sum = 0;
      for (int n = 0; n < 1_000; n++) {
        sum += Math.pow(n + 1, -skew);
      }
      for (int n : new int[] {0, 1, 2, 10, 100, 999}) {
        double expected = 2_000_000 * Math.pow(n + 1, -skew) / sum;
        assertEquals(expected, drawn[n], 5 * Math.sqrt(expected), n + " with skew " + skew);
      }
    }
  }

  private int[] draw(Zipf zipf, int count, int draws) {
    int[] drawn = new int[count];
    for (int i = 0; i < draws; i++) {
      drawn[zipf.draw(random)]++;
    }
    return drawn;
  }

  @Test
  void theOnlyNumberComesAlways() {
    assertEquals(100, draw(new Zipf(1, 1.1), 1, 100)[0]);
  }

  @Test
  void thereIsNothingToDrawFromNothing() {
    assertThrows(IllegalArgumentException.class, () -> new Zipf(0, 1.1).draw(random));
  }
}
