package io.dawncache.node;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.dawncache.core.consistenthash.Scheme;
import io.dawncache.node.origin.Origins;
import io.dawncache.node.text.ByteSize;
import io.dawncache.node.text.Choice;
import io.dawncache.node.text.HostPort;
import io.dawncache.node.text.TimeSpan;
import io.dawncache.server.CacheServer;
import io.dawncache.server.Dialect;
import io.dawncache.server.Discovery;
import io.dawncache.server.ServerConfig;
import io.dawncache.server.wire.NodeUrl;
import java.io.IOException;
import java.io.PrintWriter;
import java.security.Security;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * The program {@code scripts/node}: one node of a fleet, in the foreground.
 *
 * <p>Prints one line when it serves and one when it has stopped; events between are logged to
 * standard error, a line each. SIGTERM and SIGINT stop it gracefully; the JVM then exits with 143
 * or 130, like any program that a signal ends. SIGHUP is ignored ({@link Hangup}). It exits with 2
 * for a wrong command line and with 1 for an address on which it cannot listen, each after one line
 * on standard error. Out of memory, of heap or of direct buffers, it exits with 3 ({@link
 * OutOfMemory}).
 */
@Command(
    name = "node",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false,
    usageHelpWidth = 96,
    synopsisHeading = "Usage: ",
    customSynopsis = "node --listen HOST:PORT --group NAME=ORIGIN [--group ...] [OPTIONS]%n",
    description = {
      "Runs one node of a read-through cache in the foreground. A client asks any node for a key of"
          + " a group; the node answers from memory, or asks the node that owns the key; the owner"
          + " loads the value from the group's origin once and keeps it.%n"
    })
public final class NodeMain implements Callable<Integer> {
  private static final String LOG_FORMAT = "java.util.logging.SimpleFormatter.format";
  private static final String LOG_CONFIG = "java.util.logging.config.file";

  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it, as well as the required options
  private CommandSpec spec;

  @Option(
      names = "--listen",
      required = true,
      paramLabel = "HOST:PORT",
      description = "The address to listen on; port 0 takes any free port.")
  @SuppressWarnings("NullAway.Init")
  private HostPort listen;

  @Option(
      names = "--self",
      paramLabel = "URL",
      description =
          "This node's URL, exactly as in the member lists; http://HOST:PORT of --listen by"
              + " default.")
  private @Nullable NodeUrl self;

  @Option(
      names = "--cluster",
      paramLabel = "NAME",
      description =
          "The name of the fleet, the same at every node; a node neither asks nor answers nodes"
              + " with another name or without one.")
  private @Nullable String cluster;

  @Option(
      names = "--zone",
      paramLabel = "NAME",
      description =
          "The zone in which this node is, such as a data centre; of values from other zones the"
              + " node keeps copies sooner, and counts their bytes apart.")
  private @Nullable String zone;

  @Option(
      names = "--peers",
      split = ",",
      paramLabel = "URL",
      splitSynopsisLabel = ",",
      description =
          "The member list, the same at every node, with this node's own URL; by default only this"
              + " node.")
  private List<NodeUrl> peers = List.of();

  @Option(
      names = "--discovery",
      paramLabel = "SOURCE",
      description =
          "Where to find the members in place of --peers: static:URL,... as --peers; file:PATH, a"
              + " file with a URL on each line; dns:NAME:PORT, all addresses of a DNS name;"
              + " dns-srv:NAME, all services of one. All but static may change while the node"
              + " runs. @SERVER:PORT behind a DNS name is the name server to ask. Other sources,"
              + " such as jgroups, come with jars on the class path.")
  private @Nullable Discovery discovery;

  @Option(
      names = "--group",
      required = true,
      paramLabel = "NAME=ORIGIN",
      description = "A group to serve and the origin of its values; may be repeated.")
  private List<GroupOrigin> groups = List.of();

  @Mixin
  @SuppressWarnings("FieldCanBeFinal") // picocli sets it
  private GroupOptions groupOptions = new GroupOptions();

  @Option(
      names = "--dialect",
      paramLabel = "dawncache|groupcache|mailgun",
      description =
          "The fleet's protocol: our own (the default), or that of a fleet of Go programs.")
  private Dialect dialect = Dialect.DAWNCACHE;

