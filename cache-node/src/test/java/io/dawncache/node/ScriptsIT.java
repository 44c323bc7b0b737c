package io.dawncache.node;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dawncache.core.ByteView;
import io.dawncache.operations.page.StatsPage;
import io.dawncache.operations.page.StatsPage.OfGroup;
import io.dawncache.server.wire.Escape;
import io.dawncache.server.wire.GroupcacheCodec;
import io.dawncache.server.wire.NodeUrl;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The scripts as a person uses them: real processes on the JDK that runs this test, real files, and
 * a run folder and ports of their own, so that a cluster of somebody else stays as it is.
 */
class ScriptsIT {
  private static final Path ROOT =
      Path.of(System.getProperty("dawncache.root", "..")).toAbsolutePath().normalize();
  private static final Path JAVA_HOME = Path.of(System.getProperty("java.home"));
  private static final int NODES = 3;

  /** From a node's port to that of its operations listener. */
  private static final int OPERATIONS_OFFSET = 1000;

  private final NodeClient client = new NodeClient(Duration.ofSeconds(30));

  @TempDir private Path temp;

  private Path run;
  private int basePort;

  /**
   * What a script did.
   *
   * @param exitCode what it ended with
   * @param out its standard output
   * @param err its standard error
   */
  private record Done(int exitCode, ByteView out, String err) {
    String text() {
      return out.toUtf8();
    }

    List<String> lines() {
      return text().lines().toList();
    }

    @Override
    public String toString() {
      return "exit code " + exitCode + "\n" + text() + err;
    }
  }

  @BeforeEach
  void choosePorts() {
    run = temp.resolve("run folder");
    basePort = freePorts();
  }

  @AfterEach
  void leaveNoProcess() throws Exception {
    List<Long> pids = pids();
    assertEquals(0, cluster("stop").exitCode());
    for (long pid : pids) {
      assertTrue(isGone(pid), () -> "process " + pid + " outlived cluster stop");
    }
  }

  @Test
  void checkNamesTheMistakesOfAFileWhichFlagsMayMend() throws Exception {
    Path file = temp.resolve("node.yaml");
    Files.writeString(file, "listen: here\ngroups: {g: {origin: 'files:%s'}}\n".formatted(temp));

    Done wrong = script("check", file.toString());
    Done right =
        script("node", "--config", file.toString(), "--listen", "127.0.0.1:0", "--print-config");

    assertEquals(1, wrong.exitCode(), wrong::toString);
    String mistake =
        file + ":1:9: listen: here (expected: HOST:PORT, such as 127.0.0.1:8001 or [::1]:8001)";
    assertTrue(wrong.err().lines().toList().contains(mistake), wrong::toString);
    assertEquals(0, right.exitCode(), right::toString);
    assertTrue(right.lines().get(0).matches("listen: 127\\.0\\.0\\.1:0 +# --listen"), right::text);
  }

  @Test
  void theSampleConfigurationServesFilesAndTheRowsOfADatabase() throws Exception {
    ProcessBuilder builder =
        new ProcessBuilder(
            ROOT.resolve("scripts/node").toString(),
            "--config",
            "conf/dawncache.yaml",
            "--listen",
            "127.0.0.1:0");
    builder.directory(ROOT.toFile()).redirectError(temp.resolve("log").toFile());
    builder.environment().put("JAVA_HOME", JAVA_HOME.toString());
    Process node = builder.start();
    try {
      String serving = node.inputReader().readLine();
      assertTrue(
          serving != null && serving.startsWith("serving scores, players at http://"),
          () -> serving + "\n" + log());
      String url = serving.replaceAll(".* at (\\S+),.*", "$1");

      assertEquals("630", script("get", "--node", url, "scores", "Tom").text());
      assertEquals(
          "{\"name\":\"player-7\",\"country\":\"US\",\"points\":433,\"joined\":\"2015-08-06\"}",
          script("get", "--node", url, "players", "player-7").text());
    } finally {
      node.destroy();
      assertTrue(node.waitFor(60, TimeUnit.SECONDS));
    }
  }

  private String log() {
    try {
      return Files.readString(temp.resolve("log"));
    } catch (IOException e) {
      return e.toString();
    }
  }

