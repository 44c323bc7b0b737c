package io.dawncache.node;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.dawncache.operations.page.StatsPage;
import io.dawncache.operations.page.StatsPage.OfGroup;
import io.dawncache.server.wire.pb.Response;
import io.dawncache.server.wire.pb.SetRequest;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A node of an earlier commit and one of this, in one fleet: each serves what the other owns. */
@Timeout(value = 6, unit = TimeUnit.MINUTES)
@Tag("thorough")
class EarlierVersionIT {
  private static final Path ROOT =
      Path.of(System.getProperty("dawncache.root", "..")).toAbsolutePath().normalize();
  private static final List<String> KEYS = // that differ from the first character on, for FNV-1
      IntStream.range(0, 100).mapToObj(i -> Integer.toHexString(i * 0x9E3779B1) + "-key").toList();

  @TempDir private static Path earlier;

  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final List<Process> processes = new ArrayList<>();
  private final List<String> fleet = new ArrayList<>(); // the earlier node, then the present one

  @TempDir private Path temp;
  private Path values;
  private String basePath = "/_dawncache";

  @BeforeAll
  static void buildTheEarlierVersion() throws Exception {
    EarlierVersion.build(ROOT, earlier);
  }

  @BeforeEach
  void fillTheOrigin() throws Exception {
    values = Files.createDirectory(temp.resolve("values"));
    for (String key : KEYS) {
      Files.writeString(values.resolve(key), "value of " + key);
    }
  }

  @AfterEach
  void leaveNoProcess() throws Exception {
    for (Process process : processes) {
      process.destroyForcibly().waitFor();
    }
  }

  @Test
  void eachServesWhatTheOtherOwnsAndEachKeyIsLoadedOnce() throws Exception {
    startFleet();
    String present = fleet.get(1);
    do { // until the two have met, either ring may be in force at the present one
      get(present, KEYS.get(0));
    } while (!requireNonNull(stats(present).ring()).inForce().equals("seed"));
    long loadedBefore = loads();

    for (String key : KEYS) {
      for (String url : fleet) {
        assertEquals("value of " + key, get(url, key), () -> url + " " + key);
      }
    }

    assertTrue(loads() - loadedBefore <= KEYS.size(), () -> loadedBefore + " before");
    for (String url : fleet) {
      OfGroup scores = scores(url);
      assertTrue(scores.localLoads() > 0, () -> url + " owns none: " + scores);
      assertTrue(scores.peerLoads() > 0, () -> url + " asked nobody: " + scores);
      assertTrue(scores.serverRequests() > 0, () -> url + " was not asked: " + scores);
      assertEquals(0, scores.peerErrors() + scores.localLoadErrs(), () -> url + ": " + scores);
    }
    assertEquals(
        List.of(fleet.get(0)), requireNonNull(stats(present).ring()).lackedBy(), "lacks native");
    assertEquals(List.of(), stats(present).otherLists());
    Process status =
        start(temp.resolve("status.txt"), ROOT, "cluster", "status", fleet.get(0), present);
    String table = new String(status.getInputStream().readAllBytes(), UTF_8);
    assertEquals(0, status.waitFor(), table);
    fleet.forEach(url -> assertTrue(table.contains(url.substring("http://".length())), table));
  }

  @Test
  void whatIsPutOrRemovedThroughEitherIsSeenThroughBoth() throws Exception {
    basePath = "/_groupcache";
    startFleet("--dialect", "mailgun");
    for (int i = 0; i < KEYS.size(); i++) {
      String key = KEYS.get(i);
      assertEquals(200, put(fleet.get(i % 2), key, "put " + i));
      for (String url : fleet) {
        assertEquals("put " + i, get(url, key), () -> url + " " + key);
      }
      // The owner first is the rule, so that the other does not fetch the old value meanwhile;
      // here nobody asks meanwhile.
      for (String url : fleet) {
        assertEquals(200, delete(url, key));
      }
      for (String url : fleet) {
        assertEquals("value of " + key, get(url, key), () -> url + " " + key);
      }
    }
    for (String url : fleet) {
      OfGroup scores = scores(url);
      assertTrue(scores.localLoads() > 0, () -> url + " owns none: " + scores);
      assertTrue(scores.peerLoads() > 0, () -> url + " asked nobody: " + scores);
    }
  }

