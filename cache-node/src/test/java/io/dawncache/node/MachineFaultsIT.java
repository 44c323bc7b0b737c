package io.dawncache.node;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dawncache.server.wire.NodeUrl;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Real nodes on a machine that fails. They answer hits all the time, write few lines about it, and
 * work as before when the machine does. {@code OpenFilesIT} has the limit of open files, {@code
 * OutOfMemoryIT} memory, {@code IdleConnectionsIT} connections, and {@code DnsIT} the name server.
 * Needs Linux, with {@code /dev/full}, {@code prlimit} and {@code setpriv}.
 */
@Timeout(120)
class MachineFaultsIT {
  private static final int HITS = 100;
  private static final int PIPELINED = 50; // fewer than a connection may have in flight
  private static final int FIRST_JDK_WITH_VIRTUAL_LOADS = 24;

  @TempDir private Path folder;

  private final NodeClient client = new NodeClient(Duration.ofSeconds(20));
  private Path said;
  private Process node;

  @BeforeEach
  void writeValue() throws IOException {
    said = folder.resolve("said");
    Files.createDirectories(folder.resolve("values"));
    Files.writeString(folder.resolve("values/Tom"), "630");
  }

  @AfterEach
  void leaveNoProcess() throws Exception {
    if (node != null) {
      node.destroyForcibly().waitFor();
    }
  }

  /** Starts a node of which {@code said} has the log, and gets one key, which is a hit then. */
  private NodeUrl start(List<String> prefix, String... options) throws Exception {
    List<String> command = new ArrayList<>(prefix);
    command.addAll(
        List.of(
            "env",
            "--default-signal=HUP",
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            System.getProperty("java.class.path"),
            NodeMain.class.getName()));
    command.addAll(List.of(options));
    node = new ProcessBuilder(command).redirectError(said.toFile()).start();
    String serving = node.inputReader(UTF_8).readLine();
    assertTrue(serving != null && serving.startsWith("serving "), () -> serving + read(said));
    NodeUrl url = NodeUrl.parse(serving.split("[ ,]", 5)[3]);
    assertHit(url);
    return url;
  }

  private String[] withGroup(String... options) {
    String group = "scores=files:" + folder.resolve("values");
    return Stream.concat(Stream.of("--listen", "127.0.0.1:0", "--group", group), Stream.of(options))
        .toArray(String[]::new);
  }

  private int status(NodeUrl url, String path) throws Exception {
    return client.get(url, path).statusCode();
  }

