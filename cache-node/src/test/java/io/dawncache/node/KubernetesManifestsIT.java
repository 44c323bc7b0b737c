package io.dawncache.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dawncache.server.wire.NodeUrl;
import io.kubernetes.client.openapi.models.V1Probe;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A node as a pod of {@code docs/kubernetes} runs it, and the probes that it gets there. */
@Timeout(60)
class KubernetesManifestsIT {
  private static final Pattern LISTENING = Pattern.compile("operations: listening on .*:(\\d+)");

  @TempDir private Path folder;

  private final NodeClient client = new NodeClient(Duration.ofSeconds(30));

  private Path log() {
    return folder.resolve("log");
  }

  /** Starts a node with the pod's configuration, but on loopback, and with files for an origin. */
  private Process start(KubernetesManifests manifests) throws IOException {
    Path config = Files.writeString(folder.resolve(KubernetesManifests.CONFIG), manifests.config());
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of(manifests.variable("DAWNCACHE_JAVA_OPTS").split(" ")));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.addAll(List.of(NodeMain.class.getName(), "--config", config.toString()));
    ProcessBuilder node = new ProcessBuilder(command).redirectError(log().toFile());
    Path members = Files.writeString(folder.resolve("members"), "http://127.0.0.1:1\n");
    node.environment()
        .putAll(
            Map.of(
                "DAWNCACHE_LISTEN",
                "127.0.0.1:0",
                "DAWNCACHE_OPERATIONS",
                "127.0.0.1:0",
                "DAWNCACHE_DISCOVERY",
                "file:" + members,
                "DAWNCACHE_GROUPS_SCORES_ORIGIN",
                "files:" + KubernetesManifests.ROOT.resolve("scripts/data/scores")));
    return node.start();
  }

  private int status(NodeUrl operations, V1Probe probe) throws Exception {
    return client.get(operations, probe.getHttpGet().getPath()).statusCode();
  }

  @Test
  void theProbesSayWhenANodeIsReadyAndThatADrainedOneLives() throws Exception {
    KubernetesManifests manifests = KubernetesManifests.read();
    var container = manifests.container();
    Process node = start(manifests);
    try {
      assertNotNull(node.inputReader().readLine(), () -> "it serves nothing");
      Matcher listening = LISTENING.matcher(Files.readString(log()));
      assertTrue(listening.find(), Files.readString(log()));
      NodeUrl operations = NodeUrl.parse("http://127.0.0.1:" + listening.group(1));
      assertEquals(200, status(operations, container.getStartupProbe()));
      assertEquals(200, status(operations, container.getLivenessProbe()));
      int ready;
      do {
        ready = status(operations, container.getReadinessProbe());
      } while (ready == 503); // until the discovery has read its file
      assertEquals(200, ready);

      PrintWriter nowhere = new PrintWriter(new StringWriter());
      assertEquals(
          0,
          OperateMain.commandLine(nowhere, nowhere)
              .execute("drain", "--operations", operations.text()));
      assertEquals(503, status(operations, container.getReadinessProbe()));
      assertEquals(200, status(operations, container.getLivenessProbe()));

      node.toHandle().destroy();
      assertEquals("stopped", node.inputReader().readLine());
      assertTrue(node.waitFor(30, TimeUnit.SECONDS));
      assertEquals(143, node.exitValue());
    } finally {
      node.destroyForcibly().waitFor();
    }
  }
}
