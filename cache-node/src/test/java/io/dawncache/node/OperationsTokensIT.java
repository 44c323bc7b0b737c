package io.dawncache.node;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dawncache.node.config.ConfigReader;
import io.dawncache.node.config.Mistakes;
import io.dawncache.node.config.NodeConfig;
import io.dawncache.node.origin.Origins;
import io.dawncache.node.text.HostPort;
import io.dawncache.server.wire.NodeUrl;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The operations listener of a node with tokens, which count on loopback, too, if one is sent. */
@Timeout(60)
class OperationsTokensIT {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final String WRITER = "writer-0123456789";
  private static final String OPERATOR = "operator-0123456789";

  /** One for each token: each holds a connection, and the listener takes a limited number. */
  private final Map<String, NodeClient> clients = new HashMap<>();

  @TempDir private Path folder;
  private Path tokens;
  private StandaloneNode node;
  private Reconfiguration edits;
  private NodeOperations operations;
  private NodeUrl url;

  @BeforeEach
  void start() throws Exception {
    tokens = folder.resolve("tokens");
    Files.writeString(tokens, WRITER + " write:g\n" + OPERATOR + " operate\n");
    Files.writeString(folder.resolve("a"), "value");
    Map<String, String> flags =
        Map.of("--listen", "127.0.0.1:0", "--tokens-file", tokens.toString());
    ConfigReader reader =
        new ConfigReader(
            null, Map.of(), flags, Map.of("g", "files:" + folder, "h", "files:" + folder));
    Mistakes mistakes = new Mistakes();
    NodeConfig config = reader.read(mistakes);
    OpenGroups opened = OpenGroups.open(config, Origins.onClassPath(), mistakes);
    assertEquals(List.of(), mistakes.lines());
    node = StandaloneNode.start(config.server(), opened.groups());
    edits = new Reconfiguration(reader, Origins.onClassPath(), node, config);
    edits.start(null);
    operations = NodeOperations.start(node, HostPort.parse("127.0.0.1:0"), false, edits, null);
    url = NodeUrl.parse("http://127.0.0.1:" + operations.address().getPort());
  }

  @AfterEach
  void stop() {
    edits.close();
    node.close();
    operations.close();
  }

  private int clear(String token, String group) throws Exception {
    return post(token, "/clear", "{\"group\":\"" + group + "\"}").statusCode();
  }

  private HttpResponse<byte[]> post(String token, String path, String json) throws Exception {
    return client(token).post(url, path, json);
  }

  private NodeClient client(String token) {
    return clients.computeIfAbsent(token, t -> new NodeClient(PATIENCE, t, null));
  }

  @Test
  void aWriterChangesItsGroupAndLearnsNothingOfOthers() throws Exception {
    assertEquals(200, clear(WRITER, "g"));
    HttpResponse<byte[]> other = post(WRITER, "/clear", "{\"group\":\"h\"}");
    HttpResponse<byte[]> none = post(WRITER, "/clear", "{\"group\":\"none\"}");

    assertEquals(403, other.statusCode());
    assertEquals(403, none.statusCode());
    assertEquals(new String(other.body(), UTF_8), new String(none.body(), UTF_8));
    assertEquals(403, post(WRITER, "/drain", "{}").statusCode());
    assertEquals(403, client(WRITER).get(url, "/stats").statusCode());
    assertTrue(node.server().isReady());
  }

  @Test
  void anUnknownTokenIsAskedForAnother() throws Exception {
    HttpResponse<byte[]> answer = post("nobody-0123456789", "/clear", "{\"group\":\"g\"}");

    assertEquals(401, answer.statusCode());
    assertEquals("Bearer", answer.headers().firstValue("WWW-Authenticate").orElseThrow());
    assertEquals(200, client("nobody-0123456789").get(url, "/healthz").statusCode());
  }

  @Test
  void theFileIsReadAgainWhenItChanges() throws Exception {
    assertEquals(200, clear(OPERATOR, "g"));
    Path next = folder.resolve("next");
    Files.writeString(next, WRITER + " write:h\n");
    Files.move(next, tokens, StandardCopyOption.REPLACE_EXISTING);

    while (clear(OPERATOR, "g") != 401) {
      Thread.onSpinWait(); // until the test's time-out
    }
    assertEquals(403, clear(WRITER, "g"));
    assertEquals(200, clear(WRITER, "h"));
    assertTrue(edits.inForce().contains("tokens: \"***\""), edits::inForce);
  }

  @Test
  void commandsSendTheTokenOfAFile() throws Exception {
    Path token = folder.resolve("token");
    Files.writeString(token, WRITER + "\n");
    List<String> lines = new ArrayList<>();
    for (String group : List.of("g", "h")) {
      StringWriter out = new StringWriter();
      PrintWriter writer = new PrintWriter(out, true);
      int code =
          OperateMain.commandLine(writer, writer)
              .execute(
                  "clear", "--operations", url.text(), "--token-file", token.toString(), group);
      lines.add(code + " " + out.toString().lines().findFirst().orElse(""));
    }

    assertEquals("0 unreached: none", lines.get(0));
    assertTrue(lines.get(1).endsWith("the token's role (expected: write)"), lines.get(1));
  }
}
