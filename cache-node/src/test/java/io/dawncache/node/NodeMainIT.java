package io.dawncache.node;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dawncache.core.Loaded;
import io.dawncache.node.origin.OpenOrigin;
import io.dawncache.node.origin.Origin;
import io.dawncache.node.origin.OriginSettings;
import io.dawncache.node.origin.Origins;
import io.dawncache.operations.page.StatsPage;
import io.dawncache.operations.page.StatsPage.OfGroup;
import io.dawncache.server.ServerConfig;
import io.dawncache.server.wire.NodeUrl;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A standalone node at work inside this process: its pages, and the programs that ask it. */
class NodeMainIT {
  private final NodeClient client = new NodeClient(Duration.ofSeconds(30));
  private StandaloneNode node;

  @AfterEach
  void stopNode() {
    if (node != null) {
      node.close();
    }
  }

  private String start(GroupOrigin... groups) throws IOException {
    node = StandaloneNode.start(ServerConfig.builder(), List.of(groups));
    return node.server().self();
  }

  private static GroupOrigin group(String name) {
    return new GroupOrigin(name, Origins.of(List.of(new TomOrigin())).open(name, "tom:"));
  }

  /** Knows one key. */
  private static final class TomOrigin implements Origin {
    @Override
    public String scheme() {
      return "tom";
    }

    @Override
    public OpenOrigin open(OriginSettings settings) {
      return OpenOrigin.of(key -> key.equals("Tom") ? Loaded.ofUtf8("630") : Loaded.notFound());
    }
  }

  private HttpResponse<byte[]> page(String url, String path) throws Exception {
    return client.get(NodeUrl.parse(url), path);
  }

  @Test
  void healthzAnswersOk() throws Exception {
    HttpResponse<byte[]> page = page(start(group("scores")), "/healthz");

    assertEquals(200, page.statusCode());
    assertEquals("ok\n", new String(page.body(), UTF_8));
    assertEquals(
        "text/plain; charset=utf-8", page.headers().firstValue("content-type").orElseThrow());
  }

  @Test
  void statsTellWhatGetAskedFor() throws Exception {
    String url = start(group("scores"), group("other"));
    assertEquals(new Ran(0, "630", List.of()), Ran.get("--node", url, "scores", "Tom"));
    assertEquals(new Ran(0, "630", List.of()), Ran.get("--node", url, "scores", "Tom"));
    assertEquals(1, Ran.get("--node", url, "scores", "Jack").exitCode());

    HttpResponse<byte[]> page = page(url, "/stats");
    assertEquals("application/json", page.headers().firstValue("content-type").orElseThrow());
    StatsPage stats = StatsPage.fromJson(new String(page.body(), UTF_8));

    assertEquals(url, stats.self());
    assertEquals(List.of("other", "scores"), List.copyOf(stats.groups().keySet()));
    OfGroup scores = stats.groups().get("scores");
    assertEquals(3, scores.gets());
    assertEquals(1, scores.cacheHits());
    assertEquals(2, scores.getterRuns());
    assertEquals(0, scores.fetchesMade());
    assertEquals(1, scores.mainCache().items());
    assertEquals(scores.gets(), scores.cacheHits() + scores.loads());
  }

  @Test
  void statusShowsARowANodeAndGroup() throws Exception {
    String url = start(group("scores"), group("docs"));

    Ran status = Ran.status(url);

    assertEquals(0, status.exitCode());
    List<String> lines = status.out().lines().toList();
    assertEquals(3, lines.size(), status::toString);
    assertTrue(lines.get(1).startsWith(url + "  docs "), status::toString);
    assertTrue(lines.get(2).startsWith(url + "  scores "), status::toString);
  }

  @Test
  void statusShowsWhoDoesNotAnswerAndExitsWith1() throws Exception {
    String url = start(group("scores"));
    String closed;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      closed = "http://127.0.0.1:" + socket.getLocalPort();
    }

    Ran status = Ran.status(closed, url);

    assertEquals(1, status.exitCode());
    List<String> lines = status.out().lines().toList();
    assertEquals(closed + "  no connection", lines.get(1));
    assertTrue(lines.get(2).startsWith(url + "  scores "), status::toString);
  }

  @Test
  void statusShowsAMemberThatHasLeftAndIsStillInTheList() throws Exception {
    String url = start(group("scores"));
    String left;
    try (StandaloneNode other =
        StandaloneNode.start(ServerConfig.builder(), List.of(group("scores")))) {
      left = other.server().self();
      node.server().setMembers(List.of(url, left));
      other.server().setMembers(List.of(url, left));
    }

    Ran status = Ran.status(url);

    assertEquals(0, status.exitCode(), status::toString);
    assertTrue(
        status
            .out()
            .lines()
            .anyMatch(line -> line.equals(left + "  leaves, or has left and is still a member")),
        status::toString);
  }

  @Test
  void aPortInUseIsOneLineAndExitCode1(@TempDir Path folder) throws Exception {
    int port = NodeUrl.parse(start(group("scores"))).port();

    Ran second = Ran.node("--listen", "127.0.0.1:" + port, "--group", "scores=files:" + folder);

    assertEquals(1, second.exitCode());
    assertEquals("", second.out());
    assertEquals(1, second.err().size(), second::toString);
    assertTrue(
        second.err().get(0).startsWith("node: listen on 127.0.0.1:" + port + ": "),
        second::toString);
  }

  @Test
  void aHostWithoutAddressIsOneLineAndExitCode1(@TempDir Path folder) {
    Ran nowhere =
        Ran.node("--listen", "no-such-host.invalid:0", "--group", "scores=files:" + folder);

    assertEquals(1, nowhere.exitCode());
    assertEquals(1, nowhere.err().size(), nowhere::toString);
  }

  @Test
  void aNodeThatIsClosedAnswersNobody() throws Exception {
    String url = start(group("scores"));
    node.close();
    node = null;

    assertThrows(IOException.class, () -> page(url, "/healthz"));
  }
}
