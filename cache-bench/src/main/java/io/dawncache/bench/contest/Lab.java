package io.dawncache.bench.contest;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.dawncache.bench.JavaCommand;
import io.dawncache.bench.server.FixedReplyServer;
import io.dawncache.bench.server.ServerProcess;
import io.dawncache.bench.workload.Zipf;
import io.dawncache.bench.workload.ZipfKeys;
import io.dawncache.core.Membership;
import io.dawncache.core.consistenthash.Ring;
import io.dawncache.node.NodeMain;
import io.dawncache.server.Dialect;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** A folder for a contest, and how each player is started in it. */
final class Lab {
  private static final String GROUP = "scores";
  private static final int DRAWS = 1 << 16;
  private static final int LARGE_DRAWS = 1 << 10;
  private static final long LARGE_BYTES = 1 << 16;
  private static final double SKEW = 1.0;
  private static final String SERVING = "serving"; // in the line that our programs and Go's print

  private final Path folder;
  private final @Nullable Path otherCheckout;

  /**
   * Takes an empty folder.
   *
   * @param otherCheckout a checkout whose nodes take part beside ours, or null
   */
  Lab(Path folder, @Nullable Path otherCheckout) {
    this.folder = folder;
    this.otherCheckout = otherCheckout;
  }

  /** Starts {@code player} for {@code load}; when this returns it serves, or will in a moment. */
  Contestant start(Player player, Load load) throws IOException {
    int[] ports = ServerProcess.freePorts(2);
    return switch (player) {
      case CODEC -> fixedReply(player, "codec", ports[0], load);
      case BARE -> fixedReply(player, "bare", ports[0], load);
      case NODE, NODE_AGAIN, HITS, OTHER_NODE, NODE_TLS, NODE_OPENSSL ->
          nodes(player, load, ports[0]);
      case TWO_NODES, TWO_NODES_AGAIN, TWO_OTHER_NODES, TWO_NODES_TLS, TWO_NODES_OPENSSL ->
          nodes(player, load, ports);
      case GO, GO_TLS -> gos(player, load, ports[0]);
      case TWO_GOS -> gos(player, load, ports);
      case NGINX -> nginx(player, load, ports[0]);
      case REDIS -> redis(player, ports[0]);
    };
  }

  private static Contestant fixedReply(Player player, String kind, int port, Load load)
      throws IOException {
    Contestant contestant = new Contestant(player, Dialect.DAWNCACHE.basePath() + GROUP, port);
    contestant.start(
        JavaCommand.of(
            FixedReplyServer.class, ServerProcess.jvmOptions(), port, load.valueBytes(), kind),
        SERVING);
    return contestant;
  }

  private Contestant nodes(Player player, Load load, int... ports) throws IOException {
    Contestant contestant = new Contestant(player, Dialect.DAWNCACHE.basePath() + GROUP, ports);
    for (int port : ports) {
      List<String> command =
          new ArrayList<>(
              JavaCommand.of(
                  classPath(player),
                  NodeMain.class,
                  jvmOptions(player),
                  "--listen",
                  "127.0.0.1:" + port,
                  "--peers",
                  String.join(",", urls(player, ports)),
                  "--group",
                  GROUP + "=fixed:" + load.valueBytes(),
                  "--max-bytes",
                  load.cacheMib() + "m",
                  "--hot-bytes",
                  "0")); // a copy would answer in the other's place
      if (player.isTls()) {
        String certificate = certificate();
        command.addAll(List.of("--tls-certificate", certificate, "--tls-key", key()));
        command.addAll(List.of("--tls-ca", certificate));
      }
      contestant.start(command, SERVING);
    }
    return contestant;
  }

  /** OpenSSL is on this program's class path, so a node uses it unless it may not. */
  private static List<String> jvmOptions(Player player) {
    List<String> options = new ArrayList<>(ServerProcess.jvmOptions());
    if (player == Player.NODE_TLS || player == Player.TWO_NODES_TLS) {
      options.add("-Dio.netty.handler.ssl.noOpenSsl=true");
    }
    return options;
  }

  private String key() {
    return folder.resolve("tls.key").toString();
  }

  /** Makes a certificate of P-256 once, which signs itself. */
  private String certificate() throws IOException {
    String certificate = folder.resolve("tls.crt").toString();
    if (!Files.exists(Path.of(certificate))) {
      run(
          new ProcessBuilder(
              List.of(
                  ("openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -noenc -days 9"
                          + " -subj /CN=contest -addext subjectAltName=IP:127.0.0.1 -keyout "
                          + (key() + " -out " + certificate))
                      .split(" "))),
          "the package openssl");
    }
    return certificate;
  }

  private String classPath(Player player) {
    if (otherCheckout == null
        || (player != Player.OTHER_NODE && player != Player.TWO_OTHER_NODES)) {
      return System.getProperty("java.class.path");
    }
    Path target = otherCheckout.resolve("cache-bench/target");
    return target.resolve("classes") + File.pathSeparator + target.resolve("lib") + "/*";
  }

  private Contestant gos(Player player, Load load, int... ports) throws IOException {
    Contestant contestant = new Contestant(player, Dialect.GROUPCACHE.basePath() + GROUP, ports);
    for (int port : ports) {
      // Of two servers, the one that is asked owns none of the keys. groupcache copies other nodes'
      // keys unless the node may keep nothing, so this one may keep nothing.
      boolean mayNotCopy = ports.length > 1 && port == ports[0];
      List<String> command =
          new ArrayList<>(
              List.of(
                  goProgram().toString(),
                  "127.0.0.1:" + port,
                  String.join(",", urls(player, ports)),
                  String.valueOf(load.valueBytes()),
                  String.valueOf(mayNotCopy ? 0 : load.cacheMib())));
      if (player.isTls()) {
        command.addAll(List.of(certificate(), key()));
      }
      contestant.start(command, SERVING);
    }
    return contestant;
  }

