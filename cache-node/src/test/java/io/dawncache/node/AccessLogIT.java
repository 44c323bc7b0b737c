package io.dawncache.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.dawncache.server.wire.NodeUrl;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A node in a process of its own that writes an access log. */
@Timeout(60)
class AccessLogIT {
  @TempDir private Path folder;

  private final NodeClient client = new NodeClient(Duration.ofSeconds(20));

  private Process start(Path log, String... options) throws IOException {
    Files.writeString(folder.resolve("Tom"), "630");
    List<String> all =
        new ArrayList<>(
            List.of(
                "--listen",
                "127.0.0.1:0",
                "--group",
                "scores=files:" + folder,
                "--access-log",
                log.toString()));
    all.addAll(List.of(options));
    return HangupIT.start(folder.resolve("said"), all.toArray(String[]::new));
  }

  private static NodeUrl url(Process node) throws IOException {
    String serving = node.inputReader().readLine();
    assertTrue(serving != null && serving.startsWith("serving scores at "), serving);
    return NodeUrl.parse(serving.split("[ ,]", 5)[3]);
  }

  private static List<String> await(Path log, int lines) throws IOException {
    while (!Files.exists(log) || Files.readAllLines(log).size() < lines) {
      Thread.onSpinWait();
    }
    return Files.readAllLines(log);
  }

  @Test
  void eachRequestHasALineAndSighupOpensTheFileAnew() throws Exception {
    Path log = folder.resolve("access");
    Process node = start(log);
    try {
      NodeUrl url = url(node);
      assertEquals(200, client.get(url, "/_dawncache/scores/Tom").statusCode());
      assertEquals(404, client.get(url, "/_dawncache/scores/Jack%20Black").statusCode());
      assertEquals(200, client.get(url, "/healthz").statusCode());

      List<String> lines = await(log, 3);
      String time = "2[-0-9]+T[:.0-9]+Z 127\\.0\\.0\\.1:[0-9]+ ";
      assertTrue(lines.get(0).matches(time + "GET scores Tom 200 [0-9]{3} [0-9]+ -"), lines.get(0));
      assertTrue(
          lines.get(1).matches(time + "GET scores Jack%20Black 404 [0-9]{3} [0-9]+ -"),
          lines.get(1));
      assertTrue(lines.get(2).matches(time + "GET - /healthz 200 [0-9]{3} [0-9]+ -"), lines.get(2));

      Path renamed = folder.resolve("access.1");
      Files.move(log, renamed);
      assertEquals(
          0, new ProcessBuilder("kill", "-HUP", "" + node.pid()).start().waitFor(), "kill -HUP");
      while (!Files.exists(log)) {
        assertEquals(200, client.get(url, "/_dawncache/scores/Tom").statusCode());
      }
      node.toHandle().destroy();
      assertEquals("stopped", node.inputReader().readLine());
      assertTrue(Files.readAllLines(renamed).containsAll(lines));
      assertTrue(await(log, 1).get(0).contains(" scores Tom 200 "));
    } finally {
      node.destroyForcibly().waitFor();
    }
  }

  @Test
  void theLinesAreJsonIfTheLogIs() throws Exception {
    Path log = folder.resolve("access");
    Process node = start(log, "--log-format", "json");
    try {
      assertEquals(200, client.get(url(node), "/_dawncache/scores/Tom").statusCode());

      JsonObject line = JsonParser.parseString(await(log, 1).get(0)).getAsJsonObject();
      assertEquals("Tom", line.get("key").getAsString());
      assertEquals(200, line.get("status").getAsInt());
    } finally {
      node.destroyForcibly().waitFor();
    }
  }

  @Test
  void standardErrorStaysOpenAtSighup() throws Exception {
    Path said = folder.resolve("said");
    Process node = start(Path.of("stderr"));
    try {
      NodeUrl url = url(node);
      assertEquals(
          0, new ProcessBuilder("kill", "-HUP", "" + node.pid()).start().waitFor(), "kill -HUP");
      for (int i = 0; i < 3; i++) {
        assertEquals(404, client.get(url, "/_dawncache/scores/key-" + i).statusCode());
      }
      while (!Files.readString(said).contains(" GET scores key-2 404 ")) {
        Thread.onSpinWait();
      }
      node.toHandle().destroy();
      assertEquals("stopped", node.inputReader().readLine());
      node.waitFor();
      assertTrue(Files.readString(said).contains("stopping: self "), Files.readString(said));
    } finally {
      node.destroyForcibly().waitFor();
    }
  }

  @Test
  void aNodeWhoseAccessLogCannotBeWrittenDoesNotStart() throws Exception {
    Path log = folder.resolve("none/access");
    Process node = start(log);

    assertEquals(Program.FAILED, node.waitFor());
    assertEquals(
        "node: access-log: "
            + log
            + ": no such folder (expected: a file that can be written, stderr or off)\n",
        Files.readString(folder.resolve("said")));
  }
}
