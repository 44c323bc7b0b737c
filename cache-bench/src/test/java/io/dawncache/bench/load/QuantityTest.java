package io.dawncache.bench.load;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class QuantityTest {
  @ParameterizedTest
  @CsvSource({
    "0, 0 ns",
    "850, 850 ns",
    "1000, 1 µs",
    "1500, 1.50 µs",
    "92345, 92.3 µs",
    "999400, 999 µs",
    "999600, 1.00 ms",
    "4070000, 4.07 ms",
    "20000000, 20 ms",
    "123456789, 123 ms",
    "12000000000, 12 s",
    "3600000000000, '3,600 s'"
  })
  void timesHaveThreeDigitsAndAUnit(long nanos, String text) {
    assertEquals(text, Quantity.time(nanos));
  }

  @ParameterizedTest
  @CsvSource({"100, 100 B", "1460, 1.46 kB", "12000000, 12 MB", "5500000000, 5.50 GB"})
  void bytesToo(long bytes, String text) {
    assertEquals(text, Quantity.bytes(bytes));
  }

  @ParameterizedTest
  @CsvSource({"0.25, 0.25/s", "5, 5/s", "99.5, 99.5/s", "1234.6, '1,235/s'"})
  void rates(double rate, String text) {
    assertEquals(text, Quantity.rate(rate));
  }

  @ParameterizedTest
  @CsvSource({"10000000000, 10 s", "500000000, 0.5 s", "9870000000, 9.87 s", "100000000000, 100 s"})
  void secondsHaveNoNeedlessDigits(long nanos, String text) {
    assertEquals(text, Quantity.seconds(nanos));
  }

  @Test
  void axesHaveRoundLabelsAndSpanTheirValues() {
    assertEquals("0 2000 4000 6000 8000 10000 12000", labels(Axis.linear(10_200, v -> whole(v))));
    assertEquals("0 1", labels(Axis.linear(0.9, v -> whole(v))).replaceAll(" 0 .*", " 1"));
    assertEquals("20 50 100 200 500", labels(Axis.log(23, 480, v -> whole(v))));
    assertEquals("0 % 50 % 90 % 99 % 99.9 %", labels(Axis.nines(3.2)));
    Axis log = Axis.log(10, 1_000, v -> whole(v));
    assertEquals(0, log.place(5));
    assertEquals(0.5, log.place(100), 1e-9);
    assertEquals(1, log.place(2_000));
  }

  private static String whole(double value) {
    return String.valueOf(Math.round(value));
  }

  private static String labels(Axis axis) {
    return axis.ticks().stream().map(Axis.Tick::label).collect(Collectors.joining(" "));
  }
}
