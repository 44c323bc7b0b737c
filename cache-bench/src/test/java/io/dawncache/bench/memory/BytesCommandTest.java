package io.dawncache.bench.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dawncache.core.CachePolicy;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Small versions of what the command runs, each a JVM of its own. */
final class BytesCommandTest {
  @ParameterizedTest
  @EnumSource
  void aSmallGroupHoldsAboutTheHeapThatItSays(CachePolicy policy) throws IOException {
    long maxBytes = 4 << 20;

    long[] numbers =
        ChildJvm.run(HeapAtRest.class, BytesCommand.options("", maxBytes), policy, 1_000, maxBytes);

    assertEquals(1.0, (double) numbers[0] / maxBytes, 0.1, "heap");
    assertEquals(1.0, (double) numbers[1] / maxBytes, 0.01, "statistics");
    assertTrue(numbers[2] > 3_000, "entries: " + numbers[2]);
  }

  @ParameterizedTest
  @EnumSource
  void aFewWritersHoldOneValueTooManyAtMost(CachePolicy policy) throws IOException {
    long[] numbers =
        ChildJvm.run(HeldInMotion.class, List.of("-Xmx256m"), policy, 4, 100_000, 1_000_000);

    assertTrue(numbers[0] <= 1_000_000 + numbers[1], "most: " + numbers[0]);
  }

  @Test
  void aChildThatFailsIsNamedWithItsExitCode() {
    var e =
        assertThrows(
            IOException.class, () -> ChildJvm.run(HeapAtRest.class, List.of("-XX:+NoSuchOption")));

    assertTrue(e.getMessage().endsWith("HeapAtRest: exit code 1"), e.getMessage());
  }
}
