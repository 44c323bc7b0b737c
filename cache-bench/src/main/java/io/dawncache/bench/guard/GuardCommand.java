package io.dawncache.bench.guard;

import io.dawncache.bench.TextTable;
import io.dawncache.bench.server.FixedReplyServer;
import io.dawncache.bench.server.KeepAliveConnection;
import io.dawncache.bench.workload.ZipfKeys;
import io.dawncache.core.ByteView;
import io.dawncache.core.CacheNode;
import io.dawncache.core.CachePolicy;
import io.dawncache.core.Group;
import io.dawncache.core.GroupConfig;
import io.dawncache.core.Loaded;
import io.dawncache.core.consistenthash.Ring;
import io.dawncache.core.consistenthash.Scheme;
import io.dawncache.core.singleflight.Singleflight;
import io.dawncache.server.CacheServer;
import io.dawncache.server.ServerConfig;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code bench guard}: fails if a get costs more than before. */
@Command(
    name = "guard",
    description = {
      "Counts the bytes that hits, look-ups and answers allocate, which no other program on the"
          + " machine can change, and fails with 1 if one of them is beyond its bound. To be run"
          + " before and after a change of the way of a get."
    })
public final class GuardCommand implements Callable<Integer> {
  private static final int STEPS = 200_000;
  private static final int REQUESTS = 60_000;
  private static final int VALUE_BYTES = 100;

  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec spec;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help and exit.")
  @SuppressWarnings("UnusedVariable") // picocli reads it
  private boolean help;

  private final TextTable table =
      new TextTable(1, List.of("what", "bytes", "at most", "of", "bytes of that"));

  private boolean failed;

  /** Made by picocli. */
  GuardCommand() {}

  @Override
  public Integer call() throws IOException {
    for (CachePolicy policy : CachePolicy.values()) {
      check("`Group.get`, a hit, `" + policy + "`", hit(policy), 1);
    }
    check("`Ring.owner`, 1,000 nodes, a short key", ringLookUp(Scheme.DAWNCACHE), 1);
    check("the same, native scheme", ringLookUp(Scheme.NATIVE), 1);
    check("`Singleflight.join`, alone", flight(), 160);
    double fixedReply = fixedReply();
    checkAgainst("a hit over HTTP", overHttp(), 0.7, "Netty's codec, fixed reply", fixedReply);
    PrintWriter out = spec.commandLine().getOut();
    table.printTo(out);
    out.flush();
    return failed ? 1 : 0;
  }

  private void check(String what, double bytes, double atMost) {
    row(what, bytes, atMost, "", "");
  }

  private void checkAgainst(
      String what, double bytes, double times, String baseline, double baselineBytes) {
    row(
        what,
        bytes,
        times * baselineBytes,
        "%.2f x %s".formatted(times, baseline),
        shown(baselineBytes));
  }

  private void row(String what, double bytes, double atMost, String of, String ofBytes) {
    boolean tooMany = bytes > atMost;
    failed |= tooMany;
    table.add(
        List.of(what + (tooMany ? " TOO MANY" : ""), shown(bytes), shown(atMost), of, ofBytes));
  }

  private static String shown(double bytes) {
    return String.format(Locale.ROOT, "%.1f", bytes);
  }

  private static double hit(CachePolicy policy) throws IOException {
    try (CacheNode node = CacheNode.create()) {
      Group group = filled(node, policy);
      String[] keys = ZipfKeys.all();
      return Allocated.bytesHere(STEPS, turn -> group.get(keys[turn % keys.length]));
    }
  }

  private static Group filled(CacheNode node, CachePolicy policy) {
    ByteView value = ByteView.copyOf(new byte[VALUE_BYTES]);
    Group group =
        node.addGroup(
            "bench", GroupConfig.builder().policy(policy).build(), key -> Loaded.of(value));
    for (String key : ZipfKeys.all()) {
      group.get(key);
    }
    return group;
  }

  private static double ringLookUp(Scheme scheme) throws IOException {
    Ring ring =
        Ring.of(
            scheme,
            50,
            IntStream.range(0, 1_000).mapToObj(i -> "http://10.0.0.1:" + (8_000 + i)).toList());
    String[] keys = ZipfKeys.all();
    return Allocated.bytesHere(STEPS, turn -> ring.owner(keys[turn % keys.length]));
  }

  private static double flight() throws IOException {
    Singleflight<String, String> flights = new Singleflight<>();
    return Allocated.bytesHere(
        STEPS,
        turn ->
            flights.join("key", (key, flight) -> flight.ended(key, null), (value, error) -> {}));
  }

  private static double overHttp() throws IOException {
    try (CacheNode node = CacheNode.create();
        CacheServer server =
            CacheServer.start(node, ServerConfig.builder().eventLoops(1).build())) {
      filled(node, CachePolicy.TINY_LFU);
      return perRequest(server.address().getPort(), "dawncache-loop");
    }
  }

  private static double fixedReply() throws IOException {
    try (FixedReplyServer server = FixedReplyServer.start(0, VALUE_BYTES, false)) {
      return perRequest(server.port(), FixedReplyServer.LOOP);
    }
  }

  private static double perRequest(int port, String loop) throws IOException {
    byte[][] requests =
        Arrays.stream(ZipfKeys.all())
            .map(key -> KeepAliveConnection.request("/_dawncache/bench/" + key))
            .toArray(byte[][]::new);
    try (KeepAliveConnection client = KeepAliveConnection.open(port)) {
      return Allocated.bytesOfThreads(
          loop, REQUESTS, turn -> client.get(requests[turn % requests.length]));
    }
  }
}