  @Test
  void aClusterServesTheScoresAndStopsWithoutTrace() throws Exception {
    Done start = cluster("start", "--base-port", "" + basePort);

    assertEquals(0, start.exitCode(), start::toString);
    assertEquals(NODES, pids().size());
    for (String url : urls()) {
      assertTrue(start.lines().contains("  " + url), start::toString);
      assertEquals("ok\n", new String(page(url, "/healthz").body(), UTF_8));
      Done tom = script("get", "--node", url, "scores", "Tom");
      assertEquals(0, tom.exitCode(), tom::toString);
      assertEquals("630", tom.text());
      assertEquals(
          "{\"name\":\"player-7\",\"country\":\"US\",\"points\":433,\"joined\":\"2015-08-06\"}",
          script("get", "--node", url, "players", "player-7").text());
    }
    for (int i = 0; i < NODES; i++) {
      String operations = "http://127.0.0.1:" + (basePort + OPERATIONS_OFFSET + i);
      assertEquals(200, page(operations, "/readyz").statusCode());
    }
    assertTrue(start.text().contains("/get --node " + urls().get(2) + " scores Tom"));
    HttpResponse<byte[]> tom = page(urls().get(0), "/_dawncache/scores/Tom");
    assertEquals("630", GroupcacheCodec.decodeResponse(ByteBuffer.wrap(tom.body())).toUtf8());

    Done chronicle = script("get", "--node", urls().get(1), "scores", "chronicle.txt");
    byte[] bytes = Files.readAllBytes(ROOT.resolve("scripts/data/scores/chronicle.txt"));
    assertEquals(ByteView.copyOf(bytes), chronicle.out(), chronicle::toString);

    Done jane = script("get", "--node", urls().get(1), "scores", "Jane");
    assertEquals(1, jane.exitCode());
    assertEquals(0, jane.out().length());
    assertEquals("get: scores/Jane from " + urls().get(1) + ": not found\n", jane.err());

    List<Long> pids = pids();
    Done stop = cluster("stop");
    assertEquals("stopped 3 nodes\n", stop.text(), stop::toString);
    for (long pid : pids) {
      assertTrue(isGone(pid), () -> "process " + pid + " outlived cluster stop");
    }
    assertEquals("no cluster is running\n", cluster("stop").text());
  }

  @Test
  void whatAClusterSaysToTryCanBeDone() throws Exception {
    Done start = cluster("start", "2", "--base-port", "" + basePort);
    assertEquals(0, start.exitCode(), start::toString);
    assertTrue(start.lines().get(0).startsWith("The cluster serves scores and players; "));

    List<String> hints =
        start.lines().subList(start.lines().indexOf("Try") + 1, start.lines().size());
    List<String> ours = hints.stream().filter(hint -> !hint.contains("curl")).toList();
    for (String hint : ours) {
      Done done = bash(hint + (hint.contains("dawncache top") ? " --once" : ""));
      assertEquals(0, done.exitCode(), () -> hint + ": " + done);
    }
    for (String command :
        List.of(
            "get --node " + urls().get(0) + " players player-7",
            "dawncache members " + urls().get(0) + " " + urls().get(1),
            "dawncache explain scores Tom --operations http://127.0.0.1:"
                + (basePort + OPERATIONS_OFFSET),
            "dawncache top --operations http://127.0.0.1:" + (basePort + OPERATIONS_OFFSET),
            "dawncache hot players --operations http://127.0.0.1:" + (basePort + OPERATIONS_OFFSET),
            "cluster add",
            "cluster stop")) {
      assertTrue(ours.stream().anyMatch(hint -> hint.endsWith("/" + command)), start::toString);
    }
    assertEquals("no cluster is running\n", cluster("stop").text());
  }

