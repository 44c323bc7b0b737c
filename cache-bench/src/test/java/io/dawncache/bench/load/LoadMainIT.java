package io.dawncache.bench.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dawncache.core.CacheNode;
import io.dawncache.core.Group;
import io.dawncache.core.Loaded;
import io.dawncache.core.consistenthash.Scheme;
import io.dawncache.server.CacheServer;
import io.dawncache.server.Dialect;
import io.dawncache.server.ServerConfig;
import io.dawncache.server.TlsConfig;
import io.dawncache.server.wire.NodeUrl;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The generator against real nodes; nothing here depends on how fast they are. */
final class LoadMainIT {
  private static final String ORIGIN = "from the origin";
  private static final int KEYS = 50;

  @TempDir Path folder;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private final AtomicBoolean stopped = new AtomicBoolean();
  private final List<CacheNode> nodes = new ArrayList<>();
  private final List<CacheServer> servers = new ArrayList<>();

  @BeforeEach
  void start() throws IOException {
    startNode(Dialect.DAWNCACHE);
  }

  @AfterEach
  void stop() {
    servers.forEach(CacheServer::close);
    nodes.forEach(CacheNode::close);
  }

  @Test
  void everyRequestOfAClosedLoopIsAnsweredAndTheNodeHasCountedThemToo() {
    assertEquals(0, run("--requests", "3000", "--warm-up", "0s", "--depth", "4"), err::toString);
    assertTold("sent                   3,000 requests");
    assertTold("status                 200: 3,000");
    assertTold("errors                 0 in all");
    assertEquals(3_000, group(0).stats().gets());
  }

  @Test
  void anOpenLoopSendsOrLeavesBehindExactlyWhatWasWanted() throws Exception {
    LoadResult result =
        new LoadRun(plan(2_000, 2, LoadPlan.UNBOUNDED, 600, 0), new AtomicBoolean(), row -> {})
            .run();
    Tally total = result.total();
    assertEquals(600, total.sent + total.unsent);
    assertBooksBalance(total);
    assertEquals(total.unsent == 0, result.shortfalls().stream().noneMatch(s -> s.contains("due")));
  }

  @Test
  void putsArriveAndAreReadBack() {
    assertEquals(
        0,
        run("--requests", "2000", "--puts", "0.5", "--value-bytes", "37", "--skew", "0"),
        err::toString);
    assertTold("put not done", false);
    int put = 0;
    for (int key = 1; key <= KEYS; key++) {
      put += group(0).get("key" + key).length() == 37 ? 1 : 0;
    }
    assertEquals(KEYS, put); // of 40 requests a key half were puts
  }

  @Test
  void inAFleetEachPutGoesToItsOwnerSoThatNobodyStaysUnreached() throws Exception {
    startNode(Dialect.DAWNCACHE);
    List<String> members = servers.stream().map(CacheServer::self).toList();
    servers.forEach(server -> server.setMembers(members));
    LoadResult result =
        new LoadRun(plan(0, 1, LoadPlan.UNBOUNDED, 2_000, 1), new AtomicBoolean(), row -> {}).run();
    assertEquals(Map.of(200, 2_000L), result.total().statuses());
    assertEquals(0, result.total().errors());
    int put = 0;
    for (int key = 1; key <= KEYS; key++) {
      put += group(0).get("key" + key).length() == 100 ? 1 : 0; // from whoever owns it
    }
    assertEquals(KEYS, put);
  }

  @Test
  void mailgunsDialectIsSpokenToo() throws IOException {
    stop();
    nodes.clear();
    servers.clear();
    startNode(Dialect.MAILGUN);
    assertEquals(
        0, run("--requests", "500", "--puts", "0.5", "--dialect", "mailgun"), err::toString);
    assertTold("status                 200: 500");
  }

  @Test
  void aNodeWithTlsIsAskedIfItsCertificateIsTrusted() throws Exception {
    Path certificate = folder.resolve("node.crt");
    Path key = folder.resolve("node.key");
    makeCertificate(certificate, key);
    startNode(ServerConfig.builder().tls(TlsConfig.builder(certificate, key).build()));
    String url = servers.get(1).self();
    String[] load = {
      "--target", url, "--group", "scores", "--requests", "500", "--warm-up", "0s", "--threads", "2"
    };

    assertEquals(0, execute(concat(load, "--cacert", certificate.toString())), err::toString);
    assertTold("status                 200: 500");
    assertEquals(500, group(1).stats().gets());

    assertEquals(1, execute(load));
    assertTrue(
        err.toString().contains(url.substring("https://".length()) + ": unable to find valid"),
        err::toString);
    assertEquals(500, group(1).stats().gets());
  }

