package io.dawncache.core;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A real heap, full to the last byte, at the moment when loads and changes end. */
@Timeout(120)
class FullHeapIT {
  @Test
  void whatEndsWithoutAByteOfHeapIsToldToEverybodyWhoWaits() throws Exception {
    Process program =
        new ProcessBuilder(
                List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-Xmx12m",
                    "-XX:+UseSerialGC",
                    "-cp",
                    System.getProperty("java.class.path"),
                    FullHeap.class.getName()))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();

    try {
      String output = new String(program.getInputStream().readAllBytes(), UTF_8);

      assertEquals(0, program.waitFor());
      assertTrue(output.endsWith(" waiters: all once"), output);
    } finally {
      program.destroyForcibly().waitFor();
    }
  }
}
