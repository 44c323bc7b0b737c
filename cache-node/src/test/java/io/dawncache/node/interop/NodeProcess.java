package io.dawncache.node.interop;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A node of the fleet as its users see it: a process that is started, asked over HTTP, and stopped
 * or killed. It dies with the JVM that started it.
 */
class NodeProcess implements AutoCloseable {
  /** The top folder of the repository. */
  static final Path ROOT =
      Path.of(System.getProperty("dawncache.root", "..")).toAbsolutePath().normalize();

  private static final Path LOGS = ROOT.resolve("cache-node/target/interop");
  private static final List<String> COUNTERS =
      List.of(
          "gets",
          "cacheHits",
          "loads",
          "loadsDeduped",
          "localLoads",
          "localLoadErrs",
          "peerLoads",
          "peerErrors",
          "serverRequests");

  private static final long START_SECONDS = 60;
  private static final long STOP_SECONDS = 20;
  private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(20);

  // Says "User-Agent: Java-http-client/...": a client to every node, never a peer.
  private static final HttpClient CLIENT =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(5))
          .build();

  private final String name;
  private final Seat seat;
  private final Path log;
  private final Process process;

  /**
   * Starts the process; {@link #awaitHealthy} tells when it can be asked.
   *
   * @param kind {@code go} or {@code java}, for messages and the name of the log
   * @param seat the node's place in the fleet
   * @param command the program and its arguments
   * @param environment what to add to this JVM's own environment
   */
  NodeProcess(String kind, Seat seat, List<String> command, Map<String, String> environment) {
    this.name = kind + " node " + seat.index();
    this.seat = seat;
    this.log =
        LOGS.resolve(kind + "-" + seat.index() + "-" + URI.create(seat.url()).getPort() + ".log");
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().putAll(environment);
    builder.redirectErrorStream(true).redirectOutput(log.toFile());
    try {
      Files.createDirectories(LOGS);
      this.process = builder.start();
    } catch (IOException e) {
      throw new UncheckedIOException(name + ": " + e.getMessage(), e);
    }
    Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
  }

  /** Returns the node's number, the prefix of every value that it loads. */
  int index() {
    return seat.index();
  }

  /** Returns the node's URL in the member list. */
  String url() {
    return seat.url();
  }

  /** Waits until the node answers {@code /healthz}; fails if it ends or stays silent instead. */
  void awaitHealthy() throws IOException, InterruptedException {
    long deadline = System.nanoTime() + SECONDS.toNanos(START_SECONDS);
    while (!answersHealthz()) {
      if (process.waitFor(20, MILLISECONDS)) {
        throw new IOException(name + " ended at once, with " + process.exitValue() + lastWords());
      }
      if (System.nanoTime() - deadline > 0) {
        throw new IOException(name + ": not healthy in " + START_SECONDS + " s" + lastWords());
      }
    }
  }

  /**
   * Asks for {@code key} as a client, with every odd byte of it written as {@code %XX}.
   *
   * @return the value as text
   * @throws IOException if there is no answer, or it is not 200 and a message with a value
   */
  String get(String key) throws IOException, InterruptedException {
    HttpResponse<byte[]> response = ask(key);
    if (response.statusCode() != 200) {
      throw new IOException(
          name + " answered " + response.statusCode() + ": " + new String(response.body(), UTF_8));
    }
    return value(response.body());
  }

  /** As {@link #get}, for the status alone. */
  int status(String key) throws IOException, InterruptedException {
    return ask(key).statusCode();
  }

  /** Returns the group's counters by groupcache's names for them. */
  Map<String, Long> counters() throws IOException, InterruptedException {
    String answer = new String(request("/stats").body(), UTF_8);
    JsonObject groups = JsonParser.parseString(answer).getAsJsonObject().getAsJsonObject("groups");
    JsonObject group = groups.getAsJsonObject(seat.group());
    Map<String, Long> counters = new TreeMap<>();
    for (String counter : COUNTERS) {
      if (group == null || !group.has(counter)) {
        throw new IOException(
            name + ": no " + counter + " of " + seat.group() + " in its /stats: " + answer);
      }
      counters.put(counter, group.get(counter).getAsLong());
    }
    return counters;
  }

  /** Kills the process as {@code kill -9} does, and returns when it is dead. */
  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  /** Ends the process by SIGTERM, and by SIGKILL if that does not do. */
  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(STOP_SECONDS, SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public String toString() {
    return name;
  }

  private HttpResponse<byte[]> ask(String key) throws IOException, InterruptedException {
    return request("/_groupcache/" + seat.group() + "/" + escaped(key));
  }

  private HttpResponse<byte[]> request(String path) throws IOException, InterruptedException {
    URI uri = URI.create(seat.url() + path); // neither this nor the client normalises a path
    HttpRequest request = HttpRequest.newBuilder(uri).timeout(ANSWER_TIMEOUT).build();
    return CLIENT.send(request, BodyHandlers.ofByteArray());
  }

  private boolean answersHealthz() throws InterruptedException {
    try {
      HttpResponse<byte[]> response = request("/healthz");
      return response.statusCode() == 200 && new String(response.body(), UTF_8).equals("ok\n");
    } catch (IOException e) {
      return false; // not listening yet, half up, or dying: the process tells which
    }
  }

  private static String escaped(String key) {
    return URLEncoder.encode(key, UTF_8).replace("+", "%20");
  }

  /** Reads field 1 of a {@code Response}; written here by hand, so as to be no mirror of ours. */
  private static String value(byte[] message) throws IOException {
    byte[] value = {}; // a dawncache node leaves the empty value out
    CodedInputStream input = CodedInputStream.newInstance(message);
    for (int tag = input.readTag(); tag != 0; tag = input.readTag()) {
      if (WireFormat.getTagFieldNumber(tag) == 1) {
        value = input.readByteArray();
      } else {
        input.skipField(tag);
      }
    }
    return new String(value, UTF_8);
  }

  private String lastWords() throws IOException {
    List<String> lines = Files.readAllLines(log, UTF_8);
    List<String> last = lines.subList(Math.max(0, lines.size() - 20), lines.size());
    return "; the end of " + log + ":\n" + String.join("\n", last);
  }
}
