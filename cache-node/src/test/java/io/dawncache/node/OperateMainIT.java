package io.dawncache.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.dawncache.core.ByteView;
import io.dawncache.core.Group;
import io.dawncache.node.origin.NoneOrigin;
import io.dawncache.node.origin.Origins;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
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

  private ConfiguredNode node;

  /** What a command did. */
  private record Ended(int exitCode, List<String> out, String err) {}

  @BeforeEach
  void start() throws IOException {
    node =
        ConfiguredNode.start(
            folder,
            Origins.of(List.of(new EchoOrigin(), new NoneOrigin())),
            "scores: {origin: 'echo:'}",
            "notes: {origin: none}",
            "frozen: {origin: 'echo:', remote-changes: none}");
  }

  @AfterEach
  void stop() {
    node.close();
  }

  private Ended run(String command, String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    List<String> all = new ArrayList<>(List.of(command));
    if (!command.startsWith("-")) {
      all.addAll(List.of("--operations", node.url()));
    }
    all.addAll(List.of(arguments));
    int exitCode =
        OperateMain.commandLine(new PrintWriter(out, true), new PrintWriter(err, true))
            .execute(all.toArray(String[]::new));
    return new Ended(exitCode, out.toString().lines().toList(), err.toString());
  }

  private Group scores() {
    return node.group("scores");
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
  void aValueIsPutFromTheCommandLineOrAFileWhereThatIsAllowed() throws IOException {
    Ended put = run("put", "notes", "Tom", "630 <ü>");
    assertEquals(new Ended(0, List.of("unreached: none", "otherLists: none"), ""), put);
    assertEquals("630 <ü>", node.group("notes").get("Tom").toUtf8());

    byte[] bytes = {0, (byte) 0xff, '\n'};
    Path file = folder.resolve("value");
    Files.write(file, bytes);
    assertEquals(
        0, run("put", "notes", "Tom", "--file", file.toString(), "--ttl", "1h").exitCode());
    assertEquals(ByteView.copyOf(bytes), node.group("notes").get("Tom"));
    Duration ttl = node.group("notes").explain("Tom").remainingTtl();
    assertTrue(ttl != null && ttl.compareTo(Duration.ofHours(1)) <= 0, "TTL: " + ttl);

    Ended refused = run("put", "scores", "Tom", "1");
    assertEquals(1, refused.exitCode());
    String expected = ": remote-changes of group scores: remove (expected: all)\n";
    assertEquals("dawncache: " + node.url() + expected, refused.err());
    assertEquals("Tom", scores().get("Tom").toUtf8());
  }

  @Test
  void aGroupMayAllowNoChange() {
    node.group("frozen").get("Tom");
    String expected =
        "dawncache: "
            + node.url()
            + ": remote-changes of group frozen: none (expected: remove or all)\n";

    assertEquals(new Ended(1, List.of(), expected), run("remove", "frozen", "Tom"));
    assertEquals(new Ended(1, List.of(), expected), run("clear", "frozen"));
    assertEquals(1, run("put", "frozen", "Tom", "1").exitCode());
    assertEquals(2, run("put", "notes", "Tom", "--x").exitCode());
    assertEquals(0, run("put", "notes", "Tom", "--", "--x").exitCode());
    assertEquals(1, node.group("frozen").stats().mainCache().items());
  }

  @Test
  void whatCannotBePutIsSaidInOneLine() throws IOException {
    assertEquals(
        new Ended(2, List.of(), "dawncache: VALUE, --file: missing (expected: one of them)\n"),
        run("put", "notes", "Tom"));
    assertEquals(
        new Ended(2, List.of(), "dawncache: VALUE, --file: both (expected: one of them)\n"),
        run("put", "notes", "Tom", "1", "--file", "f"));
    assertEquals(2, run("put", "notes", "Tom", "1", "--ttl", "soon").exitCode());
    assertEquals(1, run("put", "notes", "Tom", "--file", folder + "/none").exitCode());
    Path file = folder.resolve("long");
    Files.write(file, new byte[3_000_001]);
    assertEquals(
        "dawncache: " + file + ": too long (expected: <= 3000000 bytes)\n",
        run("put", "notes", "Tom", "--file", file.toString()).err());
    Files.write(file, new byte[3_000_000]);
    assertEquals(0, run("put", "notes", "Tom", "--file", file.toString()).exitCode());
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

    assertTrue(run("config").out().get(0).startsWith("listen: 127.0.0.1:0 "));
    assertEquals("group: scores", run("hot", "scores").out().get(0));
    assertEquals(new Ended(0, List.of("bytes: 3"), ""), run("refresh", "scores", "Tom"));
    assertEquals(new Ended(0, List.of("draining: true"), ""), run("drain"));
  }

  @Test
  void everyGivenNodeIsAskedAndOneOnlyActs() throws IOException {
    Origins echo = Origins.of(List.of(new EchoOrigin()));
    ConfiguredNode other = ConfiguredNode.start(folder, echo, "scores: {origin: 'echo:'}");
    String otherUrl = other.url();
    try (other) {
      scores().get("Tom");

      Ended explained = run("explain", "scores", "Tom", "--operations", otherUrl);
      assertEquals(0, explained.exitCode(), explained.err());
      List<String> out = explained.out();
      assertEquals(node.url() + ":", out.get(0));
      int second = out.indexOf(otherUrl + ":");
      assertTrue(out.subList(0, second).contains("  bytes: 3"), explained.toString());
      assertTrue(out.subList(second, out.size()).contains("  bytes: 0"), explained.toString());

      Ended json = run("explain", "scores", "Tom", "--json", "--operations", otherUrl);
      JsonObject answers = JsonParser.parseString(String.join("\n", json.out())).getAsJsonObject();
      assertEquals(3, answers.getAsJsonObject(node.url()).get("bytes").getAsInt());
      assertEquals(0, answers.getAsJsonObject(otherUrl).get("bytes").getAsInt());

      assertEquals(
          new Ended(2, List.of(), "dawncache: --operations: given twice (expected: once)\n"),
          run("drain", "--operations", otherUrl));
    }
    Ended half = run("explain", "scores", "Tom", "--operations", otherUrl);
    assertEquals(1, half.exitCode(), half.toString());
    assertEquals("dawncache: " + otherUrl + ": no connection\n", half.err());
    assertTrue(half.out().contains("  bytes: 3"), half.toString());
  }

  @Test
  void aBudgetIsChangedWithinTheHeap() {
    assertEquals(new Ended(0, List.of("maxBytes: 1048576"), ""), run("resize", "scores", "1m"));
    assertEquals(1 << 20, scores().config().maxBytes());

    Ended tooMuch = run("resize", "scores", "1000000g");
    assertEquals(1, tooMuch.exitCode(), tooMuch.toString());
    assertTrue(tooMuch.err().contains(" (expected: "), tooMuch.err());
    assertEquals(1, tooMuch.err().lines().count(), tooMuch.err());
    assertEquals(1, run("resize", "scores", "0").exitCode());
    assertEquals(2, run("resize", "scores", "much").exitCode());
    assertEquals(1 << 20, scores().config().maxBytes());
  }

  @Test
  void topShowsAllMembersOfWhichOneWasAsked() throws IOException {
    Origins echo = Origins.of(List.of(new EchoOrigin()));
    try (ConfiguredNode other = ConfiguredNode.start(folder, echo, "scores: {origin: 'echo:'}")) {
      ConfiguredNode.join(node, other);
      for (int i = 0; i < 100; i++) {
        scores().get("k" + i);
      }

      Ended top = run("top", "--once", "--sort", "node");
      assertEquals(0, top.exitCode(), top.toString());
      assertEquals("2 of 2 nodes answer, sorted by NODE", top.out().get(0));
      List<String> begins = List.of("all", "all", "all", node.self(), other.self());
      for (String begin : begins) {
        assertTrue(top.out().stream().anyMatch(row -> row.startsWith(begin + " ")), top.toString());
      }

      Ended json = run("top", "--once", "--json", "--operations", other.url());
      assertEquals(0, json.exitCode(), json.toString());
      assertEquals(1, json.out().size());
      JsonObject page = JsonParser.parseString(json.out().get(0)).getAsJsonObject();
      assertEquals(2, page.getAsJsonArray("nodes").size());
      JsonObject sum = row(page.getAsJsonArray("sums"), "scores");
      assertTrue(sum.get("getsPerSecond").getAsDouble() > 0, sum.toString());
      assertTrue(sum.get("loadsPerSecond").getAsDouble() > 0, sum.toString());
      assertTrue(sum.get("entries").getAsInt() >= 100, sum.toString());
      assertTrue(row(page.getAsJsonArray("sums"), "notes").get("hitRatio").isJsonNull());

      other.node().close();
      Ended lost = run("top", "--once");
      assertEquals(1, lost.exitCode(), lost.toString());
      assertTrue(lost.out().contains(other.self() + "  no connection"), lost.toString());
    }
  }

  private static JsonObject row(JsonArray rows, String group) {
    for (JsonElement row : rows) {
      if (row.getAsJsonObject().get("group").getAsString().equals(group)) {
        return row.getAsJsonObject();
      }
    }
    throw new AssertionError(group + " in " + rows);
  }

  @Test
  void topRefreshesSortsByAKeyAndEndsAtQ() throws Exception {
    List<String> heads = new ArrayList<>();
    Iterator<Integer> keys = List.of(Terminal.NO_KEY, (int) 'm', (int) 'x', (int) 'q').iterator();
    TopCommand top = new TopCommand();
    PrintWriter out = new PrintWriter(new StringWriter());
    Program.commandLine(top, out, out).parseArgs("--operations", node.url());
    int exitCode =
        top.show(
            new NodeClient(Duration.ofSeconds(30)),
            new TopCommand.Screen() {
              @Override
              public void show(List<String> lines) {
                heads.add(lines.get(0));
                assertTrue(lines.get(lines.size() - 1).startsWith("q quit, sort by: "));
              }

              @Override
              public int key() {
                return keys.next();
              }
            });

    String gets = "1 of 1 nodes answer, sorted by GETS/S";
    String byNode = "1 of 1 nodes answer, sorted by NODE";
    assertEquals(List.of(gets, gets, byNode, byNode), heads);
    assertEquals(0, exitCode);
  }

  @Test
  void topWithoutATerminalPrintsTablesUntilNobodyReadsThem() {
    StringWriter err = new StringWriter();
    StringWriter read = new StringWriter();
    Writer closing =
        new Writer() {
          @Override
          public void write(char[] text, int from, int length) throws IOException {
            if (read.toString().split("1 of 1 nodes answer", -1).length > 2) {
              throw new IOException("closed");
            }
            read.write(text, from, length);
          }

          @Override
          public void flush() {}

          @Override
          public void close() {}
        };
    int exitCode =
        OperateMain.commandLine(new PrintWriter(closing, true), new PrintWriter(err, true))
            .execute("top", "--operations", node.url(), "--interval", "100ms");
    assertEquals(1, exitCode);
    assertEquals("top: standard output: could not be written\n", err.toString());
  }

  @Test
  void topTakesNoIntervalOrColumnThatThereIsNot() {
    assertEquals(
        new Ended(
            2,
            List.of(),
            "dawncache: --sort: size (expected: node or group or gets or hit or loads or p50 or p99"
                + " or evictions or entries or bytes)\n"),
        run("top", "--sort", "size"));
    assertEquals(
        "dawncache: --interval: 30s (expected: 100ms to 25s)\n",
        run("top", "--interval", "30s").err());
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
            "put",
            "top",
            "warm",
            "refresh",
            "resize",
            "drain",
            "serve",
            "get GROUP KEY",
            "check FILE",
            "members URL...")) {
      assertTrue(text.contains("\n  " + command + " "), command + " in\n" + text);
    }
    Ended one = run("explain", "--help");
    assertEquals("Usage: dawncache explain [OPTIONS] GROUP KEY", one.out().get(0));
    assertEquals("What nodes know of a key, and what a get would do.", one.out().get(1));
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

    node.operations().close();
    Ended gone = run("hot", "scores");
    assertEquals(1, gone.exitCode());
    assertTrue(gone.err().endsWith("no connection\n"), gone.err());
  }
}