  /** The program script gives its command a terminal, and passes it what is written to script. */
  @Test
  void topOnATerminalSortsByAKeyQuitsAndLeavesTheTerminalAsItWas() throws Exception {
    Done start = cluster("start", "1", "--base-port", "" + basePort);
    assertEquals(0, start.exitCode(), start::toString);
    String top =
        script("dawncache")
            + " top --operations http://127.0.0.1:"
            + (basePort + OPERATIONS_OFFSET);

    Done done =
        bash(
            "printf bq | script -qec \"stty -g; %s; code=\\$?; stty -g; exit \\$code\" /dev/null"
                .formatted(top));

    assertEquals(0, done.exitCode(), done::toString);
    assertTrue(done.text().contains("1 of 1 nodes answer, sorted by GETS/S"), done::toString);
    assertTrue(done.text().contains("1 of 1 nodes answer, sorted by BYTES"), done::toString);
    assertTrue(done.text().contains(urls().get(0) + "  players "), done::toString);
    assertTrue(done.text().contains("q quit, sort by: m node "), done::toString);
    assertTrue(done.text().contains("\u001b[?1049h"), done::toString);
    assertTrue(done.text().contains("\u001b[?1049l"), done::toString);
    List<String> settings =
        Pattern.compile("[0-9a-f]+(?::[0-9a-f]+){5,}")
            .matcher(done.text())
            .results()
            .map(MatchResult::group)
            .toList();
    assertEquals(2, settings.size(), done::toString);
    assertEquals(settings.get(0), settings.get(1));
  }

  @Test
  void everyFileOfTheJdksLegalFolderComesFromEveryNodeAndIsLoadedOnce() throws Exception {
    Path legal = JAVA_HOME.resolve("legal");
    assertTrue(Files.isDirectory(legal), legal + " (expected: a JDK with its folder legal)");
    legal = legal.toRealPath();
    List<String> files = filesBelow(legal);
    assertTrue(files.size() > 50, () -> files.size() + " files (expected: some hundred)");

    Done start =
        cluster("start", "3", "--base-port", "" + basePort, "--", "--group", "docs=files:" + legal);
    assertEquals(0, start.exitCode(), start::toString);
    for (String url : urls()) {
      for (String file : files) {
        HttpResponse<byte[]> answer = page(url, "/_dawncache/docs/" + Escape.path(file));
        assertEquals(200, answer.statusCode(), file);
        byte[] value = GroupcacheCodec.decodeResponse(ByteBuffer.wrap(answer.body())).toByteArray();
        assertEquals(
            sha256(Files.readAllBytes(legal.resolve(file))), sha256(value), file + " at " + url);
      }
    }

    long loads = 0;
    for (String url : urls()) {
      OfGroup docs = stats(url).groups().get("docs");
      loads += docs.getterRuns();
      assertTrue(docs.fetchesMade() > 0, () -> url + ": " + docs);
      checkBooks(docs);
    }
    assertEquals(files.size(), loads);
    Done status = cluster("status");
    assertEquals(0, status.exitCode(), status::toString);
    assertEquals(1 + NODES + 1, status.lines().size(), status::toString);
    assertEquals(
        List.of("sum", "docs", "" + files.size()),
        Stream.of(0, 1, 4).map(column -> column(status.lines().get(1 + NODES), column)).toList());
  }

  @Test
  void aSecondClusterIsRefusedAndADeadNodeIsShown() throws Exception {
    Done start = cluster("start", "2", "--base-port", "" + basePort, "--", "--policy", "lru");
    assertEquals(0, start.exitCode(), start::toString);

    Done second = cluster("start", "--base-port", "" + basePort);
    assertEquals(1, second.exitCode());
    assertEquals(
        "cluster: a cluster is running (expected: none; cluster stop ends it)\n", second.err());

    ProcessHandle dead = ProcessHandle.of(pids().get(1)).orElseThrow();
    assertTrue(dead.destroyForcibly());
    dead.onExit().get(30, TimeUnit.SECONDS);
    Done status = cluster("status");
    assertEquals(1, status.exitCode(), status::toString);
    assertTrue(
        status.lines().contains("http://127.0.0.1:" + (basePort + 1) + "  no connection"),
        status::toString);

    Done add = cluster("add");
    assertEquals("node 3 serves at " + urls().get(2) + "\n", add.text(), add::toString);
    assertEquals(List.of(), stats(urls().get(0)).otherLists());
    assertEquals("stopped 2 nodes\n", cluster("stop").text());
  }

