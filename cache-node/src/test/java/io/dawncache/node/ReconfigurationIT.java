package io.dawncache.node;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dawncache.node.config.ConfigReader;
import io.dawncache.node.config.ConfigWatch;
import io.dawncache.node.config.Mistakes;
import io.dawncache.node.config.NodeConfig;
import io.dawncache.node.origin.Origins;
import io.dawncache.operations.page.StatsPage;
import io.dawncache.server.testing.LogRecorder;
import io.dawncache.server.wire.GroupcacheCodec;
import io.dawncache.server.wire.NodeUrl;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A node whose configuration file is edited while it serves. */
@Timeout(120)
class ReconfigurationIT {
  private static final int KEYS = 200;

  @TempDir private Path folder;

  private final NodeClient client = new NodeClient(Duration.ofSeconds(30));
  private final LogRecorder log = LogRecorder.of(Reconfiguration.class);
  private Path file;
  private StandaloneNode node;
  private Reconfiguration edits;
  private NodeUrl url;

  @BeforeEach
  void start() throws Exception {
    file = folder.resolve("node.yaml");
    for (String origin : List.of("old", "new")) {
      Files.createDirectory(folder.resolve(origin));
      for (int i = 0; i < KEYS; i++) {
        Files.writeString(folder.resolve(origin).resolve("k" + i), origin + i);
      }
    }
    write("scores: {origin: 'files:OLD', budget: 8m, ttl: 1h}");
    ConfigReader reader = new ConfigReader(file, Map.of(), Map.of(), Map.of());
    ConfigWatch watch = new ConfigWatch(file);
    Mistakes mistakes = new Mistakes();
    NodeConfig config = reader.read(mistakes);
    OpenGroups opened = OpenGroups.open(config, Origins.onClassPath(), mistakes);
    assertEquals(List.of(), mistakes.lines());
    node = StandaloneNode.start(config.server(), opened.groups());
    edits = new Reconfiguration(reader, Origins.onClassPath(), node, config);
    edits.start(watch);
    url = NodeUrl.parse(node.server().self());
  }

  @AfterEach
  void stop() {
    edits.close();
    node.close();
    log.close();
  }

  /** Replaces the file as an editor does. */
  private void write(String... groups) throws IOException {
    writeText("listen: 127.0.0.1:0\ngroups:\n  " + String.join("\n  ", groups) + "\n");
  }

  private void writeText(String text) throws IOException {
    Path next = folder.resolve("node.yaml.new");
    Files.writeString(
        next,
        text.replace("OLD", folder.resolve("old").toString())
            .replace("NEW", folder.resolve("new").toString()));
    Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  private String get(String group, String key) throws Exception {
    HttpResponse<byte[]> answer = client.get(url, "/_dawncache/" + group + "/" + key);
    return answer.statusCode() == 200
        ? GroupcacheCodec.decodeResponse(ByteBuffer.wrap(answer.body())).toUtf8()
        : String.valueOf(answer.statusCode());
  }

  private StatsPage.OfGroup stats(String group) throws Exception {
    return StatsPage.fromJson(new String(client.get(url, "/stats").body(), UTF_8))
        .groups()
        .get(group);
  }

  private static void await(Callable<Boolean> condition) throws Exception {
    while (!condition.call()) {
      Thread.onSpinWait();
    }
  }

  private void awaitLog(String... lines) throws Exception {
    await(() -> log.lines().size() >= lines.length);
    assertEquals(
        List.of(lines),
        log.lines().stream().map(line -> line.replace(file.toString(), "FILE")).toList());
  }

  @Test
  void aBudgetIsHalvedAndAGroupAddedUnderLoadWithoutAFailedGet() throws Exception {
    AtomicBoolean done = new AtomicBoolean();
    AtomicLong gets = new AtomicLong();
    AtomicLong failed = new AtomicLong();
    List<Thread> callers = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      Thread caller =
          new Thread(
              () -> {
                for (int k = 0; !done.get(); k = (k + 1) % KEYS) {
                  try {
                    if (!get("scores", "k" + k).equals("old" + k)) {
                      failed.incrementAndGet();
                    }
                  } catch (Exception e) {
                    failed.incrementAndGet();
                  }
                  gets.incrementAndGet();
                }
              });
      caller.start();
      callers.add(caller);
    }
    await(() -> gets.get() > 2 * KEYS);
    long loads = stats("scores").getterRuns();
    long edited = System.nanoTime();

    write("scores: {origin: 'files:OLD', budget: 4m, ttl: 2h}", "docs: {origin: 'files:NEW'}");
    await(() -> get("docs", "k1").equals("new1"));
    System.out.println(
        "an edit was in force after " + (System.nanoTime() - edited) / 1_000_000 + " ms");
    long then = gets.get();
    await(() -> gets.get() > then + 2 * KEYS);
    done.set(true);
    for (Thread caller : callers) {
      caller.join();
    }

    assertEquals(0, failed.get());
    assertEquals(loads, stats("scores").getterRuns(), "no hit was lost");
    awaitLog("INFO configuration read again: scores: budget, ttl; docs added");
  }