  /** Builds the Go program once; Debian's packages have its imports. */
  private Path goProgram() throws IOException {
    Path program = folder.resolve("groupcache");
    if (!Files.exists(program)) {
      Path source = copy("groupcache.go");
      ProcessBuilder go =
          new ProcessBuilder("go", "build", "-o", program.toString(), source.toString());
      go.environment()
          .putAll(
              Map.of(
                  "GO111MODULE", "off",
                  "GOPATH", "/usr/share/gocode",
                  "GOCACHE", folder.resolve("go-cache").toString()));
      run(go, "the packages golang-go and golang-github-golang-groupcache-dev");
    }
    return program;
  }

  private Contestant nginx(Player player, Load load, int port) throws IOException {
    Path files = Files.createDirectories(folder.resolve("nginx-" + port));
    Files.write(files.resolve("value"), new byte[load.valueBytes()]);
    String small = "default_type application/octet-stream; return 200 \"%s\";";
    String reply =
        load.valueBytes() < LARGE_BYTES
            ? small.formatted("v".repeat(load.valueBytes()))
            : "root " + files + "; try_files /value =404;";
    Path config = files.resolve("nginx.conf");
    Files.writeString(
        config,
        """
        daemon off; master_process off; pid %1$s/pid; error_log %1$s/error.log;
        events { worker_connections 1024; }
        http {
          access_log off; sendfile on; tcp_nopush on; tcp_nodelay on;
          keepalive_requests 1000000000; keepalive_timeout 1h; open_file_cache max=10;
          client_body_temp_path %1$s/a; proxy_temp_path %1$s/b; fastcgi_temp_path %1$s/c;
          uwsgi_temp_path %1$s/d; scgi_temp_path %1$s/e;
          server { listen 127.0.0.1:%2$d; location / { %3$s } }
        }
        """
            .formatted(files, port, reply));
    Contestant contestant = new Contestant(player, "", port);
    contestant.start(List.of("nginx", "-c", config.toString(), "-p", files.toString()));
    return contestant;
  }

  private static Contestant redis(Player player, int port) throws IOException {
    Contestant contestant = new Contestant(player, "", port);
    contestant.start(
        List.of(
            "redis-server",
            "--bind",
            "127.0.0.1",
            "--port",
            String.valueOf(port),
            "--save",
            "", // write nothing to the disk
            "--appendonly",
            "no"),
        "Ready to accept connections");
    return contestant;
  }

  /** Returns a client for {@code contestant}, which is then ready for requests. */
  Client client(Contestant contestant, Load load) throws IOException {
    return contestant.player() == Player.REDIS
        ? new RedisBenchmark(contestant, load)
        : new Wrk(contestant, load, copy("keys.lua"), keys(contestant, load));
  }

  /** Writes the keys to ask {@code contestant} for, in their order, one per line. */
  private Path keys(Contestant contestant, Load load) throws IOException {
    Path file = folder.resolve("keys-" + contestant.port());
    List<String> keys = candidates(contestant, load);
    Zipf zipf = new Zipf(keys.size(), SKEW);
    Random random = new Random(42); // the same for all
    int draws = load.valueBytes() < LARGE_BYTES ? DRAWS : LARGE_DRAWS;
    Files.write(
        file, IntStream.range(0, draws).mapToObj(i -> keys.get(zipf.draw(random))).toList());
    return file;
  }

  private static List<String> candidates(Contestant contestant, Load load) {
    if (load.valueBytes() >= LARGE_BYTES) {
      return Arrays.asList(ZipfKeys.all()).subList(0, 100); // their values have to fit into memory
    }
    if (load.keys() != Load.Keys.OTHERS) {
      return Arrays.asList(ZipfKeys.all());
    }
    List<String> members =
        urls(contestant.player(), contestant.ports().stream().mapToInt(port -> port).toArray());
    List<Ring> rings =
        contestant.rings().stream()
            .map(scheme -> Ring.of(scheme, Membership.REPLICAS, members))
            .toList();
    Predicate<String> isOthers =
        key -> rings.stream().allMatch(ring -> members.get(1).equals(ring.owner(key)));
    return IntStream.iterate(10_000, i -> i + 1)
        .mapToObj(i -> "key" + i)
        .filter(isOthers)
        .limit(ZipfKeys.COUNT)
        .collect(Collectors.toList());
  }

  private static List<String> urls(Player player, int... ports) {
    return IntStream.of(ports).mapToObj(port -> player.scheme() + "127.0.0.1:" + port).toList();
  }

  /** Copies one of our files, which another program reads, into the folder. */
  private Path copy(String resource) throws IOException {
    Path copy = folder.resolve(resource);
    try (var bytes = Lab.class.getResourceAsStream(resource)) {
      if (bytes == null) {
        throw new IOException(resource + ": not on the class path");
      }
      Files.write(copy, bytes.readAllBytes());
    }
    return copy;
  }

  /** Runs a program to its end; {@code needs} names, for a message, what it may lack. */
  static String run(ProcessBuilder program, String needs) throws IOException {
    List<String> command = new ArrayList<>(program.command());
    try {
      Process process = program.redirectErrorStream(true).start();
      String said = new String(process.getInputStream().readAllBytes(), UTF_8).strip();
      if (process.waitFor() != 0) {
        throw new IOException(command.get(0) + ": " + said + " (expected: " + needs + ")");
      }
      return said;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(command.get(0) + ": interrupted", e);
    }
  }
}