  @Test
  void aClusterGrowsAndShrinksWhileItServes() throws Exception {
    Done start = cluster("start", "2", "--base-port", "" + basePort, "--", "--policy", "lru");
    assertEquals(0, start.exitCode(), start::toString);
    AtomicBoolean over = new AtomicBoolean();
    CompletableFuture<Integer> gets =
        CompletableFuture.supplyAsync(
            () -> getsUntil(over, urls().get(1)), task -> new Thread(task, "gets").start());

    Done add = cluster("add");
    assertEquals("node 3 serves at " + urls().get(2) + "\n", add.text(), add::toString);
    for (String url : urls()) {
      assertEquals(urls(), stats(url).members());
      assertEquals("lru", stats(url).groups().get("scores").policy());
    }
    Done status = cluster("status");
    assertEquals(0, status.exitCode(), status::toString);

    long first = pids().get(0);
    Done remove = cluster("remove", "1");
    assertEquals(
        "node 1 is no member any more, and has stopped\n", remove.text(), remove::toString);
    assertTrue(isGone(first));
    assertEquals(urls().subList(1, NODES), stats(urls().get(1)).members());
    assertEquals(0, cluster("status").exitCode());

    assertEquals(0, cluster("remove", "3").exitCode());
    assertEquals(
        "cluster: node 2: the last one (expected: cluster stop)\n", cluster("remove", "2").err());
    assertEquals(
        "cluster: node 1: does not run (expected: one of cluster status)\n",
        cluster("remove", "1").err());
    over.set(true);
    assertTrue(gets.get(60, TimeUnit.SECONDS) > 0);
    assertEquals("stopped 1 node\n", cluster("stop").text());
    assertEquals(1, cluster("add").exitCode());
  }

  /** Gets a few keys again and again, and returns how many there were; none fails. */
  private int getsUntil(AtomicBoolean over, String url) {
    int gets = 0;
    try {
      for (; !over.get(); gets++) {
        String key = List.of("Tom", "Jack", "Sam").get(gets % 3);
        HttpResponse<byte[]> answer = page(url, "/_dawncache/scores/" + key);
        assertEquals(200, answer.statusCode(), () -> new String(answer.body(), UTF_8));
      }
    } catch (Exception e) {
      throw new AssertionError("after " + gets + " gets", e);
    }
    return gets;
  }

  @Test
  void aRecycledProcessNumberIsLeftAlone() throws Exception {
    Process stranger = new ProcessBuilder("sleep", "600").start();
    try {
      Files.createDirectories(run);
      Files.writeString(
          run.resolve("node-1.pid"), stranger.pid() + " 127.0.0.1:" + basePort + "\n");

      assertEquals("no cluster is running\n", cluster("stop").text());
      assertTrue(stranger.isAlive());
    } finally {
      stranger.destroyForcibly();
    }
  }

  @Test
  void nodesThatCannotStartLeaveNothingBehind() throws Exception {
    Done wrong = cluster("start", "2", "--base-port", "" + basePort, "--", "--policy", "fifo");
    assertEquals(2, wrong.exitCode(), wrong::toString);
    assertEquals("node: --policy: fifo (expected: lru or tinylfu)\n", wrong.err());
    assertEquals(List.of(), pids());

    try (ServerSocket taken = new ServerSocket(basePort, 1, InetAddress.getLoopbackAddress())) {
      Done inUse = cluster("start", "1", "--base-port", "" + taken.getLocalPort());
      assertEquals(1, inUse.exitCode(), inUse::toString);
      assertEquals(
          "cluster: port "
              + basePort
              + ": in use (expected: free, or other ports by --base-port)\n",
          inUse.err());
    }
  }

  @Test
  void aWrongCommandLineIsOneLineAndExitCode2() throws Exception {
    for (List<String> wrong :
        List.of(
            List.of("cluster"),
            List.of("cluster", "restart"),
            List.of("cluster", "start", "0"),
            List.of("cluster", "start", "three"),
            List.of("cluster", "start", "3", "4"),
            List.of("cluster", "start", "--base-port"),
            List.of("cluster", "start", "--base-port", "65534"),
            List.of("cluster", "start", "--verbose"),
            List.of("cluster", "stop", "now"),
            List.of("cluster", "status", "now"),
            List.of("node", "--listen", "127.0.0.1:0"),
            List.of("node", "--listen", "nowhere", "--group", "g=files:/"),
            List.of("node", "--verbose"),
            List.of("get", "scores"))) {
      Done done = script(wrong.get(0), wrong.subList(1, wrong.size()).toArray(String[]::new));
      assertEquals(2, done.exitCode(), () -> wrong + ": " + done);
      assertEquals(0, done.out().length(), () -> wrong + ": " + done);
      assertEquals(1, done.err().lines().count(), () -> wrong + ": " + done);
      assertTrue(done.err().contains(" (expected: "), () -> wrong + ": " + done);
    }
  }

