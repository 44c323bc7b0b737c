package io.dawncache.node;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.dawncache.node.config.ConfigReader;
import io.dawncache.node.config.ConfigText;
import io.dawncache.node.config.ConfigWatch;
import io.dawncache.node.config.LogFormat;
import io.dawncache.node.config.Mistakes;
import io.dawncache.node.config.NodeConfig;
import io.dawncache.node.origin.Origins;
import io.dawncache.node.text.HostPort;
import io.dawncache.server.CacheServer;
import io.dawncache.server.ServerConfig;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.security.Security;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * The program {@code scripts/node}: one node of a fleet, in the foreground.
 *
 * <p>Prints one line when it serves and one when it has stopped; events between are logged to
 * standard error, a line each. SIGTERM and SIGINT stop it gracefully; the JVM then exits with 143
 * or 130, like any program that a signal ends. SIGHUP makes it read its configuration file again
 * and open its access log anew, and is ignored without either ({@link Hangup}). It exits with 2 for
 * a wrong command line and with 1 for an address on which it cannot listen, each after one line on
 * standard error. Out of memory, of heap or of direct buffers, it exits with 3 ({@link
 * OutOfMemory}).
 */
@Command(
    name = "node",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false,
    usageHelpWidth = 96,
    synopsisHeading = "Usage: ",
    customSynopsis = {
      "node --listen HOST:PORT --group NAME=ORIGIN [--group ...] [OPTIONS]",
      "       node --config FILE [OPTIONS]%n"
    },
    description = {
      "Runs one node of a read-through cache in the foreground. A client asks any node for a key of"
          + " a group; the node answers from memory, or asks the node that owns the key; the owner"
          + " loads the value from the group's origin once and keeps it.%n"
    })
