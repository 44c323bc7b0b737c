package io.dawncache.node.config;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;

import io.dawncache.node.origin.Origins;
import io.dawncache.server.AccessTokens;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The key of the cluster's secret: from where it may come, and that nothing shows it. */
class ClusterSecretTest {
  private static final String NODE =
      "listen: 127.0.0.1:0\ngroups: {scores: {origin: files:/srv}}\n";
  private static final String SECRET = "sixteen bytes...";
  private static final String NEXT = "the next secret, a longer one";
  private static final Map<String, String> NONE = Map.of();

  @TempDir private Path folder;
  private Path file;
  private Path secrets;

  @BeforeEach
  void writeSecrets() throws IOException {
    file = folder.resolve("node.yaml");
    secrets = folder.resolve("secrets");
    Files.writeString(secrets, NEXT + "\r\n\n  " + SECRET + " \n");
  }

  private NodeConfig read(
      String text, Map<String, String> environment, Map<String, String> flags, String... mistakes)
      throws IOException {
    Files.writeString(file, text);
    Mistakes found = new Mistakes();
    NodeConfig config = new ConfigReader(file, environment, flags, Map.of()).read(found);
    assertEquals(
        List.of(mistakes),
        found.lines().stream().map(line -> line.replace(folder.toString(), "DIR")).toList());
    return config;
  }

  private static void assertSecrets(NodeConfig config, String... secrets) {
    assertEquals(
        List.of(secrets),
        config.secrets().stream().map(secret -> new String(secret, UTF_8)).toList());
    assertEquals(secrets.length > 0, config.server().build().hasSecrets());
    String shown = String.join("\n", ConfigText.of(config, Origins.onClassPath()));
    for (String secret : secrets) {
      assertFalse(shown.contains(secret), shown);
      assertFalse(config.toString().contains(secret), config::toString);
    }
  }

  @Test
  void itMayBeAFileOfTheFlagOneSecretALine() throws IOException {
    assertSecrets(read(NODE, NONE, NONE));
    assertSecrets(read(NODE, NONE, Map.of("--secret-file", secrets.toString())), NEXT, SECRET);
  }

  @Test
  void itMayBeAVariable() throws IOException {
    assertSecrets(read(NODE, Map.of("DAWNCACHE_SECRET", SECRET + "\n" + NEXT), NONE), SECRET, NEXT);
  }

  @Test
  void itMayBeInTheConfiguration() throws IOException {
    assertSecrets(read(NODE + "secret: '" + SECRET + "'\n", NONE, NONE), SECRET);
    assertSecrets(read(NODE + "secret: {file: " + secrets + "}\n", NONE, NONE), NEXT, SECRET);
    assertSecrets(read(NODE + "secret: {env: ANY}\n", Map.of("ANY", SECRET), NONE), SECRET);
  }

  @Test
  void aSecretThatIsTooShortOrMissingIsRefusedAndNotShown() throws IOException {
    read(
        NODE,
        Map.of("DAWNCACHE_SECRET", "too short"),
        NONE,
        "DAWNCACHE_SECRET: *** (expected: >= 16, random)");
    read(
        NODE + "secret: too short\n",
        NONE,
        NONE,
        "DIR/node.yaml:3:9: secret: *** (expected: >= 16, random)");
    read(NODE, Map.of("DAWNCACHE_SECRET", ""), NONE, "DAWNCACHE_SECRET: *** (expected: 1 to 8)");
    Files.writeString(secrets, "\n");
    read(
        NODE,
        NONE,
        Map.of("--secret-file", secrets.toString()),
        "--secret-file: *** (expected: 1 to 8)");
  }

  @Test
  void aFileThatCannotBeReadIsAMistakeAndNotANodeWithoutASecret() throws IOException {
    read(
        NODE,
        NONE,
        Map.of("--secret-file", folder + "/none"),
        "--secret-file: DIR/none cannot be read (expected: a file in UTF-8 of at most 65536 bytes)");
  }

  @Test
  void goNodesKnowNone() throws IOException {
    Map<String, String> secret = Map.of("DAWNCACHE_SECRET", SECRET);
    read(
        NODE,
        secret,
        Map.of("--go-peers", "on"),
        "--go-peers: on beside a secret (expected: off, Go nodes know none)");
    read(
        NODE + "dialect: mailgun\n",
        secret,
        NONE,
        "DIR/node.yaml:3:10: dialect: mailgun beside a secret (expected: dawncache, Go nodes know"
            + " none)");
    read(
        NODE + "peer-frames: off\n",
        secret,
        NONE,
        "DIR/node.yaml:3:14: peer-frames: off beside a secret (expected: on, peers prove it in frames"
            + " alone)");
  }

  @Test
  void clientsNeedATokenOnlyWherePeersProveASecret() throws IOException {
    Map<String, String> both =
        Map.of("DAWNCACHE_SECRET", SECRET, "DAWNCACHE_TOKENS", "reader-0123456789 read");
    String mistake =
        "DIR/node.yaml:3:10: clients: token (expected: with a secret and tokens, else any)";

    NodeConfig config = read(NODE + "clients: token\n", both, NONE);
    assertNotNull(config.server().build().clientTokens());
    assertNull(read(NODE, both, NONE).server().build().clientTokens());
    read(NODE + "clients: token\n", Map.of("DAWNCACHE_SECRET", SECRET), NONE, mistake);
    read(
        NODE + "clients: token\n",
        Map.of("DAWNCACHE_TOKENS", "reader-0123456789 read"),
        NONE,
        mistake);
  }

  @Test
  void theOperationsListenerAsksForTokensWithEitherASecretOrTokens() throws IOException {
    assertNull(read(NODE, NONE, NONE).tokens());
    assertSame(AccessTokens.NONE, read(NODE, Map.of("DAWNCACHE_SECRET", SECRET), NONE).tokens());
    assertNotNull(
        read(NODE, Map.of("DAWNCACHE_TOKENS", "operator-0123456 operate"), NONE).tokens());
  }

  @Test
  void anotherSecretIsADifference() throws IOException {
    NodeConfig before = read(NODE, Map.of("DAWNCACHE_SECRET", SECRET), NONE);
    NodeConfig after = read(NODE, Map.of("DAWNCACHE_SECRET", NEXT), NONE);

    assertEquals(List.of("secret"), before.differences(after).stream().map(Key::path).toList());
    assertEquals(List.of(), before.differences(before));
  }
}
