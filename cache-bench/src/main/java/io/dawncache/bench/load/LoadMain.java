package io.dawncache.bench.load;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.dawncache.bench.memory.Trace;
import io.dawncache.core.consistenthash.Scheme;
import io.dawncache.node.OutOfMemory;
import io.dawncache.server.Dialect;
import io.dawncache.server.tls.ClientTls;
import io.dawncache.server.wire.NodeUrl;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/**
 * The program {@code scripts/load}: asks running nodes for keys, at a rate or as fast as they
 * answer, and reports the result.
 *
 * <p>Progress goes to standard error, the result to standard output. Exits with 1 if it could not
 * measure (no connection, no answer), with 2 for a wrong command line, and with 3 if the rate was
 * not kept.
 */
@Command(
    name = "load",
    sortOptions = false,
    usageHelpWidth = 96,
    synopsisHeading = "Usage: ",
    customSynopsis = "load --target HOST:PORT[,HOST:PORT...] --group NAME [OPTIONS]%n",
    description = {
      "Asks running nodes for keys over HTTP and reports throughput and latency.%n",
      "With --rate it is an open loop: requests are due at fixed times, whether earlier ones are"
          + " answered or not, and latency counts from when a request was due. A request waits here"
          + " if no connection is free, and its wait is part of its latency. Without --rate it is a"
          + " closed loop: every connection sends its next request when it has an answer, so the"
          + " server sets the pace, and latency counts from when a request is sent.%n"
    },
    footer = {
      "",
      "DURATION is a number and its unit: 500ms, 10s, 5m, 1h. BYTES may end in k or m.",
      "",
      "Puts. Only the mailgun dialect has a put for clients (PUT); in the others a put is sent as"
          + " nodes send it to a key's owner: the message \"coordinate\" of proto/peer.proto in a"
          + " POST to the base path, which Dawncache nodes take and Go nodes do not. With several"
          + " targets each put goes to the owner of its key by the ring, so the targets must be all"
          + " members of the fleet, written as in the member list (http:// may be left out).",
      "",
      "Exit code: 0 measured; 1 could not measure: a target takes no connection, or all answers"
          + " were errors; 2 the command line is wrong; 3 the rate was not kept,"
          + " or memory ran out. Ctrl-C ends a run"
          + " early, with the figures until then, or with a line that says that there are none yet.",
      "",
      "Examples",
      "  load --target 127.0.0.1:8001 --group scores --key Tom,Jack,Sam --rate 5000 \\",
      "       --report load.html",
      "",
      "  load --target 127.0.0.1:8001 --group items --rate 20000 --keys 1000000 --skew 0.9",
      "",
      "  load --target 127.0.0.1:8001 --group items --connections 64 --depth 16",
      "",
      "  load --target 10.0.0.1:8001,10.0.0.2:8001 --group items --rate 5000 --puts 0.05 \\",
      "       --value-bytes 100-10k --duration 5m",
      "",
      "  load --target 127.0.0.1:8001 --group items --requests 2000000 --warm-up 0s \\",
      "       --connections 500 --connection-life 1000"
    })
public final class LoadMain implements Callable<Integer> {
  private static final int COULD_NOT_MEASURE = 1;
  private static final int WRONG_COMMAND_LINE = 2;
  private static final int RATE_NOT_KEPT = 3;

  private static final int MAX_KEYS = 10_000_000;
  private static final int MAX_CONNECTIONS = 50_000;
  private static final int MAX_DEPTH = 1_000;
  private static final int MAX_THREADS = 64;
  private static final double MAX_RATE = 1e8;
  private static final Duration MAX_DURATION = Duration.ofDays(1);
  private static final Duration DEFAULT_DURATION = Duration.ofSeconds(10);
  private static final Duration STOP_PATIENCE = Duration.ofSeconds(10);
  private static final SizeRange DEFAULT_VALUE = new SizeRange(100, 100);
  private static final Pattern DURATION = Pattern.compile("([0-9]{1,9})(ms|s|m|h)");
  private static final String TRACE_SUFFIX = ".txt.gz";

  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it, as well as the required options
  private CommandSpec spec;

