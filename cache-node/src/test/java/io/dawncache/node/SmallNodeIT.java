package io.dawncache.node;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dawncache.operations.page.StatsPage;
import io.dawncache.operations.page.StatsPage.OfGroup;
import io.dawncache.server.wire.GroupcacheCodec;
import io.dawncache.server.wire.NodeUrl;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code scripts/node} where there is little: 128 MB of heap, and half a core. */
class SmallNodeIT {
  private static final Path ROOT =
      Path.of(System.getProperty("dawncache.root", "..")).toAbsolutePath().normalize();
  private static final int CONNECTIONS = 8;
  private static final int KEYS = 600;
  private static final int VALUE_BYTES = 100_000;
  private static final long MAX_BYTES = 32 << 20; // about half of the values
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final NodeClient client = new NodeClient(PATIENCE);
  private final List<Process> processes = new ArrayList<>();

  @TempDir private Path temp;

  @AfterEach
  void leaveNoProcess() throws Exception {
    for (Process process : processes) {
      process.destroyForcibly().waitFor();
    }
  }

  @Test
  void aNodeOf128MegabytesBesideABusyNeighbourStartsAndServes() throws Exception {
    Path values = Files.createDirectory(temp.resolve("values"));
    for (int key = 0; key < KEYS; key++) {
      Files.write(values.resolve("key" + key), value(key));
    }
    String core = firstCore();
    Process neighbour =
        start(core, "-Xmx128m", temp.resolve("neighbour.txt"), "sh", "-c", "while :; do :; done");
    Path said = temp.resolve("node.txt");
    Process node =
        start(
            core,
            "-Xmx128m",
            said,
            ROOT.resolve("scripts/node").toString(),
            "--listen",
            "127.0.0.1:0",
            "--group",
            "values=files:" + values,
            "--max-bytes",
            "32m");
    String serving =
        CompletableFuture.supplyAsync(() -> firstLine(node))
            .get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    assertNotNull(serving, () -> "the node has ended: " + text(said));
    NodeUrl url = NodeUrl.parse(serving.replaceAll(".* at |, alone", ""));

    askForEverythingAtOnce(url);

    assertTrue(node.isAlive(), () -> "the node has ended: " + text(said));
    assertFalse(text(said).contains("OutOfMemoryError"), () -> text(said));
    assertTrue(neighbour.isAlive(), "the neighbour has ended");
    OfGroup stats = stats(url, "values");
    assertEquals((long) CONNECTIONS * KEYS, stats.gets());
    assertEquals(stats.gets(), stats.cacheHits() + stats.loads(), stats::toString);
    assertEquals(0, stats.localLoadErrs(), stats::toString);
    assertTrue(stats.mainCache().evictions() > 0, stats::toString);
    assertTrue(stats.heldBytes() <= MAX_BYTES, stats::toString);
    node.destroy();
    assertTrue(node.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS), "the node did not stop");
    assertEquals(143, node.exitValue(), () -> text(said));
  }

  @Test
  void threeGroupsWithDefaultBudgetsFillAMachineOf256MegabytesToTheBrim() throws Exception {
    Path values = Files.createDirectory(temp.resolve("values"));
    for (int key = 0; key < KEYS; key++) {
      Files.write(values.resolve("key" + key), value(key));
    }
    Path said = temp.resolve("node.txt");
    List<String> program =
        new ArrayList<>(
            List.of(ROOT.resolve("scripts/node").toString(), "--listen", "127.0.0.1:0"));
    List<String> groups = List.of("one", "two", "three");
    groups.forEach(group -> program.addAll(List.of("--group", group + "=files:" + values)));
    Process node = start(firstCore(), "-XX:MaxRAM=256m", said, program.toArray(String[]::new));
    String serving = firstLine(node);
    assertNotNull(serving, () -> "the node has ended: " + text(said));
    NodeUrl url = NodeUrl.parse(serving.replaceAll(".* at |, alone", ""));

    for (String group : groups) {
      for (int key = 0; key < KEYS; key++) {
        String path = "/_dawncache/" + group + "/key" + key;
        assertEquals(200, client.get(url, path).statusCode(), path);
      }
    }

    for (String group : groups) {
      OfGroup stats = stats(url, group);
      assertTrue(stats.mainCache().evictions() > 0, stats::toString);
      assertTrue(stats.heldBytes() <= stats.maxBytes(), stats::toString);
      assertEquals(0, stats.localLoadErrs(), stats::toString);
    }
    assertTrue(text(said).contains("such groups share"), () -> text(said));
  }

  private static @Nullable String firstLine(Process process) {
    try {
      return process.inputReader().readLine();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Several callers, one connection each, each in an order of its own. */
  private void askForEverythingAtOnce(NodeUrl url) throws Exception {
    ExecutorService callers = Executors.newFixedThreadPool(CONNECTIONS);
    try {
      List<Callable<Void>> calls = new ArrayList<>();
      for (int caller = 0; caller < CONNECTIONS; caller++) {
        List<Integer> keys = new ArrayList<>(IntStream.range(0, KEYS).boxed().toList());
        Collections.shuffle(keys, new Random(caller));
        calls.add(() -> ask(url, keys));
      }
      for (Future<Void> ended : callers.invokeAll(calls)) {
        ended.get();
      }
    } finally {
      callers.shutdownNow();
    }
  }

  private Void ask(NodeUrl url, List<Integer> keys) throws Exception {
    for (int key : keys) {
      HttpResponse<byte[]> answer = client.get(url, "/_dawncache/values/key" + key);
      assertEquals(200, answer.statusCode(), "key" + key);
      byte[] bytes = GroupcacheCodec.decodeResponse(ByteBuffer.wrap(answer.body())).toByteArray();
      assertArrayEquals(value(key), bytes, "key" + key);
    }
    return null;
  }

  private static byte[] value(int key) {
    byte[] value = new byte[VALUE_BYTES];
    new Random(key).nextBytes(value);
    return value;
  }

  /** Starts a program on one core; its first line can be read, its complaints go to a file. */
  private Process start(String core, String jvmOption, Path complaints, String... program)
      throws IOException {
    List<String> command = new ArrayList<>(List.of("taskset", "-c", core));
    command.addAll(List.of(program));
    ProcessBuilder builder = new ProcessBuilder(command).redirectError(complaints.toFile());
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    builder.environment().put("DAWNCACHE_JAVA_OPTS", jvmOption);
    Process process = builder.start();
    processes.add(process);
    return process;
  }

  /** Returns the first of the cores that this test may use, which need not be the machine's. */
  private static String firstCore() throws IOException {
    return Files.readAllLines(Path.of("/proc/self/status")).stream()
        .filter(line -> line.startsWith("Cpus_allowed_list:"))
        .map(line -> line.replaceAll("^\\D*(\\d+).*", "$1"))
        .findFirst()
        .orElseThrow();
  }

  private OfGroup stats(NodeUrl url, String group) throws Exception {
    String page = new String(client.get(url, "/stats").body(), UTF_8);
    return StatsPage.fromJson(page).groups().get(group);
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
