package io.dawncache.node;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dawncache.core.CacheNode;
import io.dawncache.core.Group;
import io.dawncache.core.GroupConfig;
import io.dawncache.core.Loaded;
import io.dawncache.core.NotFoundException;
import io.dawncache.server.CacheServer;
import io.dawncache.server.ServerConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The program with the secret of a cluster in a file. Needs {@code kill}. */
@Timeout(120)
class SecretRotationIT {
  private static final String OLD = "the old secret of a test";
  private static final String NEW = "the new secret of a test";

  @Test
  void aNodeTakesTheNextSecretAtSighup(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("secret");
    Path said = folder.resolve("said");
    Files.writeString(file, OLD + "\n");
    Process process =
        new ProcessBuilder(
                "env",
                "--default-signal=HUP", // also if this JVM was started by nohup
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                NodeMain.class.getName(),
                "--listen",
                "127.0.0.1:0",
                "--group",
                "g=files:" + folder,
                "--secret-file",
                file.toString())
            .redirectError(said.toFile())
            .start();
    try {
      String serving = process.inputReader().readLine();
      assertTrue(serving.startsWith("serving g at "), serving);
      String url = serving.replaceFirst("serving g at ", "").replaceFirst(",.*", "");

      assertTrue(asks(url, OLD));
      assertFalse(asks(url, NEW));
      Files.writeString(file, NEW + "\n");
      assertEquals(
          0, new ProcessBuilder("kill", "-HUP", "" + process.pid()).start().waitFor(), "kill -HUP");
      while (!Files.readString(said).contains("configuration read again: secret")) {
        assertTrue(process.isAlive(), () -> process + " ended");
        Thread.onSpinWait(); // until the test's time-out
      }

      assertTrue(asks(url, NEW));
      assertFalse(asks(url, OLD));
      String log = Files.readString(said);
      assertFalse(log.contains(OLD) || log.contains(NEW), log);
      assertTrue(log.contains("without a proof"), log);
    } finally {
      process.destroyForcibly().waitFor();
    }
  }

  /** Returns whether a node with that secret receives a value from the process as a peer. */
  private static boolean asks(String url, String secret) throws Exception {
    ServerConfig config = ServerConfig.builder().secrets(List.of(secret.getBytes(UTF_8))).build();
    try (CacheNode node = CacheNode.create()) {
      Group group = node.addGroup("g", GroupConfig.builder().build(), Loaded::ofUtf8);
      try (CacheServer server = CacheServer.start(node, config)) {
        server.setMembers(List.of(server.self(), url));
        for (int i = 0; i < 20; i++) {
          try {
            group.get("no-file-" + i);
          } catch (NotFoundException e) {
            // the process has no such file
          }
        }
        return group.stats().peerLoads() > 0;
      }
    }
  }
}
