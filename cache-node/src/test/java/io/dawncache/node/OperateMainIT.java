package io.dawncache.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dawncache.core.Group;
import io.dawncache.node.origin.Origins;
import io.dawncache.node.text.HostPort;
import io.dawncache.server.ServerConfig;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The commands of {@code scripts/dawncache} against a node with its operations listener. */
@Timeout(60)
class OperateMainIT {
  @TempDir private Path folder;

  private StandaloneNode node;
  private NodeOperations operations;

  /** What a command did. */
  private record Ended(int exitCode, List<String> out, String err) {}

  @BeforeEach
  void start() throws IOException {
    Origins origins = Origins.of(List.of(new EchoOrigin()));
    GroupOrigin scores = new GroupOrigin("scores", origins.open("scores", "echo:"));
    node = StandaloneNode.start(ServerConfig.builder(), List.of(scores));
    operations = NodeOperations.start(node, new HostPort("127.0.0.1", 0), () -> "listen: here\n");
  }

  @AfterEach
  void stop() {
    operations.close();
    node.close();
  }

  private Ended run(String command, String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    List<String> all = new ArrayList<>(List.of(command));
    if (!command.startsWith("-")) {
      all.addAll(List.of("--operations", "http://127.0.0.1:" + operations.address().getPort()));
    }
    all.addAll(List.of(arguments));
    int exitCode =
        OperateMain.commandLine(new PrintWriter(out, true), new PrintWriter(err, true))
            .execute(all.toArray(String[]::new));
    return new Ended(exitCode, out.toString().lines().toList(), err.toString());
  }

  private Group scores() {
    return node.server().node().group("scores");
  }

  @Test
  void aKeyIsExplainedAndRemoved() {
    scores().get("Tom/1 2");

    Ended held = run("explain", "scores", "Tom/1 2");
    assertEquals(0, held.exitCode(), held.err());
    assertTrue(held.out().contains("key: Tom/1 2"), held.toString());
    assertTrue(held.out().contains("bytes: 7"), held.toString());

    assertEquals(
        new Ended(0, List.of("unreached: none", "otherLists: none"), ""),
        run("remove", "scores", "Tom/1 2"));

    Ended removed = run("explain", "scores", "Tom/1 2", "--json");
    assertTrue(
        removed.out().stream().anyMatch(line -> line.contains("\"bytes\": 0")), removed.toString());
  }

  @Test
  void aGroupIsWarmedFromAFileThatMayHaveABadLine() throws IOException {
    Path keys = folder.resolve("keys");
    Files.writeString(keys, "a\n\nb\n");

    Ended warmed = run("warm", "scores", keys.toString(), "--rate", "1000");

    assertEquals(1, warmed.exitCode(), warmed.toString());
    assertTrue(warmed.err().contains(keys + ":2: empty"), warmed.err());
    assertTrue(warmed.out().contains("found: 2"), warmed.toString());
    assertEquals(2, scores().stats().mainCache().items());
    assertEquals(0, run("clear", "scores").exitCode());
    assertEquals(0, scores().stats().mainCache().items());
  }

  @Test
  void whatElseThereIsToAsk() {
    scores().get("Tom");

    assertEquals(new Ended(0, List.of("listen: here"), ""), run("config"));
    assertEquals("group: scores", run("hot", "scores").out().get(0));
    assertEquals(new Ended(0, List.of("bytes: 3"), ""), run("refresh", "scores", "Tom"));
    assertEquals(new Ended(0, List.of("draining: true"), ""), run("drain"));
  }

  @Test
  void helpNamesAllCommands() {
    Ended help = run("--help");

    assertEquals(0, help.exitCode(), help.err());
    String text = String.join("\n", help.out());
    for (String command :
        List.of(
            "explain",
            "hot",
            "config",
            "remove",
            "clear",
            "warm",
            "refresh",
            "drain",
            "serve",
            "get GROUP KEY",
            "check FILE",
            "members URL...")) {
      assertTrue(text.contains("\n  " + command + " "), command + " in\n" + text);
    }
    Ended one = run("explain", "--help");
    assertEquals("Usage: dawncache explain [OPTIONS] GROUP KEY", one.out().get(0));
    assertEquals("What a node knows of a key, and what a get would do.", one.out().get(1));
    assertTrue(one.out().stream().noneMatch(line -> line.contains("serve")), one.toString());
  }

  @Test
  void whatIsWrongIsSaidInOneLine() {
    Ended unknown = run("explain", "nothing", "Tom");
    assertEquals(1, unknown.exitCode());
    assertTrue(
        unknown.err().contains("nothing") && unknown.err().contains("expected"), unknown.err());
    assertEquals(1, unknown.err().lines().count(), unknown.err());

    Ended without = run("explain", "scores");
    assertEquals(2, without.exitCode());
    assertEquals(
        "dawncache: KEY: missing (expected: dawncache explain [OPTIONS] GROUP KEY)\n",
        without.err());
    assertEquals(2, run("warm", "scores", "keys", "--rate", "0").exitCode());
    assertTrue(run("explode").err().startsWith("dawncache: explode: no such command (expected: "));
    assertEquals(1, run("warm", "scores", folder + "/none").exitCode());

    operations.close();
    Ended gone = run("hot", "scores");
    assertEquals(1, gone.exitCode());
    assertTrue(gone.err().endsWith("no connection\n"), gone.err());
  }
}