  private void assertHit(NodeUrl url) throws Exception {
    assertEquals(200, status(url, "/_dawncache/scores/Tom"), () -> read(said));
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      return e.toString();
    }
  }

  /** Returns the node's own; the JVM's have the word at their beginning. */
  private List<String> warnings() {
    return read(said).lines().filter(line -> line.contains(" WARNING ")).toList();
  }

  private static void run(List<String> prefix, String... command) throws Exception {
    List<String> all = new ArrayList<>(prefix);
    all.addAll(List.of(command));
    Process process = new ProcessBuilder(all).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertEquals(0, process.waitFor(), () -> all + ": " + output);
  }

  private void hangUp() throws Exception {
    run(List.of(), "kill", "-HUP", Long.toString(node.pid()));
  }

  /** Sets a limit of the node to {@code most}, as long as it is not raised again. */
  private void limit(List<String> prefix, String what, String most) throws Exception {
    run(prefix, "prlimit", "--pid", Long.toString(node.pid()), "--" + what + "=" + most + ":");
  }

  @Test
  void aFullDiskCostsLinesOfTheAccessLogAndNoAnswer() throws Exception {
    Path log = folder.resolve("access");
    Files.createSymbolicLink(log, Path.of("/dev/full"));
    NodeUrl url = start(List.of(), withGroup("--access-log", log.toString()));

    for (int i = 0; i < HITS; i++) {
      assertHit(url);
    }
    awaitLostLines(url, log);

    Files.delete(log); // as if there was room again
    awaitLineIn(log, url);
    assertEquals(1, warnings().size(), () -> read(said));
  }

  @Test
  void anAccessLogThatCannotBeOpenedAnewIsTriedAgain() throws Exception {
    Path log = folder.resolve("access");
    NodeUrl url = start(List.of(), withGroup("--access-log", log.toString()));
    awaitLineIn(log, url);

    Files.delete(log);
    Files.createDirectory(log);
    hangUp();
    awaitLostLines(url, log);
    for (int i = 0; i < HITS; i++) {
      assertHit(url);
    }

    Files.delete(log);
    awaitLineIn(log, url);
    assertEquals(1, warnings().size(), () -> read(said));
  }

  private void awaitLostLines(NodeUrl url, Path log) throws Exception {
    String warning = "access-log " + log + ": ";
    while (!read(said).contains(warning)) {
      assertHit(url);
    }
    assertTrue(
        warnings().get(0).matches(".* WARNING .*: [0-9]+ requests have no line"),
        warnings()::toString);
  }

  private void awaitLineIn(Path log, NodeUrl url) throws Exception {
    while (!Files.isRegularFile(log) || !Files.readString(log).contains(" scores Tom 200 ")) {
      assertHit(url);
    }
  }

  @Test
  void aLogThatMayNotGrowCostsItsLinesAndNoAnswer() throws Exception {
    Path file = folder.resolve("node.yaml");
    configure(file, "scores");
    NodeUrl url = start(List.of(), "--config", file.toString());
    hangUp();
    while (!read(said).contains("configuration read again: nothing has changed")) {
      assertHit(url);
    }
    String before = read(said);

    limit(List.of(), "fsize", Long.toString(Files.size(said)));
    configure(file, "scores", "second");
    hangUp();
    while (status(url, "/_dawncache/second/Tom") != 200) {
      assertHit(url);
    }
    assertEquals(before, read(said));

    limit(List.of(), "fsize", "unlimited");
    configure(file, "scores", "second", "third");
    hangUp();
    while (!read(said).substring(before.length()).contains("third")) {
      assertHit(url);
    }
    assertEquals(200, status(url, "/_dawncache/third/Tom"));
  }

  private void configure(Path file, String... groups) throws IOException {
    StringBuilder text = new StringBuilder("listen: 127.0.0.1:0\ngroups:\n");
    for (String group : groups) {
      text.append("  ").append(group).append(": {origin: 'files:");
      text.append(folder.resolve("values")).append("'}\n");
    }
    Files.writeString(file, text);
  }

  @Test
  void aNodeThatMayStartNoThreadAnswersHitsAndLoadsAgainWhenItMay() throws Exception {
    List<String> user = anotherUser();
    NodeUrl url = start(user, withGroup());

    limit(user, "nproc", "1");
    List<Integer> statuses = load(url, "first-");
    int more = 0;
    // A load that finds an idle thread succeeds; virtual threads are none of the kernel's.
    while (Runtime.version().feature() < FIRST_JDK_WITH_VIRTUAL_LOADS && !statuses.contains(500)) {
      statuses = load(url, "further-" + more++ + "-");
    }
    assertTrue(List.of(404, 500).containsAll(statuses), statuses::toString);
    for (int i = 0; i < HITS; i++) {
      assertHit(url);
    }
    assertTrue(warnings().size() <= 1, () -> read(said));

    limit(user, "nproc", Long.toString(1 << 15));
    Files.writeString(folder.resolve("values/Sam"), "567");
    assertEquals(200, status(url, "/_dawncache/scores/Sam"), () -> read(said));
    assertTrue(node.isAlive());
  }

  /** Has the node load keys that there are not, all at once; returns the statuses. */
  private static List<Integer> load(NodeUrl url, String name) throws IOException {
    StringBuilder requests = new StringBuilder();
    for (int i = 0; i < PIPELINED; i++) {
      requests.append("GET /_dawncache/scores/").append(name).append(i).append(" HTTP/1.1\r\n");
      requests.append("Host: node\r\n").append(i < PIPELINED - 1 ? "" : "Connection: close\r\n");
      requests.append("\r\n");
    }
    try (Socket connection = new Socket(url.host(), url.port())) {
      connection.getOutputStream().write(requests.toString().getBytes(UTF_8));
      BufferedReader answers =
          new BufferedReader(new InputStreamReader(connection.getInputStream(), UTF_8));
      return answers
          .lines()
          .filter(line -> line.startsWith("HTTP/1.1 "))
          .map(line -> Integer.valueOf(line.substring(9, 12)))
          .toList();
    }
  }

  /**
   * Returns what runs a command as a user with no other process: no limit of the number of
   * processes holds for root. It may read all files, as root may.
   */
  private static List<String> anotherUser() throws IOException {
    if (!Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0)) {
      return List.of();
    }
    List<String> prefix = new ArrayList<>(List.of("setpriv", "--clear-groups"));
    prefix.add("--reuid=" + (60_000 + ProcessHandle.current().pid() % 4_000));
    prefix.addAll(List.of("--inh-caps=+dac_read_search", "--ambient-caps=+dac_read_search"));
    return prefix;
  }
}
