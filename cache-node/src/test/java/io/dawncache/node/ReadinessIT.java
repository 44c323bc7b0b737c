package io.dawncache.node;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.dawncache.node.origin.Origins;
import io.dawncache.operations.page.StatsPage;
import io.dawncache.server.Discoveries;
import io.dawncache.server.ServerConfig;
import io.dawncache.server.wire.NodeUrl;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a standalone node says about its members, from its start on. */
@Timeout(60)
class ReadinessIT {
  @TempDir private Path folder;

  private final NodeClient client = new NodeClient(Duration.ofSeconds(30));
  private Path file;
  private String source;

  @BeforeEach
  void nameTheFile() {
    file = folder.resolve("members");
    source = "file:" + file;
  }

  private StandaloneNode start(ServerConfig.Builder config) throws Exception {
    GroupOrigin scores =
        new GroupOrigin("scores", Origins.onClassPath().open("scores", "files:" + folder));
    return StandaloneNode.start(config, List.of(scores));
  }

  private StandaloneNode startWithAFile() throws Exception {
    return start(ServerConfig.builder().discovery(Discoveries.file(file)));
  }

  private HttpResponse<byte[]> page(StandaloneNode node, String path) throws Exception {
    return client.get(NodeUrl.parse("http://127.0.0.1:" + node.server().address().getPort()), path);
  }

  /** Asks until the node answers this. */
  private void await(StandaloneNode node, int status, String text) throws Exception {
    HttpResponse<byte[]> answer;
    do {
      answer = page(node, "/readyz");
    } while (answer.statusCode() != status || !new String(answer.body(), UTF_8).equals(text));
  }

  private StatsPage stats(StandaloneNode node) throws Exception {
    return StatsPage.fromJson(new String(page(node, "/stats").body(), UTF_8));
  }

  @Test
  void aNodeIsReadyWhenItKnowsItsMembersAndSaysWhyThereIsNoNewerList() throws Exception {
    String noFile = source + ": no such file (expected: a URL on each line)";
    try (StandaloneNode node = startWithAFile()) {
      await(node, 503, "not ready: no members yet from " + source + "\nmembers: " + noFile + "\n");
      assertEquals("ok\n", new String(page(node, "/healthz").body(), UTF_8));
      assertEquals(new StatsPage.Discovered(source, false, noFile), stats(node).discovery());

      Files.writeString(file, node.server().self());
      await(node, 200, "ready\n");
      assertEquals(new StatsPage.Discovered(source, true, null), stats(node).discovery());

      Files.delete(file);
      await(node, 200, "ready\nmembers: " + noFile + "\n");
      assertEquals(new StatsPage.Discovered(source, true, noFile), stats(node).discovery());
    }
  }

  @Test
  void aNodeWhoseMembersAreSetIsReadyFromItsStart() throws Exception {
    try (StandaloneNode node = start(ServerConfig.builder())) {
      await(node, 200, "ready\n");
      assertNull(stats(node).discovery());
    }
  }

  @Test
  void aListWithoutTheNodeIsInForceToo() throws Exception {
    Files.writeString(file, "http://127.0.0.1:1\n");
    try (StandaloneNode node = startWithAFile()) {
      await(node, 200, "ready\n");
      assertEquals(List.of("http://127.0.0.1:1"), stats(node).members());
    }
  }
}