  @Test
  void scriptsWorkFromAnyFolderThroughLinksAndInAnyLocale() throws Exception {
    Path link = Files.createSymbolicLink(temp.resolve("my cluster"), ROOT.resolve("scripts"));
    Files.createDirectories(temp.resolve("data"));
    // Written by bash, for this JVM may be in a locale that cannot name such a file.
    String name = "$'Zo\\xc3\\xab \\xf0\\x9f\\x8e\\x89'";
    assertEquals(0, bash("printf 640 >data/" + name).exitCode());

    Done start =
        bash(
            "'"
                + link
                + "/cluster' start 1 --base-port "
                + basePort
                + " -- --group zoo=files:data");
    assertEquals(0, start.exitCode(), start::toString);
    Done zoe = bash("'" + link + "/get' --node " + urls().get(0) + " zoo " + name);

    assertEquals("640", zoe.text(), zoe::toString);
    Files.delete(link);
  }

  @Test
  void nodesStartFromAnArchiveOfTheirClasses() throws Exception {
    Path loaded = temp.resolve("loaded.txt");
    String node = ROOT.resolve("scripts/node").toString();

    Done version =
        run(
            List.of(node, "--version"),
            Map.of("DAWNCACHE_JAVA_OPTS", "-Xlog:class+load:file=" + loaded));

    assertEquals(0, version.exitCode(), version.toString());
    assertTrue(
        Files.readString(loaded).contains("io.dawncache.node.NodeMain source: shared objects file"),
        "the node's classes came from elsewhere");
  }

  @Test
  void anArchiveThatDoesNotFitIsPassedOverInSilence() throws Exception {
    String node = ROOT.resolve("scripts/node").toString();

    Done version = run(List.of(node, "--version"), Map.of("DAWNCACHE_JAVA_OPTS", "-XX:+UseZGC"));

    assertEquals(0, version.exitCode(), version.toString());
    assertEquals(1, version.lines().size(), version.toString());
    assertTrue(version.lines().get(0).startsWith("dawncache "), version.toString());
  }

  @Test
  void aNodeIgnoresSighupAndItsLogHasTheSameDigitsInEveryLocale() throws Exception {
    Done start =
        run(
            List.of(
                script("cluster"),
                "start",
                "2",
                "--base-port",
                "" + basePort,
                "--",
                "--group",
                "scores=files:" + ROOT.resolve("scripts/data/scores")),
            Map.of("DAWNCACHE_JAVA_OPTS", "-Duser.language=ar -Duser.country=EG"));
    assertEquals(0, start.exitCode(), start::toString);
    List<Long> pids = pids();

    assertEquals(0, bash("kill -HUP " + pids.get(0)).exitCode());
    ProcessHandle dead = ProcessHandle.of(pids.get(1)).orElseThrow();
    assertTrue(dead.destroyForcibly());
    dead.onExit().get(30, TimeUnit.SECONDS);
    for (int i = 0; i < 100; i++) { // some belong to the dead node
      page(urls().get(0), "/_dawncache/scores/key" + i);
    }

    assertEquals(1L, ignoredSignals(pids.get(0)) & 1, "the first bit is that of SIGHUP");
    List<String> warnings =
        Files.readString(run.resolve("node-1.log"))
            .lines()
            .filter(line -> line.contains("WARNING"))
            .toList();
    assertFalse(warnings.isEmpty(), "nothing is said of the dead node");
    warnings.forEach(
        line ->
            assertTrue(
                line.matches("20[0-9]{2}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2} .*"), line));
  }

