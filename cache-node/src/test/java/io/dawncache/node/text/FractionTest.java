package io.dawncache.node.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FractionTest {
  @ParameterizedTest
  @CsvSource({"0, 0", "1, 1", "0.1, 0.1", ".25, 0.25", "1.0, 1", "0.0, 0"})
  void aFractionIsZeroToOne(String text, double value) {
    assertEquals(value, Fraction.parse(text).value());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ".", "-0.1", "1.1", "2", "10%", "1e-1", "NaN", "0,1"})
  void anythingElseIsRefused(String text) {
    IllegalArgumentException refused =
        assertThrows(IllegalArgumentException.class, () -> Fraction.parse(text));
    assertEquals(text + " (expected: 0 to 1, such as 0.1)", refused.getMessage());
  }
}
