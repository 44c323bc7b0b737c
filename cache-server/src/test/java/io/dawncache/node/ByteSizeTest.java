package io.dawncache.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ByteSizeTest {
  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "1000000, 1000000",
    "500k, 512000",
    "500K, 512000",
    "64m, 67108864",
    "1g, 1073741824",
    "9223372036854775807, 9223372036854775807",
    "8589934591g, 9223372035781033984"
  })
  void aSizeIsANumberAndPerhapsAUnitOf1024(String text, long bytes) {
    assertEquals(bytes, ByteSize.parse(text).bytes());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "m",
        "-1",
        "+1",
        "1.5g",
        "64mb",
        "64 m",
        "0x10",
        "1t",
        "9223372036854775808",
        "8589934592g",
        "٣"
      })
  void anythingElseIsRefused(String text) {
    assertThrows(IllegalArgumentException.class, () -> ByteSize.parse(text));
  }

  @Test
  void aRefusalNamesTheValueThenTheExpectation() {
    String message =
        assertThrows(IllegalArgumentException.class, () -> ByteSize.parse("64x")).getMessage();

    assertEquals(
        "64x (expected: bytes, such as 500k, 64m, 1g or 1000000; 0 for no bound)", message);
  }
}