  @Option(
      names = "--ring",
      paramLabel = "native|seed",
      description =
          "How the dawncache dialect divides keys among the members. native, the default: evenly,"
              + " as soon as all members know it; until then, and with seed, by the ring of"
              + " Dawncache's first nodes, which all know.")
  private @Nullable Scheme ring;

  @Option(
      names = "--go-peers",
      description = "Some members are Go programs: treat their requests as requests of peers.")
  private boolean goPeers;

  @Option(
      names = "--peer-frames",
      paramLabel = "on|off",
      description =
          "on, the default: use frames, many requests at a time on one connection, with peers that"
              + " take them; off: use HTTP, one request at a time on a connection.")
  private Switch peerFrames = Switch.ON;

  @Option(
      names = "--max-ejected",
      paramLabel = "PERCENT",
      description =
          "How many of 100 members this node may leave out at a time because they cannot be asked;"
              + " ${DEFAULT-VALUE} by default.")
  private int maxEjectedPercent = 67;

  @Option(
      names = "--operations",
      paramLabel = "HOST:PORT",
      description =
          "Where to listen for operators, apart from the data: health, readiness, statistics and"
              + " what acts, such as to remove a key or to drain the node; none by default. It has"
              + " no passwords, so keep it on loopback or in a network of operators.")
  private @Nullable HostPort operations;

  @Option(
      names = "--log-format",
      paramLabel = "text|json",
      description =
          "How the log is written: lines of text (the default), or a JSON object on each line.")
  private LogFormat logFormat = LogFormat.TEXT;

  @Option(
      names = "--hand-over-timeout",
      paramLabel = "TIME",
      description =
          "How long this node offers values to members that have come to own their keys, because it"
              + " stops or they have joined; 5s by default, 0s for not at all.")
  private TimeSpan handOverTimeout = TimeSpan.parse("5s");

  @Option(
      names = "--hand-over-bytes",
      paramLabel = "SIZE",
      description = "How much of them, the hottest first; 256m by default.")
  private ByteSize handOverBytes = ByteSize.parse("256m");

  /** Made by {@link #main}. */
  NodeMain() {}

  /** Runs a node until a signal ends it, or exits at once with the code of the fault. */
  public static void main(String[] args) {
    if (System.getProperty(LOG_FORMAT) == null && System.getProperty(LOG_CONFIG) == null) {
      System.setProperty(LOG_FORMAT, "%1$tF %1$tT %4$s %5$s%6$s%n"); // time, level, text, stack
    }
    keepLogOpen();
    Program.useOneLocale();
    OutOfMemory.endsProcess("node");
    Hangup.ignore();
    refreshNames();
    PrintWriter out = new PrintWriter(System.out, true, UTF_8);
    PrintWriter err = new PrintWriter(System.err, true, UTF_8);
    System.exit(commandLine(out, err).execute(args));
  }

  /** Keeps the JDK's log open until the node has stopped, if nothing is logged yet. */
  static void keepLogOpen() {
    if (System.getProperty(LogUntilStopped.PROPERTY) == null) {
      System.setProperty(LogUntilStopped.PROPERTY, LogUntilStopped.class.getName());
    }
  }

  /**
   * Shortens the JDK's cache of names, so that changes are seen soon; the first look-up reads this.
   */
  private static void refreshNames() {
    if (Security.getProperty("networkaddress.cache.ttl") == null) {
      Security.setProperty("networkaddress.cache.ttl", "5"); // seconds
    }
    Security.setProperty("networkaddress.cache.negative.ttl", "1");
  }