  @Test
  void whatCannotBeWrittenIsSaidAndStatusTakesUrls() throws Exception {
    Done start = cluster("start", "1", "--base-port", "" + basePort);
    assertEquals(0, start.exitCode(), start::toString);
    String url = urls().get(0);

    Done get = bash(script("get") + " --node " + url + " scores Tom >/dev/full");
    assertEquals(3, get.exitCode(), get::toString);
    assertEquals(
        "get: scores/Tom from " + url + ": standard output: No space left on device\n", get.err());

    Done full = bash(script("cluster") + " status " + url + " >/dev/full");
    assertEquals(1, full.exitCode(), full::toString);
    assertEquals("status: standard output: could not be written\n", full.err());

    run = temp.resolve("no cluster");
    Done status = cluster("status", url);
    assertEquals(0, status.exitCode(), status::toString);
    assertTrue(status.lines().get(1).startsWith(url + "  players "), status::toString);
    assertTrue(status.lines().get(2).startsWith(url + "  scores "), status::toString);
    run = temp.resolve("run folder");
  }

  /** The disk is full before the member list, the options or the process numbers are written. */
  @ParameterizedTest
  @ValueSource(strings = {"4k", "8k", "12k"})
  void aClusterThatCannotWriteItsFilesLeavesNoNode(String size) throws Exception {
    String fullDisk =
        "mkdir -p \"$DAWNCACHE_RUN\" && mount -t tmpfs -o size="
            + size
            + " tmpfs \"$DAWNCACHE_RUN\"";
    String fill = "head -c 4096 /dev/zero >\"$DAWNCACHE_RUN/fill\"";
    String cluster = script("cluster") + " start 2 --base-port " + basePort;

    Done start =
        run(
            List.of(
                "unshare",
                "--map-root-user",
                "--mount",
                "bash",
                "-c",
                String.join(" && ", fullDisk, fill, cluster)),
            Map.of());

    assertEquals(1, start.exitCode(), start::toString);
    assertTrue(start.err().contains("cannot be written (expected: room for "), start::toString);
    assertEquals(List.of(), processesOf(":" + basePort));
    assertEquals(List.of(), processesOf(":" + (basePort + 1)));
  }

  @Test
  void aCheckoutThatCannotBeWrittenRunsACluster() throws Exception {
    Path checkout = temp.resolve("checkout");
    Path cache = Files.createDirectories(temp.resolve("cache"));
    String[] steps = {
      "mkdir -p checkout/cache-node/target",
      "cp -r '" + ROOT + "'/{scripts,conf,pom.xml} checkout",
      "cp -r '" + ROOT + "'/cache-node/target/{lib,cache-node-*.jar} checkout/cache-node/target",
      "chmod -R a+rX,a-w checkout",
      "chmod a+rx . && chmod a+rwx cache"
    };
    Done copied = bash(String.join(" && ", steps));
    assertEquals(0, copied.exitCode(), copied::toString);

    List<String> cluster =
        List.of(
            "bash",
            "-c",
            "unset DAWNCACHE_RUN; exec " + checkout + "/scripts/cluster \"$@\"",
            "cluster");
    Done start = asNobody(cluster, cache, "start", "1", "--base-port", "" + basePort);
    Done status = asNobody(cluster, cache, "status");
    Done stop = asNobody(cluster, cache, "stop");

    assertEquals(0, start.exitCode(), start::toString);
    assertTrue(start.text().contains("its logs are in " + cache), start::toString);
    assertEquals(0, status.exitCode(), status::toString);
    assertEquals("stopped 1 node\n", stop.text(), stop::toString);
    bash("chmod -R u+w checkout");
  }

  /** Root may write anywhere, so that if this is root another user runs the command. */
  private Done asNobody(List<String> command, Path cache, String... arguments) throws Exception {
    List<String> all = new ArrayList<>();
    if ("root".equals(System.getProperty("user.name"))) {
      all.addAll(List.of("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"));
    }
    all.addAll(command);
    all.addAll(List.of(arguments));
    return run(all, Map.of("XDG_CACHE_HOME", cache.toString()));
  }

  private static List<String> processesOf(String address) {
    return ProcessHandle.allProcesses()
        .flatMap(process -> process.info().commandLine().stream())
        .filter(line -> line.contains("--listen 127.0.0.1" + address))
        .toList();
  }

  private static long ignoredSignals(long pid) throws IOException {
    return Files.readAllLines(Path.of("/proc/" + pid + "/status")).stream()
        .filter(line -> line.startsWith("SigIgn:"))
        .mapToLong(line -> Long.parseUnsignedLong(line.substring(7).strip(), 16))
        .sum();
  }

