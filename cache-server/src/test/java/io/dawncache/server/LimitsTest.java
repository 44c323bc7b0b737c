package io.dawncache.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LimitsTest {
  private static final int LARGEST_VALUE = Integer.MAX_VALUE - (64 << 10);

  @Test
  void aBodyMayHold64KiloBytesBesideTheValue() {
    assertEquals((16 << 20) + (64 << 10), limits(256, 256, 16 << 20, "PT1S").maxBodyBytes());
    assertEquals(64 << 10, limits(256, 256, 0, "PT1S").maxBodyBytes());
    assertEquals(Integer.MAX_VALUE, limits(256, 256, LARGEST_VALUE, "PT1S").maxBodyBytes());
  }

  @ParameterizedTest
  @CsvSource({
    "255, 256, 0,          PT1S,  maxRequestLineBytes: 255 (expected: >= 256)",
    "256, 255, 0,          PT1S,  maxHeaderBytes: 255 (expected: >= 256)",
    "256, 256, -1,         PT1S,  maxValueBytes: -1 (expected: >= 0)",
    "256, 256, 2147418112, PT1S,  maxValueBytes: 2147418112 (expected: <= 2147418111)",
    "256, 256, 0,          PT0S,  idleTimeout: PT0S (expected: > 0)",
    "256, 256, 0,          PT-1S, idleTimeout: PT-1S (expected: > 0)",
  })
  void whatNoNodeCouldWorkWithIsRefused(
      int lineBytes, int headerBytes, int valueBytes, String idleTimeout, String message) {
    IllegalArgumentException refusal =
        assertThrows(
            IllegalArgumentException.class,
            () -> limits(lineBytes, headerBytes, valueBytes, idleTimeout));

    assertEquals(message, refusal.getMessage());
  }

  private static Limits limits(int lineBytes, int headerBytes, int valueBytes, String idleTimeout) {
    return new Limits(lineBytes, headerBytes, valueBytes, Duration.parse(idleTimeout));
  }
}
