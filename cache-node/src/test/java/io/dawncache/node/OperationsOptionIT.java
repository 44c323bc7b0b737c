package io.dawncache.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonParser;
import io.dawncache.server.wire.NodeUrl;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A node in a process of its own, with a listener for operators and a log for programs. */
@Timeout(60)
class OperationsOptionIT {
  private static final Pattern LISTENING = Pattern.compile("operations: listening on .*:(\\d+)");

  @TempDir private Path folder;

  private Process start(String... options) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path")));
    if (Runtime.version().feature() >= 24) {
      // As in scripts/node: else the JVM warns in the log.
      command.addAll(
          List.of("--sun-misc-unsafe-memory-access=allow", "--enable-native-access=ALL-UNNAMED"));
    }
    command.addAll(
        List.of(
            NodeMain.class.getName(), "--listen", "127.0.0.1:0", "--group", "g=files:" + folder));
    command.addAll(List.of(options));
    return new ProcessBuilder(command).redirectError(log().toFile()).start();
  }

  private Path log() {
    return folder.resolve("log");
  }

  @Test
  void theListenerAnswersUntilTheNodeHasStoppedAndEachLineOfTheLogIsJson() throws Exception {
    Process node = start("--operations", "127.0.0.1:0", "--log-format", "json");
    try {
      assertNotNull(node.inputReader().readLine(), () -> "it said nothing");
      Matcher listening = LISTENING.matcher(Files.readString(log()));
      assertTrue(listening.find(), Files.readString(log()));
      NodeUrl url = NodeUrl.parse("http://127.0.0.1:" + listening.group(1));
      NodeClient client = new NodeClient(Duration.ofSeconds(30));
      assertEquals(200, client.get(url, "/readyz").statusCode());
      assertEquals(200, client.get(url, "/metrics").statusCode());

      node.toHandle().destroy();
      assertEquals("stopped", node.inputReader().readLine());
      assertTrue(node.waitFor(30, TimeUnit.SECONDS));
    } finally {
      node.destroyForcibly().waitFor();
    }
    List<String> lines = Files.readAllLines(log());
    assertTrue(lines.size() >= 3, lines.toString());
    for (String line : lines) {
      assertTrue(JsonParser.parseString(line).getAsJsonObject().has("message"), line);
    }
  }

  @Test
  void aNodeWhoseOperationsPortIsTakenDoesNotStart() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Process node = start("--operations", "127.0.0.1:" + taken.getLocalPort());
      try {
        assertTrue(node.waitFor(30, TimeUnit.SECONDS));
        assertEquals(1, node.exitValue());
        List<String> lines = Files.readAllLines(log());
        String last = lines.get(lines.size() - 1);
        assertTrue(
            last.startsWith("node: operations: listen on 127.0.0.1:" + taken.getLocalPort()), last);
      } finally {
        node.destroyForcibly().waitFor();
      }
    }
  }
}
