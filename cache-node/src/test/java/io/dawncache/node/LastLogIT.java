package io.dawncache.node;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a node writes to its log as it stops. */
@Timeout(60)
class LastLogIT {
  private static String said(String... arguments) throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                LastLog.class.getName()));
    command.addAll(List.of(arguments));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    try {
      String said = new String(process.getInputStream().readAllBytes(), UTF_8);
      assertEquals(0, process.waitFor(), said);
      return said;
    } finally {
      process.destroyForcibly();
    }
  }

  @Test
  void theLogIsOpenUntilTheNodeHasStopped() throws Exception {
    String said = said("keep");

    assertTrue(said.contains("INFO: begun"), said);
    assertTrue(said.contains("INFO: last"), said);
  }
}