  /** Returns the command line of a node. */
  static CommandLine commandLine(PrintWriter out, PrintWriter err) {
    CommandLine line = Program.commandLine(new NodeMain(), out, err);
    line.getCommandSpec().usageMessage().footer(footer());
    return line;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    refuseDuplicateGroups();
    if (logFormat == LogFormat.JSON) {
      JsonLogFormatter.use();
    }
    StandaloneNode node = start();
    NodeOperations listener = startOperations(node);
    LogUntilStopped.keepOpen();
    Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(node, listener), "dawncache-stop"));
    announce(node.server());
    new CountDownLatch(1).await(); // the signal's shutdown hook ends the process
    return 0;
  }

  private @Nullable NodeOperations startOperations(StandaloneNode node) throws IOException {
    try {
      return operations == null ? null : NodeOperations.start(node.server(), operations);
    } catch (IOException e) {
      node.close();
      throw e;
    }
  }

  /** The operations listener stays until the node has stopped, and says meanwhile that it stops. */
  private void stop(StandaloneNode node, @Nullable NodeOperations listener) {
    node.close();
    if (listener != null) {
      listener.close();
    }
    spec.commandLine().getOut().println("stopped");
  }

  private void refuseDuplicateGroups() {
    Set<String> names = new HashSet<>();
    for (GroupOrigin group : groups) {
      if (!names.add(group.name())) {
        throw wrong("--group: " + group.name() + " twice (expected: each NAME once)");
      }
    }
  }

  private StandaloneNode start() throws IOException {
    ServerConfig.Builder server =
        ServerConfig.builder()
            .host(listen.host())
            .port(listen.port())
            .dialect(dialect)
            .goPeers(goPeers)
            .peerFrames(peerFrames == Switch.ON)
            .members(peers.stream().map(NodeUrl::text).toList());
    if (ring != null && !dialect.isOurs()) {
      throw wrong(
          "--ring: %s in dialect %s (expected: no --ring, Go nodes have one)"
              .formatted(ring, Choice.label(dialect)));
    } else if (ring != null) {
      server.ring(ring);
    }
    if (discovery != null && !peers.isEmpty()) {
      throw wrong("--discovery: " + discovery + " beside --peers (expected: one of them)");
    } else if (discovery != null) {
      server.discovery(discovery);
    }
    if (self != null) {
      server.self(self.text());
    }
    try {
      server.maxEjectedPercent(maxEjectedPercent);
      server.handOverTimeout(handOverTimeout.duration());
      server.handOverBytes(handOverBytes.bytes());
      if (cluster != null) {
        server.cluster(cluster);
      }
      if (zone != null) {
        server.zone(zone);
      }
      return StandaloneNode.start(server, groups, groupOptions.config());
    } catch (IllegalArgumentException e) {
      throw wrong(Program.reason(e));
    }
  }

  private void announce(CacheServer server) {
    List<String> members = server.members();
    spec.commandLine()
        .getOut()
        .println(
            "serving "
                + groups.stream().map(GroupOrigin::name).collect(Collectors.joining(", "))
                + " at "
                + server.self()
                + (discovery != null
                    ? ", members by " + discovery
                    : members.isEmpty() ? ", alone" : ", members " + String.join(" ", members)));
  }

  private ParameterException wrong(String message) {
    return new ParameterException(spec.commandLine(), message);
  }

  private static String[] footer() {
    Stream<String> origins =
        Origins.onClassPath().all().stream()
            .map(origin -> String.format("  %-18s  %s", origin.form(), origin.description()));
    return Stream.of(
            Stream.of("", "An ORIGIN is one of"),
            origins,
            Stream.of(
                "",
                "Examples",
                "  node --listen 127.0.0.1:8001 --group docs=files:/usr/share/doc",
                "",
                "  node --listen 10.0.0.1:8001 --peers http://10.0.0.1:8001,http://10.0.0.2:8001"
                    + " \\",
                "       --group items=http://10.0.0.9:9000/items/{key} --max-bytes 1g",
                "",
                "  node --listen 10.0.0.1:8001 --discovery file:/etc/dawncache/members \\",
                "       --group docs=files:/usr/share/doc",
                "",
                "Beside the groups, a node answers /healthz (it is alive), /readyz (it knows its",
                "members, and does not stop) and /stats; --operations adds a listener for operators.",
                "SIGTERM stops it gracefully;",
                "SIGHUP is ignored: a node logs to standard error and has no log file to reopen.",
                "Exit code: 1 it cannot listen on the address, 2 the command line is wrong, 3 out of memory.",
                "To change the members while the nodes run, give them --discovery file:PATH or dns:NAME:PORT.",
                "",
                "scripts/node runs on the JDK in JAVA_HOME, else on the newest found;"
                    + " DAWNCACHE_JAVA_OPTS",
                "are further options for its JVM, DAWNCACHE_CLASSPATH further jars."))
        .flatMap(lines -> lines)
        .map(line -> line.replace("%", "%%"))
        .toArray(String[]::new);
  }
}
