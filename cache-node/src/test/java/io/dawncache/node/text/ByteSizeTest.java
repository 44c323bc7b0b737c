package io.dawncache.node.text;

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
    "64KiB, 65536",
    "64MiB, 67108864",
    "64 MiB, 67108864",
    "1GiB, 1073741824",
    "500kB, 500000",
    "64MB, 64000000",
    "64 mb, 64000000",
    "1 GB, 1000000000",
    "10b, 10",
    "64 m, 67108864",
    "9223372036854775807, 9223372036854775807",
    "8589934591g, 9223372035781033984"
  })
  void aSizeIsANumberAndPerhapsAUnitOf1024OrWithABOf1000(String text, long bytes) {
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
        "64mib/s",
        "64  m",
        "64mi",
        "10ib",
        "64 ",
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
        "64x (expected: bytes, such as 500k, 64m, 64MiB, 64MB or 1000000; 0 for no bound)",
        message);
  }
}