  @Option(
      names = "--target",
      required = true,
      split = ",",
      splitSynopsisLabel = ",",
      paramLabel = "HOST:PORT",
      description = "The nodes to ask; connections are spread evenly over them.")
  private List<NodeUrl> targets = List.of();

  @Option(
      names = "--cacert",
      paramLabel = "FILE",
      description =
          "The certificates of the CAs that are trusted for targets with https://, in PEM; by default"
              + " those of the JDK.")
  private @Nullable Path authorities;

  @Option(names = "--group", required = true, paramLabel = "NAME", description = "The group.")
  @SuppressWarnings("NullAway.Init")
  private String group;

  @Option(
      names = "--dialect",
      paramLabel = "dawncache|groupcache|mailgun",
      description = "The fleet's protocol; dawncache by default.")
  private Dialect dialect = Dialect.DAWNCACHE;

  @Option(
      names = "--ring",
      paramLabel = "native|seed",
      description =
          "By which of its rings a fleet of the dawncache dialect divides keys, for puts to several"
              + " targets; native by default.")
  private @Nullable Scheme ring;

  @Option(
      names = "--base-path",
      paramLabel = "PATH",
      description = "The path that the groups are under; by default the dialect's, /_dawncache/.")
  private @Nullable String basePath;

  @Option(
      names = "--rate",
      paramLabel = "N",
      description = "Requests per second to all targets together: an open loop.")
  private @Nullable Double rate;

  @Option(
      names = "--connections",
      paramLabel = "N",
      description = "How many connections to open in total; ${DEFAULT-VALUE} by default.")
  private int connections = 64;

  @Option(
      names = "--depth",
      paramLabel = "N",
      description =
          "How many requests may be in flight on a connection (pipelining); ${DEFAULT-VALUE} by"
              + " default.")
  private int depth = 1;

  @Option(
      names = "--connection-life",
      paramLabel = "N",
      description =
          "Each connection is closed after N requests, and another is opened. By default they stay"
              + " open.")
  private @Nullable Long life;

  @Option(
      names = "--duration",
      paramLabel = "DURATION",
      description = "How long to measure; 10s by default if --requests is not given.")
  private @Nullable Duration duration;

  @Option(
      names = "--requests",
      paramLabel = "N",
      description = "How many requests to measure; with --duration, whichever comes first.")
  private @Nullable Long requests;

  @Option(
      names = "--warm-up",
      paramLabel = "DURATION",
      description = "How long the same load runs first, unmeasured; 3s by default.")
  private Duration warmUp = Duration.ofSeconds(3);

  @Option(
      names = "--keys",
      paramLabel = "N",
      description = "How many keys there are; 10000 by default.")
  private @Nullable Integer keyCount;

  @Option(
      names = "--key-prefix",
      paramLabel = "TEXT",
      description = "Keys are called PREFIX1, PREFIX2 and so on; \"${DEFAULT-VALUE}\" by default.")
  private String keyPrefix = "key";

  @Option(
      names = "--key",
      split = ",",
      splitSynopsisLabel = ",",
      paramLabel = "KEY",
      description = "Ask for these keys instead of numbered ones.")
  private List<String> named = List.of();

  @Option(
      names = "--skew",
      paramLabel = "S",
      description =
          "Keys are drawn by Zipf's law: the n-th comes n^S times less often than the first. 1 by"
              + " default; 0 draws all keys equally often.")
  private @Nullable Double skew;

  @Option(
      names = "--trace",
      paramLabel = "FILE",
      description =
          "Ask for the keys of a trace in its order, again and again: a *.txt.gz with one access a"
              + " line, KEY or KEY TAB BYTES, keys numbered from 0; they are called PREFIX and eight"
              + " digits.")
  private @Nullable Path trace;