  private static void makeCertificate(Path certificate, Path key) throws Exception {
    List<String> command =
        List.of(
            ("openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -noenc -days 9"
                    + " -subj /CN=node -addext subjectAltName=IP:127.0.0.1 -keyout "
                    + (key + " -out " + certificate))
                .split(" "));
    Process openssl = new ProcessBuilder(command).redirectErrorStream(true).start();
    String told = new String(openssl.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, openssl.waitFor(), told);
  }

  @Test
  void connectionsComeAndGo() throws Exception {
    LoadResult result = new LoadRun(plan(0, 2, 10, 4_000, 0), new AtomicBoolean(), row -> {}).run();
    Tally total = result.total();
    assertEquals(4_000, total.sent);
    assertEquals(Map.of(200, 4_000L), total.statuses());
    assertEquals(0, total.errors());
    // Of the 8 that there are at the beginning some live for less, none for more.
    assertTrue(total.opened >= 4_000 / 10 - 8, "opened " + total.opened);
  }

  @Test
  void aNodeThatDoesNotKnowTheGroupAnswersThatAndNothingIsMeasured() {
    assertEquals(1, run("--requests", "100", "--warm-up", "0s", "--group", "nobody's"));
    assertTold("status                 400: 100");
    assertTold("errors                 100 in all");
    assertTold("Every answer was an error");
  }

  @Test
  void aRunThatIsStoppedTellsWhatItHasMeasured() throws Exception {
    LoadPlan plan = plan(500, 1, LoadPlan.UNBOUNDED, 1_000_000, 0);
    LoadResult result = new LoadRun(plan, stopped, row -> stopped.set(true)).run();
    assertTrue(result.stopped());
    assertTrue(result.isAnswered());
    assertBooksBalance(result.total());
  }

  @Test
  void aRunThatIsStoppedBeforeItBeginsSendsNothingAndSaysThatInOneLine() {
    stopped.set(true);
    assertEquals(1, run("--duration", "1h"));
    assertEquals("load: stopped before anything was measured\n", err.toString());
    assertEquals("", out.toString());
    assertEquals(0, group(0).stats().gets());
  }

  @Test
  @Timeout(60) // far less than the time-out, which would be waited for
  void aRunThatIsStoppedWhileItWaitsForItsLastAnswerEnds() {
    CountDownLatch over = new CountDownLatch(1);
    nodes
        .get(0)
        .addGroup(
            "held",
            key -> {
              stopped.set(true);
              over.await();
              return Loaded.ofUtf8(ORIGIN);
            });
    try {
      String[] one = {"--group", "held", "--requests", "1", "--warm-up", "0s", "--timeout", "1h"};
      assertEquals(1, run(one));
    } finally {
      over.countDown();
    }
  }

  @Test
  void thePageIsWritten() throws IOException {
    Path page = folder.resolve("load.html");
    assertEquals(0, run("--requests", "500", "--report", page.toString()), err::toString);
    assertTold(page.toString());
    assertTrue(Files.readString(page).contains("Latency by percentile"));
  }

