package io.dawncache.node;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.dawncache.node.origin.Origins;
import io.dawncache.server.Dialect;
import io.dawncache.server.ServerConfig;
import io.dawncache.server.wire.Escape;
import io.dawncache.server.wire.NodeUrl;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;

/**
 * Does once, in brief, what nodes do, so that the JVM that runs this can archive the classes that
 * they need: the scripts start nodes with such an archive.
 *
 * <p>One node is started by its command line; two more are each other's members and are asked, over
 * sockets, for their own keys, for each other's and for keys that do not exist.
 */
public final class Rehearsal {
  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  private Rehearsal() {}

  /**
   * Rehearses with the files in the folder {@code args[0]} for keys and values, and exits: with 0,
   * or with 1 after a stack trace.
   */
  public static void main(String[] args) throws IOException, InterruptedException {
    Path values = Path.of(args[0]);
    startByCommandLine(values);
    askTwoNodes(values);
    System.exit(0); // the first node waits for a signal; this stops it
  }

  private static void startByCommandLine(Path values) throws InterruptedException {
    CountDownLatch serving = new CountDownLatch(1);
    OutputStream announcement =
        new FilterOutputStream(System.out) {
          @Override
          public void flush() throws IOException {
            super.flush();
            serving.countDown();
          }
        };
    PrintWriter out = new PrintWriter(announcement, true, UTF_8);
    PrintWriter err = new PrintWriter(System.err, true, UTF_8);
    String[] arguments = {"--listen", "127.0.0.1:0", "--group", "scores=files:" + values};
    Thread node =
        new Thread(
            () -> System.exit(NodeMain.commandLine(out, err).execute(arguments)), "rehearsal");
    node.setDaemon(true);
    node.start();
    serving.await();
  }

  private static void askTwoNodes(Path values) throws IOException, InterruptedException {
    try (StandaloneNode first = start(values);
        StandaloneNode second = start(values)) {
      List<String> members = List.of(first.server().self(), second.server().self());
      first.server().setMembers(members);
      second.server().setMembers(members);
      NodeClient client = new NodeClient(TIMEOUT);
      for (String member : members) {
        NodeUrl node = NodeUrl.parse(member);
        for (String key : keys(values)) {
          client.get(node, Dialect.DAWNCACHE.basePath() + "scores/" + Escape.path(key));
        }
        for (String page : List.of("/healthz", "/stats", "/nowhere")) {
          client.get(node, page);
        }
      }
    }
  }

  private static StandaloneNode start(Path values) throws IOException {
    List<GroupOrigin> groups =
        List.of(new GroupOrigin("scores", Origins.onClassPath().open("scores", "files:" + values)));
    return StandaloneNode.start(ServerConfig.builder(), groups);
  }

  /** Returns the folder's files, each twice for a miss and a hit, and some that do not exist. */
  private static List<String> keys(Path values) throws IOException {
    try (Stream<Path> files = Files.list(values)) {
      List<String> there = files.map(file -> file.getFileName().toString()).sorted().toList();
      Stream<String> notFound = Stream.of("not found/1", "not found/2", "not found/3");
      return Stream.of(there.stream(), there.stream(), notFound).flatMap(keys -> keys).toList();
    }
  }
}
