package io.dawncache.server.history;

import static java.util.concurrent.TimeUnit.SECONDS;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** A node of the fleet: a process that runs {@link HistoryNode}, and dies with the test. */
final class Member {
  private static final int START_MILLIS = 60_000;
  private static final List<String> GONE = List.of("failed", "", "gone");

  private final Process process;
  private final Wire wire;
  private final SlowOrigin origin;
  private final String url;
  private final AtomicLong questions = new AtomicLong();
  private final Map<String, CompletableFuture<List<String>>> unanswered = new ConcurrentHashMap<>();

  /** Starts a process that stands alone, and waits until it serves. */
  Member(SlowOrigin origin, boolean peerFrames) throws IOException {
    this(origin, peerFrames, 0, List.of());
  }

  /** As the other constructor, for a member that listens on that port. */
  Member(SlowOrigin origin, boolean peerFrames, int listen, List<String> members)
      throws IOException {
    this.origin = origin;
    try (ServerSocket door = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      process = start(door.getLocalPort(), peerFrames, listen, members);
      door.setSoTimeout(START_MILLIS);
      wire = new Wire(door.accept());
    }
    List<String> words = wire.receive();
    if (words == null) {
      throw new IOException("a node ended before it began");
    }
    url = words.get(1);
    Thread ear = new Thread(this::hear, "from " + url);
    ear.setDaemon(true);
    ear.start();
  }

  private static Process start(int port, boolean peerFrames, int listen, List<String> members)
      throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xmx128m",
                "-Dslf4j.internal.verbosity=ERROR",
                "-cp",
                System.getProperty("java.class.path"),
                HistoryNode.class.getName(),
                Integer.toString(port),
                Boolean.toString(peerFrames),
                Integer.toString(listen)));
    command.addAll(members);
    Process process = new ProcessBuilder(command).inheritIO().start();
    Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
    return process;
  }

  String url() {
    return url;
  }

  /** Asks the node; the answer's first word tells how it ended, the third what it is. */
  CompletableFuture<List<String>> ask(String what, String... more) {
    String id = Long.toString(questions.incrementAndGet());
    CompletableFuture<List<String>> answer = new CompletableFuture<>();
    unanswered.put(id, answer);
    wire.send(what, id, String.join(" ", more));
    return answer;
  }

  private void hear() {
    for (List<String> words = wire.receive(); words != null; words = wire.receive()) {
      String id = words.get(1);
      if (words.get(0).equals("load")) {
        origin.load(words.get(2), value -> wire.send("loaded", id, value));
      } else {
        CompletableFuture<List<String>> asked = unanswered.remove(id);
        if (asked != null) {
          asked.complete(words);
        }
      }
    }
    unanswered.values().forEach(asked -> asked.complete(GONE));
  }

  /** Leaves the fleet as a node does that is stopped; the answer comes when it has. */
  CompletableFuture<List<String>> leave() {
    return ask("leave");
  }

  /** Returns the port on which it listens. */
  int port() {
    return URI.create(url).getPort();
  }

  /** Stops the process where it stands. */
  void pause() throws IOException, InterruptedException {
    signal("-STOP");
  }

  /** Has it go on. */
  void resume() throws IOException, InterruptedException {
    signal("-CONT");
  }

  private void signal(String signal) throws IOException, InterruptedException {
    int status =
        new ProcessBuilder("kill", signal, Long.toString(process.pid()))
            .inheritIO()
            .start()
            .waitFor();
    if (status != 0) {
      throw new IOException("kill " + signal + ": " + status);
    }
  }

  /** Ends the process. */
  void stop() throws InterruptedException {
    wire.close();
    if (!process.waitFor(5, SECONDS)) {
      process.destroyForcibly();
    }
  }

  @Override
  public String toString() {
    return url;
  }
}