  @Test
  void aPortThatRefusesIsToldAndEndsTheRun() throws IOException {
    int port;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }
    assertEquals(1, execute("--target", "127.0.0.1:" + port, "--group", "g"));
    assertEquals("load: 127.0.0.1:" + port + ": Connection refused\n", err.toString());
    assertEquals("", out.toString());
  }

  @Test
  void aServerThatAnswersNothingIsToldAndEndsTheRun() throws IOException {
    try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      String target = "127.0.0.1:" + silent.getLocalPort();
      String[] brief = {
        "--duration", "200ms", "--warm-up", "0s", "--timeout", "300ms", "--connections", "9"
      };
      assertEquals(1, execute(concat(brief, "--target", target, "--group", "g", "--rate", "100")));
    }
    assertTold("Nothing was answered.");
    assertTrue(
        out.toString().contains("no answer in time") || out.toString().contains("unanswered"),
        out::toString);
  }

  @Test
  void aServerThatGoesAwayForGoodEndsTheRun() throws Exception {
    try (ServerSocket brief = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      CompletableFuture<Void> gone =
          CompletableFuture.runAsync(
              () -> {
                try (Socket first = brief.accept()) {
                  assertNotNull(first.getInputStream().readNBytes(20)); // a request has begun
                  refuseFromNowOn(brief);
                } catch (IOException e) {
                  throw new AssertionError(e);
                }
              });
      String target = "127.0.0.1:" + brief.getLocalPort();
      assertEquals(
          1,
          execute(
              "--target",
              target,
              "--group",
              "g",
              "--connections",
              "1",
              "--duration",
              "1h",
              "--warm-up",
              "0s"));
      gone.join();
      assertTold("The run ended early: " + target + ": Connection refused.");
      assertTold("connection lost        1");
      assertTold("no connection ");
    }
  }

  @Test
  void aTargetWithoutAnAddressIsTold() {
    assertEquals(1, execute("--target", "no-such-host.invalid:80", "--group", "g"));
    assertTrue(err.toString().contains("no-such-host.invalid has no address"), err::toString);
  }

  @Test
  void aRunWhoseThreadsCannotConnectSendsNothing() throws Exception {
    CacheServer gone = servers.get(0);
    LoadPlan plan = plan(0, 2, LoadPlan.UNBOUNDED, 100, 0);
    gone.close();
    assertThrows(
        ConnectException.class, () -> new LoadRun(plan, new AtomicBoolean(), row -> {}).run());
  }

  private static void refuseFromNowOn(ServerSocket listener) throws IOException {
    listener.close();
  }

  private void startNode(Dialect dialect) throws IOException {
    startNode(ServerConfig.builder().dialect(dialect));
  }

  private void startNode(ServerConfig.Builder config) throws IOException {
    CacheNode node = CacheNode.create();
    nodes.add(node);
    node.addGroup("scores", key -> Loaded.ofUtf8(ORIGIN));
    servers.add(CacheServer.start(node, config.build()));
  }

  private Group group(int node) {
    Group group = nodes.get(node).group("scores");
    assertNotNull(group);
    return group;
  }

  private LoadPlan plan(double rate, int threads, long life, long requests, double puts) {
    Keys keys = Keys.drawn("key", KEYS, 0, new SizeRange(100, 100));
    return new LoadPlan(
        servers.stream().map(server -> NodeUrl.parse(server.self())).toList(),
        Dialect.DAWNCACHE,
        Scheme.NATIVE,
        Dialect.DAWNCACHE.basePath(),
        "scores",
        keys,
        KEYS + " keys",
        puts,
        rate,
        8,
        2,
        life,
        threads,
        requests,
        LoadPlan.UNBOUNDED,
        0,
        60_000_000_000L,
        null,
        true);
  }

  private static void assertBooksBalance(Tally total) {
    long ended = total.answered();
    for (Failure failure : Failure.values()) {
      ended += total.failures(failure);
    }
    assertEquals(total.sent, ended);
    assertEquals(
        total.answered(), total.statuses().values().stream().mapToLong(count -> count).sum());
  }

  private int run(String... options) {
    List<String> arguments = new ArrayList<>(List.of(options));
    arguments.addAll(List.of("--target", "127.0.0.1:" + servers.get(0).address().getPort()));
    arguments.addAll(List.of("--keys", String.valueOf(KEYS), "--connections", "5"));
    if (!arguments.contains("--group")) {
      arguments.addAll(List.of("--group", "scores"));
    }
    if (!arguments.contains("--warm-up")) {
      arguments.addAll(List.of("--warm-up", "100ms"));
    }
    return execute(arguments.toArray(String[]::new));
  }

  private int execute(String... arguments) {
    return LoadMain.commandLine(stopped, new PrintWriter(out, true), new PrintWriter(err, true))
        .execute(arguments);
  }

  private static String[] concat(String[] some, String... others) {
    List<String> all = new ArrayList<>(List.of(some));
    all.addAll(List.of(others));
    return all.toArray(String[]::new);
  }

  private void assertTold(String part) {
    assertTold(part, true);
  }

  private void assertTold(String part, boolean expected) {
    assertEquals(expected, out.toString().contains(part), part + " in " + out + err);
    assertFalse(err.toString().contains("Exception"), err::toString);
  }
}