  private static String script(String name) {
    return ROOT.resolve("scripts").resolve(name).toString();
  }

  private Done cluster(String... arguments) throws Exception {
    return script("cluster", arguments);
  }

  private Done script(String name, String... arguments) throws Exception {
    List<String> command =
        new ArrayList<>(List.of(ROOT.resolve("scripts").resolve(name).toString()));
    command.addAll(List.of(arguments));
    return run(command, Map.of());
  }

  private Done bash(String command) throws Exception {
    return run(List.of("bash", "-c", command), Map.of("LC_ALL", "C"));
  }

  /** Runs a command in the test's own folder; its output goes to files, which nothing waits for. */
  private Done run(List<String> command, Map<String, String> environment) throws Exception {
    Path out = Files.createTempFile(temp, "out", "");
    Path err = Files.createTempFile(temp, "err", "");
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().putAll(environment);
    builder.environment().put("JAVA_HOME", JAVA_HOME.toString());
    builder.environment().put("DAWNCACHE_RUN", run.toString());
    builder.directory(temp.toFile());
    builder.redirectOutput(out.toFile()).redirectError(err.toFile());
    Process process = builder.start();
    if (!process.waitFor(5, TimeUnit.MINUTES)) {
      process.destroyForcibly();
    }
    return new Done(
        process.waitFor(), ByteView.copyOf(Files.readAllBytes(out)), Files.readString(err));
  }

  private List<String> urls() {
    return IntStream.range(0, NODES).mapToObj(i -> "http://127.0.0.1:" + (basePort + i)).toList();
  }

  private HttpResponse<byte[]> page(String url, String path) throws Exception {
    return client.get(NodeUrl.parse(url), path);
  }

  private StatsPage stats(String url) throws Exception {
    return StatsPage.fromJson(new String(page(url, "/stats").body(), UTF_8));
  }

  /** Returns the nodes' process numbers, as the cluster's files have them. */
  private List<Long> pids() throws IOException {
    List<Long> pids = new ArrayList<>();
    for (int i = 1; i <= NODES; i++) {
      Path file = run.resolve("node-" + i + ".pid");
      if (Files.exists(file)) {
        pids.add(Long.parseLong(Files.readString(file).split(" ", 2)[0]));
      }
    }
    return pids;
  }

  /** Whether a process has ended, buried or not: one that nobody waited for has no arguments. */
  private static boolean isGone(long pid) throws IOException {
    try {
      return Files.readAllBytes(Path.of("/proc/" + pid + "/cmdline")).length == 0;
    } catch (IOException e) {
      return true;
    }
  }

  /** Returns the keys of all files below a folder, as an origin sees them. */
  private static List<String> filesBelow(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      List<String> files = new ArrayList<>();
      for (Path path : all.filter(Files::isRegularFile).sorted().toList()) {
        if (path.toRealPath().startsWith(folder)) {
          files.add(folder.relativize(path).toString());
        }
      }
      return files;
    }
  }

  private static String sha256(byte[] bytes) throws Exception {
    return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
  }

  private static String column(String line, int index) {
    return line.trim().split(" +", -1)[index];
  }

  private static void checkBooks(OfGroup s) {
    assertEquals(s.gets(), s.cacheHits() + s.loads(), s::toString);
    assertEquals(s.loadsDeduped(), s.getterRuns() + s.fetchesMade(), s::toString);
    assertTrue(s.serverRequests() <= s.gets(), s::toString);
  }

  /**
   * Returns the first of some neighbouring ports that are free now. Below the ports that systems
   * give to outgoing connections, for the first node's fetches would take them from the last.
   */
  private static int freePorts() {
    while (true) {
      int base = ThreadLocalRandom.current().nextInt(10_000, 30_000);
      if (IntStream.range(base, base + NODES)
          .flatMap(port -> IntStream.of(port, port + OPERATIONS_OFFSET))
          .allMatch(ScriptsIT::isFree)) {
        return base;
      }
    }
  }

  private static boolean isFree(int port) {
    try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      return socket.isBound();
    } catch (IOException e) {
      return false;
    }
  }
}
