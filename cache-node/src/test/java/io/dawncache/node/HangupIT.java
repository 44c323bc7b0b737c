package io.dawncache.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A node that was started without our scripts. Needs Linux, whose /proc has the ignored signals.
 */
@Timeout(60)
class HangupIT {
  private static final int SIGHUP = 1;
  private static final int ENDED_BY_SIGTERM = 143;

  @Test
  void aNodeIgnoresSighupByItselfAndSigtermStopsIt(@TempDir Path folder) throws Exception {
    Process node =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                NodeMain.class.getName(),
                "--listen",
                "127.0.0.1:0",
                "--group",
                "g=files:" + folder)
            .redirectError(folder.resolve("said").toFile())
            .start();
    try {
      String serving = node.inputReader().readLine();
      assertNotNull(serving, () -> node + " said nothing");
      assertTrue(serving.startsWith("serving g "), serving);

      assertTrue(isIgnored(SIGHUP, node.pid()));
      assertEquals(
          0, new ProcessBuilder("kill", "-HUP", "" + node.pid()).start().waitFor(), "kill -HUP");
      node.toHandle().destroy(); // SIGTERM; its output stays open
      assertEquals("stopped", node.inputReader().readLine());
      assertTrue(node.waitFor(30, TimeUnit.SECONDS));
      assertEquals(ENDED_BY_SIGTERM, node.exitValue());
    } finally {
      node.destroyForcibly().waitFor();
    }
  }

  /** Starts a node that SIGHUP reaches, also if this JVM was started by nohup. */
  static Process start(Path said, String... options) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                "env",
                "--default-signal=HUP",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                NodeMain.class.getName()));
    command.addAll(List.of(options));
    return new ProcessBuilder(command).redirectError(said.toFile()).start();
  }

  @Test
  void aNodeWithAConfigurationFileReadsItAgainAtSighup(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("node.yaml");
    Path said = folder.resolve("said");
    Files.writeString(
        file, "listen: 127.0.0.1:0\ngroups: {g: {origin: 'files:%s'}}\n".formatted(folder));
    Process node = start(said, "--config", file.toString());
    try {
      assertTrue(node.inputReader().readLine().startsWith("serving g "));
      assertEquals(
          0, new ProcessBuilder("kill", "-HUP", "" + node.pid()).start().waitFor(), "kill -HUP");
      while (!Files.readString(said).contains("configuration read again: nothing has changed")) {
        assertTrue(node.isAlive(), () -> node + " ended");
        Thread.onSpinWait();
      }
      node.toHandle().destroy();
      assertEquals("stopped", node.inputReader().readLine());
    } finally {
      node.destroyForcibly().waitFor();
    }
  }

  /** Returns what the kernel says in {@code /proc/PID/status}. */
  private static boolean isIgnored(int signal, long pid) throws Exception {
    List<String> status = Files.readAllLines(Path.of("/proc/" + pid + "/status"));
    String mask =
        status.stream().filter(line -> line.startsWith("SigIgn:")).findFirst().orElseThrow();
    long signals = Long.parseUnsignedLong(mask.substring("SigIgn:".length()).strip(), 16);
    return (signals >> (signal - 1) & 1) == 1;
  }
}