  @Test
  void aCloneWithoutTheHistorySaysWhatItLacks() throws Exception {
    Path clone = Files.createDirectories(temp.resolve("clone/cache-node/src/test"));
    Files.writeString(clone.resolve("earlier-commit"), "c0ffee\n");
    EarlierVersion.succeed(
        temp.resolve("clone"), List.of("git", "init", "-q")); // as bare as shallow
    var thrown =
        assertThrows(IOException.class, () -> EarlierVersion.build(temp.resolve("clone"), temp));
    assertTrue(
        thrown
            .getMessage()
            .startsWith(
                "cache-node/src/test/earlier-commit: c0ffee cannot be read (expected: a clone with"
                    + " the whole history, such as by git fetch --unshallow): "),
        thrown::getMessage);
  }

  /** Starts a node of each version; both know both and are ready when this returns. */
  private void startFleet(String... options) throws Exception {
    Path members = temp.resolve("members");
    for (Path root : List.of(earlier, ROOT)) {
      var arguments =
          new ArrayList<>(
              List.of(
                  "--listen",
                  "127.0.0.1:0",
                  "--discovery",
                  "file:" + members,
                  "--group",
                  "scores=files:" + values));
      arguments.addAll(List.of(options));
      Path log = temp.resolve("node-" + fleet.size() + ".txt");
      Process node = start(log, root, "node", arguments.toArray(String[]::new));
      BufferedReader out = node.inputReader(UTF_8);
      String serving = out.readLine();
      assertTrue(serving != null, () -> text(log));
      fleet.add(serving.replaceAll(".* at (http://[0-9.:]+).*", "$1"));
    }
    Files.write(members, fleet);
    for (String url : fleet) {
      while (stats(url).members().size() < fleet.size() || status(url, "/readyz") != 200) {
        assertTrue(processes.stream().allMatch(Process::isAlive), "a node has ended");
      }
    }
  }

  private Process start(Path log, Path root, String script, String... arguments)
      throws IOException {
    var command = new ArrayList<>(List.of(root.resolve("scripts").resolve(script).toString()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).redirectError(log.toFile());
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    builder
        .environment()
        .put("DAWNCACHE_JAVA_OPTS", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xmx256m");
    Process process = builder.start();
    processes.add(process);
    return process;
  }

  private String get(String url, String key) throws Exception {
    HttpResponse<byte[]> answer = ask(url, path(key), BodyPublishers.noBody(), "GET");
    assertEquals(200, answer.statusCode(), () -> url + ": " + new String(answer.body(), UTF_8));
    return Response.parseFrom(answer.body()).getValue().toStringUtf8();
  }

  private int put(String url, String key, String value) throws Exception {
    byte[] body =
        SetRequest.newBuilder()
            .setGroup("scores")
            .setKey(key)
            .setValue(ByteString.copyFromUtf8(value))
            .build()
            .toByteArray();
    return ask(url, path(key), BodyPublishers.ofByteArray(body), "PUT").statusCode();
  }

  private int status(String url, String path) throws Exception {
    return ask(url, path, BodyPublishers.noBody(), "GET").statusCode();
  }

  private int delete(String url, String key) throws Exception {
    return ask(url, path(key), BodyPublishers.noBody(), "DELETE").statusCode();
  }

  private String path(String key) {
    return basePath + "/scores/" + key;
  }

  private HttpResponse<byte[]> ask(
      String url, String path, HttpRequest.BodyPublisher body, String method) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(url + path))
            .timeout(Duration.ofSeconds(30))
            .method(method, body)
            .build();
    return http.send(request, BodyHandlers.ofByteArray());
  }

  private StatsPage stats(String url) throws Exception {
    return StatsPage.fromJson(
        new String(ask(url, "/stats", BodyPublishers.noBody(), "GET").body(), UTF_8));
  }

  private OfGroup scores(String url) throws Exception {
    return requireNonNull(stats(url).groups().get("scores"));
  }

  /** Returns how often the fleet has asked the origin. */
  private long loads() throws Exception {
    return scores(fleet.get(0)).localLoads() + scores(fleet.get(1)).localLoads();
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      return file + ": " + e.getMessage();
    }
  }
}
