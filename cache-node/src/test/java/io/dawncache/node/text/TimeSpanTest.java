package io.dawncache.node.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TimeSpanTest {
  @ParameterizedTest
  @CsvSource({
    "0ms, PT0S",
    "500ms, PT0.5S",
    "10s, PT10S",
    "10S, PT10S",
    "5m, PT5M",
    "1h, PT1H",
    "36h, PT36H",
    "7d, PT168H",
    "9223372036854775807s, PT2562047788015215H30M7S"
  })
  void aTimeIsANumberAndAUnit(String text, Duration duration) {
    assertEquals(duration, TimeSpan.parse(text).duration());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "s",
        "10",
        "-1s",
        "1.5h",
        "10 s",
        "1w",
        "10sec",
        "1h30m",
        "PT10S",
        "9223372036854775807h",
        "9223372036854775808s",
        "\u0663s"
      })
  void anythingElseIsRefused(String text) {
    assertThrows(IllegalArgumentException.class, () -> TimeSpan.parse(text));
  }

  @Test
  void aRefusalNamesTheValueThenTheExpectation() {
    String message =
        assertThrows(IllegalArgumentException.class, () -> TimeSpan.parse("10")).getMessage();

    assertEquals("10 (expected: a number and its unit, such as 500ms, 10s, 5m, 1h or 7d)", message);
  }
}