  @Test
  void anotherOriginClearsItsGroupAndNoOther() throws Exception {
    write("scores: {origin: 'files:OLD', budget: 8m, ttl: 1h}", "docs: {origin: 'files:OLD'}");
    await(() -> get("docs", "k1").equals("old1"));
    assertEquals("old1", get("scores", "k1"));

    write("scores: {origin: 'files:NEW', budget: 8m, ttl: 1h}", "docs: {origin: 'files:OLD'}");
    await(() -> get("scores", "k1").equals("new1"));

    assertEquals(1, stats("docs").getterRuns());
    awaitLog(
        "INFO configuration read again: docs added",
        "INFO configuration read again: scores: origin, so it is cleared at this node");
  }

  @Test
  void aGroupThatIsTakenOutIsRemoved() throws Exception {
    write("docs: {origin: 'files:OLD'}");

    await(() -> stats("scores") == null);
    awaitLog("INFO configuration read again: scores removed; docs added");
  }

  @Test
  void aBrokenEditChangesNothingAndIsOneLine() throws Exception {
    assertEquals("old1", get("scores", "k1"));

    write("scores: {origin: 'files:NEW', budget: 4m, ttl: soon}", "docs: {origin: 'files:/none'}");
    awaitLog(
        "WARNING the edit of the configuration changes nothing, it has 2 mistakes, the first:"
            + " FILE:3:%d: groups.scores.ttl: soon (expected: a number and its unit, such as 500ms,"
                .formatted(
                    ("  scores: {origin: 'files:" + folder.resolve("new")).length()
                        + "', budget: 4m, ttl: ".length()
                        + 1)
            + " 10s, 5m, 1h or 7d)");

    assertEquals("old1", get("scores", "k1"));
    assertNull(stats("docs"));
    assertEquals(1, stats("scores").getterRuns());
  }

  @Test
  void aFileThatVanishesChangesNothingAndMayComeBack() throws Exception {
    Files.delete(file);
    await(() -> log.lines().size() == 1);
    assertEquals("old1", get("scores", "k1"));

    write("scores: {origin: 'files:OLD', budget: 8m, ttl: 1h}", "docs: {origin: 'files:NEW'}");
    await(() -> get("docs", "k1").equals("new1"));

    awaitLog(
        "WARNING the edit of the configuration changes nothing, it has a mistake: FILE: no such"
            + " file (expected: a file in YAML)",
        "INFO configuration read again: docs added");
  }

  @Test
  void whatTakesARestartIsNamed() throws Exception {
    writeText(
        """
        listen: 127.0.0.1:1
        zone: eu
        log: {io.dawncache.test: debug}
        groups:
          scores: {origin: 'files:OLD', budget: 8m, ttl: 1h, policy: lru}
        """);

    awaitLog(
        "INFO configuration read again: scores: policy after a restart; log levels; listen, zone"
            + " after a restart");
    assertTrue(
        java.util.logging.Logger.getLogger("io.dawncache.test")
            .isLoggable(java.util.logging.Level.FINE));
    assertEquals("old1", get("scores", "k1"));
  }

  @Test
  void aBudgetChangedByAnOperatorHoldsUntilItsGroupIsEdited() throws Exception {
    edits.resize("scores", 1 << 20);
    assertEquals(1 << 20, stats("scores").maxBytes());

    write("scores: {origin: 'files:OLD', budget: 8m, ttl: 1h}", "docs: {origin: 'files:NEW'}");
    await(() -> stats("docs") != null);
    assertEquals(1 << 20, stats("scores").maxBytes());

    write("scores: {origin: 'files:OLD', budget: 8m, ttl: 2h}", "docs: {origin: 'files:NEW'}");
    await(() -> stats("scores").maxBytes() == 8 << 20);
    awaitLog(
        "INFO group scores: budget 1048576 bytes, until it is edited",
        "INFO configuration read again: docs added",
        "INFO configuration read again: scores: ttl");
  }

  @Test
  void aReadingThatIsAskedForNeedsNoEdit() throws Exception {
    edits.readSoon();

    awaitLog("INFO configuration read again: nothing has changed");
  }
}