public final class NodeMain implements Callable<Integer> {
  private static final String LOG_FORMAT = "java.util.logging.SimpleFormatter.format";
  private static final String LOG_CONFIG = "java.util.logging.config.file";

  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec spec;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description =
          "The configuration of the node and its groups in YAML; see docs/configuration.md. Variables"
              + " of the environment override the file, and flags override both.")
  private @Nullable Path file;

  @Option(
      names = "--group",
      paramLabel = "NAME=ORIGIN",
      description = "A group to serve and the origin of its values; may be repeated.")
  private List<String> groups = List.of();

  @Option(
      names = "--print-config",
      description = "Prints what is in force, and from where each value comes; serves nothing.")
  private boolean printsConfig;

  private final Map<String, String> environment;

  private NodeMain(Map<String, String> environment) {
    this.environment = environment;
  }

  /** Runs a node until a signal ends it, or exits at once with the code of the fault. */
  public static void main(String[] args) {
    if (System.getProperty(LOG_FORMAT) == null && System.getProperty(LOG_CONFIG) == null) {
      System.setProperty(LOG_FORMAT, "%1$tF %1$tT %4$s %5$s%6$s%n"); // time, level, text, stack
    }
    keepLogOpen();
    Program.useOneLocale();
    OutOfMemory.endsProcess("node");
    refuseRenegotiation();
    Hangup.take();
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

  /** A client of TLS 1.2 could have the JDK's engine repeat the costly part for ever. */
  private static void refuseRenegotiation() {
    String property = "jdk.tls.rejectClientInitiatedRenegotiation";
    if (System.getProperty(property) == null) {
      System.setProperty(property, "true");
    }
  }

  /** Returns the command line of a node. */
  static CommandLine commandLine(PrintWriter out, PrintWriter err) {
    return commandLine(System.getenv(), out, err);
  }

  /** As {@link #commandLine(PrintWriter, PrintWriter)}, in another environment. */
  static CommandLine commandLine(
      Map<String, String> environment, PrintWriter out, PrintWriter err) {
    CommandLine line = Program.commandLine(new NodeMain(environment), out, err);
    KeyOptions.addTo(line.getCommandSpec());
    line.getCommandSpec().usageMessage().footer(footer());
    return line;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    CommandLine line = spec.commandLine();
    ConfigReader reader =
        new ConfigReader(file, environment, KeyOptions.given(spec), originsByGroup());
    ConfigWatch watch = file == null ? null : new ConfigWatch(file); // before the file is read
    Mistakes mistakes = new Mistakes();
    NodeConfig config = reader.read(mistakes);
    Origins origins = Origins.onClassPath();
    OpenGroups opened = OpenGroups.open(config, origins, mistakes);
    if (!mistakes.isEmpty()) {
      opened.close();
      mistakes.lines().forEach(mistake -> Program.complain(line, mistake, 0));
      return Program.WRONG_COMMAND_LINE;
    }
    if (printsConfig) {
      opened.close();
      ConfigText.of(config, origins).forEach(line.getOut()::println);
      return 0;
    }
    JdkLogLevels.configure(config.logLevels());
    if (config.logFormat() == LogFormat.JSON) {
      JsonLogFormatter.use();
    }
    AccessLog accesses = openAccessLog(config, opened);
    StandaloneNode node = start(config, opened, accesses);
    Reconfiguration edits = new Reconfiguration(reader, origins, node, config);
    NodeOperations listener = startOperations(node, edits, config, accesses);
    serve(config, edits, watch, accesses, node, listener);
    return 0;
  }

  private static @Nullable AccessLog openAccessLog(NodeConfig config, OpenGroups opened)
      throws IOException {
    String target = config.accessLog();
    try {
      return target == null
          ? null
          : AccessLog.open(target, AccessLine.form(config.dialect(), config.logFormat()));
    } catch (IOException e) {
      opened.close();
      throw e;
    }
  }

  private static @Nullable NodeOperations startOperations(
      StandaloneNode node, Reconfiguration edits, NodeConfig config, @Nullable AccessLog accesses)
      throws IOException {
    HostPort address = config.operations();
    try {
      return address == null
          ? null
          : NodeOperations.start(node, address, config.operationsTls(), edits, accesses);
    } catch (IOException e) {
      edits.close();
      node.close();
      throw e;
    }
  }

  private void serve(
      NodeConfig config,
      Reconfiguration edits,
      @Nullable ConfigWatch watch,
      @Nullable AccessLog accesses,
      StandaloneNode node,
      @Nullable NodeOperations listener)
      throws InterruptedException {
    boolean rereads = watch != null || config.tokens() != null; // which may be in a file
    if (rereads) {
      edits.start(watch);
    }
    if (rereads || accesses != null) {
      Hangup.call(
          () -> {
            if (accesses != null) {
              accesses.reopen();
            }
            if (rereads) {
              edits.readSoon();
            }
          });
    } else {
      Hangup.ignore();
    }
    LogUntilStopped.keepOpen();
    Runnable stop = () -> stop(node, edits, listener, accesses);
    Runtime.getRuntime().addShutdownHook(new Thread(stop, "dawncache-stop"));
    announce(node.server(), config);
    new CountDownLatch(1).await(); // the signal's shutdown hook ends the process
  }

  private StandaloneNode start(NodeConfig config, OpenGroups opened, @Nullable AccessLog accesses)
      throws IOException {
    ServerConfig.Builder server = config.server();
    if (accesses != null) {
      server.requestListener(accesses);
    }
    try {
      return StandaloneNode.start(server, opened.groups());
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), Program.reason(e));
    }
  }

  /** The operations listener stays until the node has stopped, and says meanwhile that it stops. */
  private void stop(
      StandaloneNode node,
      Reconfiguration edits,
      @Nullable NodeOperations listener,
      @Nullable AccessLog accesses) {
    edits.close();
    node.close();
    if (listener != null) {
      listener.close();
    }
    if (accesses != null) {
      accesses.close();
    }
    spec.commandLine().getOut().println("stopped");
  }

  private Map<String, String> originsByGroup() {
    Map<String, String> origins = new LinkedHashMap<>();
    for (String group : groups) {
      int equals = group.indexOf('=');
      if (equals < 1) {
        throw wrong(group + " (expected: NAME=ORIGIN, such as scores=files:DIR)");
      }
      String name = group.substring(0, equals);
      if (origins.putIfAbsent(name, group.substring(equals + 1)) != null) {
        throw wrong(name + " twice (expected: each NAME once)");
      }
    }
    return origins;
  }

  private ParameterException wrong(String group) {
    return new ParameterException(spec.commandLine(), "--group: " + group);
  }

  private void announce(CacheServer server, NodeConfig config) {
    List<String> members = server.members();
    String discovery = server.discovery();
    spec.commandLine()
        .getOut()
        .println(
            "serving "
                + String.join(", ", config.groups().keySet())
                + " at "
                + server.self()
                + (discovery != null
                    ? ", members by " + discovery
                    : members.isEmpty() ? ", alone" : ", members " + String.join(" ", members)));
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
                "  node --config conf/dawncache.yaml --max-bytes 1g",
                "",
                "  node --listen 10.0.0.1:8001 --tls-certificate node.crt --tls-key node.key \\",
                "       --tls-ca ca.crt --group docs=files:/usr/share/doc",
                "",
                "  node --listen 10.0.0.1:8001 --discovery file:/etc/dawncache/members \\",
                "       --group docs=files:/usr/share/doc",
                "",
                "Beside the groups, a node answers /healthz (it is alive), /readyz (it knows its",
                "members, and does not stop) and /stats. SIGTERM stops it gracefully;",
                "SIGHUP makes it read its configuration file and the files of secrets again, as an edit of",
                "them does, and open its access log anew; without any of these it is ignored, since its",
                "log is standard error.",
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