  @Option(
      names = "--puts",
      paramLabel = "PART",
      description = "The fraction of the requests that are puts, from 0 to 1; 0 by default.")
  private double puts;

  @Option(
      names = "--value-bytes",
      paramLabel = "BYTES[-BYTES]",
      description =
          "The size of the values that are put, or a range, from which each key has a size of its"
              + " own. By default the sizes in the trace, or 100.")
  private @Nullable SizeRange valueBytes;

  @Option(
      names = "--timeout",
      paramLabel = "DURATION",
      description =
          "The time after which a request is given up and its connection closed; also how long the"
              + " run waits for answers at the end. 10s by default.")
  private Duration timeout = Duration.ofSeconds(10);

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "How many threads send, each an event loop; ${DEFAULT-VALUE} by default.")
  private int threads = 1;

  @Option(
      names = "--no-spin",
      description =
          "Let a thread sleep between requests: it then uses only the CPU time that it needs, and"
              + " sends up to 2 ms late. By default a thread of an open loop spins, and yields its core"
              + " between two checks.")
  private boolean noSpin;

  @Option(
      names = "--report",
      paramLabel = "FILE.html",
      description = "Also write a page with the latency curve and the run over time.")
  private @Nullable Path report;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help and exit.")
  @SuppressWarnings("UnusedVariable") // picocli reads it
  private boolean help;

  private final boolean terminal;
  private final AtomicBoolean stopped;
  private final CountDownLatch finished = new CountDownLatch(1);

  private LoadMain(boolean terminal, AtomicBoolean stopped) {
    this.terminal = terminal;
    this.stopped = stopped;
  }

  /** Runs and exits with 0 or the code of the fault. */
  public static void main(String[] args) {
    OutOfMemory.endsProcess("load");
    PrintWriter out = new PrintWriter(System.out, true, UTF_8);
    PrintWriter err = new PrintWriter(System.err, true, UTF_8);
    LoadMain load = new LoadMain(Boolean.getBoolean("dawncache.terminal"), new AtomicBoolean());
    Runtime.getRuntime().addShutdownHook(new Thread(load::stop, "load-stop"));
    int code = COULD_NOT_MEASURE;
    try {
      code = commandLine(load, out, err).execute(args);
    } finally {
      load.finished.countDown();
    }
    System.exit(code);
  }

  /**
   * Returns a command line, ready to execute once.
   *
   * @param stopped ends the run early when it is set
   */
  static CommandLine commandLine(AtomicBoolean stopped, PrintWriter out, PrintWriter err) {
    return commandLine(new LoadMain(false, stopped), out, err);
  }

  private static CommandLine commandLine(LoadMain load, PrintWriter out, PrintWriter err) {
    CommandLine line = new CommandLine(load);
    line.setOut(out);
    line.setErr(err);
    line.setExpandAtFiles(false); // a key may begin with @
    line.registerConverter(NodeUrl.class, reading(LoadMain::target));
    line.registerConverter(Duration.class, reading(LoadMain::duration));
    line.registerConverter(SizeRange.class, reading(SizeRange::parse));
    line.registerConverter(Dialect.class, reading(LoadMain::dialect));
    line.registerConverter(Scheme.class, reading(LoadMain::ring));
    OneLineErrors.handle(line, WRONG_COMMAND_LINE, COULD_NOT_MEASURE);
    return line;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    LoadPlan plan = plan();
    PrintWriter out = spec.commandLine().getOut();
    Progress progress = new Progress(spec.commandLine().getErr(), terminal);
    LoadResult result;
    try {
      result = new LoadRun(plan, stopped, progress).run();
    } catch (IllegalArgumentException e) {
      throw wrong("--keys: " + e.getMessage());
    } finally {
      progress.close();
    }
    if (result.stopped() && result.total().sent == 0) {
      return OneLineErrors.print(
          spec.commandLine(), "stopped before anything was measured", COULD_NOT_MEASURE);
    }
    new Summary(result).printTo(out);
    if (report != null) {
      Files.writeString(report, new LoadPage(result).toHtml());
      out.println();
      out.println(report);
    }
    out.flush();
    if (!result.isServed() || result.abandoned() != null) {
      return COULD_NOT_MEASURE;
    }
    return result.keptRate() ? 0 : RATE_NOT_KEPT;
  }

  /**
   * Runs when the JVM shuts down, by a signal or at the end: first prints the figures up to now.
   */
  private void stop() {
    stopped.set(true);
    try {
      finished.await(STOP_PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private LoadPlan plan() throws IOException {
    checkTargets();
    check("--group", group, !group.isEmpty(), "not empty");
    checkRange("--connections", connections, Math.max(targets.size(), threads), MAX_CONNECTIONS);
    checkRange("--depth", depth, 1, MAX_DEPTH);
    checkRange("--threads", threads, 1, MAX_THREADS);
    if (rate != null) {
      check("--rate", rate, rate > 0 && rate <= MAX_RATE, "more than 0, at most 100000000");
    }
    if (life != null) {
      check("--connection-life", life, life >= 1, ">= 1");
    }
    if (requests != null) {
      check("--requests", requests, requests >= 1, ">= 1");
    }
    check("--puts", puts, puts >= 0 && puts <= 1, "from 0 to 1");
    check(
        "--duration",
        shown(duration),
        duration == null || isPositive(duration),
        "above 0, at most 24h");
    check("--timeout", shown(timeout), isPositive(timeout), "above 0, at most 24h");
    check("--warm-up", shown(warmUp), warmUp.compareTo(MAX_DURATION) <= 0, "at most 24h");
    String base = basePath == null ? dialect.basePath() : basePath;
    check(
        "--base-path",
        base,
        base.matches("/([!-~]*/)?"),
        "/ at both ends and no blanks, such as /_dawncache/");
    checkReport();
    Keys keys = keys();
    Duration measured = duration == null && requests == null ? DEFAULT_DURATION : duration;
    return new LoadPlan(
        targets,
        dialect,
        ring(),
        base,
        group,
        keys,
        keysTold(keys),
        puts,
        rate == null ? 0 : rate,
        connections,
        depth,
        life == null ? LoadPlan.UNBOUNDED : life,
        threads,
        requests == null ? LoadPlan.UNBOUNDED : requests,
        measured == null ? LoadPlan.UNBOUNDED : measured.toNanos(),
        warmUp.toNanos(),
        timeout.toNanos(),
        tls(),
        rate != null && !noSpin);
  }

  private @Nullable SSLContext tls() throws IOException {
    return targets.stream().anyMatch(NodeUrl::tls)
        ? ClientTls.context(authorities, null, null)
        : null;
  }

  private void checkTargets() {
    HashSet<String> seen = new HashSet<>();
    for (NodeUrl target : targets) {
      check("--target", target.authority() + " twice", seen.add(target.authority()), "each once");
    }
  }

  private void checkReport() {
    if (report != null) {
      Path folder = report.toAbsolutePath().getParent();
      boolean writable = folder != null && Files.isWritable(folder) && !Files.isDirectory(report);
      check("--report", report, writable, "a file in a folder that can be written to");
    }
  }

  private Keys keys() throws IOException {
    check("--key", "\"\"", !named.contains(""), "no empty one");
    check("--keys", keyCount, named.isEmpty() || keyCount == null, "none with --key");
    if (trace == null) {
      int count = keyCount == null ? 10_000 : keyCount;
      double exponent = skew == null ? 1 : skew;
      checkRange("--keys", count, 1, MAX_KEYS);
      check("--skew", exponent, exponent >= 0 && exponent <= 10, "from 0 to 10");
      SizeRange sizes = valueBytes == null ? DEFAULT_VALUE : valueBytes;
      return named.isEmpty()
          ? Keys.drawn(keyPrefix, count, exponent, sizes)
          : Keys.drawn(named, exponent, sizes);
    }
    check("--key", String.join(",", named), named.isEmpty(), "none with --trace");
    check("--keys", keyCount, keyCount == null, "none with --trace, which has its own");
    check("--skew", skew, skew == null, "none with --trace, which has its own order");
    check(
        "--puts",
        puts,
        puts == 0 || targets.size() == 1,
        "0 with --trace and more than one --target: each put would have to go to its key's owner,"
            + " out of order");
    check(
        "--trace",
        trace,
        trace.toString().endsWith(TRACE_SUFFIX) && Files.isReadable(trace),
        "a file that can be read and is named *" + TRACE_SUFFIX);
    Trace read = Trace.read(trace);
    check("--trace", trace, read.accesses() > 0, "one access at least");
    return Keys.of(
        read, keyPrefix, valueBytes != null || read.isSized() ? valueBytes : DEFAULT_VALUE);
  }

  private String keysTold(Keys keys) {
    String told =
        trace == null
            ? "by Zipf's law with skew "
                + (skew == null ? "1" : skew.toString().replaceFirst("\\.0$", ""))
            : "in the order of " + trace.getFileName();
    String values =
        puts == 0
            ? ""
            : ", put with values of "
                + (valueBytes == null ? trace == null ? "100 B" : "the trace's sizes" : valueBytes);
    return Quantity.count(keys.count()) + " keys " + told + values;
  }

  private static boolean isPositive(Duration duration) {
    return !duration.isZero() && duration.compareTo(MAX_DURATION) <= 0;
  }

  private static String shown(@Nullable Duration duration) {
    return duration == null ? "" : duration.toMillis() + "ms";
  }

  private void checkRange(String option, long value, long least, long most) {
    check(option, value, value >= least && value <= most, least + " to " + most);
  }

  private void check(String option, @Nullable Object value, boolean right, String expected) {
    if (!right) {
      throw wrong(option + ": " + value + " (expected: " + expected + ")");
    }
  }

  private ParameterException wrong(String message) {
    return new ParameterException(spec.commandLine(), message);
  }

  private static NodeUrl target(String text) {
    try {
      if (text.matches(".*:[0-9]+")) {
        return NodeUrl.parse(text.contains("://") ? text : "http://" + text);
      }
    } catch (IllegalArgumentException e) {
      // Refused like any other wrong text.
    }
    throw new IllegalArgumentException(
        text + " (expected: HOST:PORT, such as 127.0.0.1:8001 or [::1]:8001)");
  }

  private static Duration duration(String text) {
    Matcher form = DURATION.matcher(text.toLowerCase(Locale.ROOT));
    if (!form.matches()) {
      throw new IllegalArgumentException(
          text + " (expected: a number and its unit, such as 500ms, 10s, 5m or 1h)");
    }
    long number = Long.parseLong(form.group(1));
    return switch (form.group(2)) {
      case "ms" -> Duration.ofMillis(number);
      case "s" -> Duration.ofSeconds(number);
      case "m" -> Duration.ofMinutes(number);
      default -> Duration.ofHours(number);
    };
  }

  private Scheme ring() {
    if (dialect.isOurs()) {
      return ring == null ? Scheme.NATIVE : ring;
    }
    check(
        "--ring", ring, ring == null, "none in dialect " + dialect.name().toLowerCase(Locale.ROOT));
    return dialect.scheme();
  }

  private static Scheme ring(String text) {
    return Stream.of(Scheme.NATIVE, Scheme.DAWNCACHE)
        .filter(scheme -> scheme.name().equalsIgnoreCase(text))
        .findAny()
        .orElseThrow(() -> new IllegalArgumentException(text + " (expected: native or seed)"));
  }

  private static Dialect dialect(String text) {
    return Arrays.stream(Dialect.values())
        .filter(dialect -> dialect.name().equalsIgnoreCase(text))
        .findAny()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    text + " (expected: dawncache, groupcache or mailgun)"));
  }

  private static <T> ITypeConverter<T> reading(Function<String, T> parse) {
    return text -> {
      try {
        return parse.apply(text);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(e.getMessage());
      }
    };
  }
}
