package io.dawncache.node;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every wrong command line is one line on standard error and exit code 2. */
class NodeMainTest {
  private static final String EXPECTED_URL =
      " (expected: http://HOST:PORT, such as http://10.0.0.1:8001)";

  @TempDir private Path folder;

  private String origin;

  @BeforeEach
  void nameOrigin() {
    origin = "files:" + folder;
  }

  /** Runs a command line that would be right without {@code more}. */
  private Ran ran(String... more) {
    List<String> arguments =
        new ArrayList<>(List.of("--listen", "127.0.0.1:0", "--group", "scores=" + origin));
    arguments.addAll(List.of(more));
    return Ran.node(arguments.toArray(String[]::new));
  }

  @Test
  void whatIsMissingIsNamed() {
    assertEquals(
        new Ran(
            2,
            "",
            List.of(
                "node: --listen: missing (expected: --listen HOST:PORT)",
                "node: --group: missing (expected: --group NAME=ORIGIN)")),
        Ran.node());
    Ran.node("--listen", "127.0.0.1:0")
        .assertRefused("node: --group: missing (expected: --group NAME=ORIGIN)");
    ran("--self").assertRefused("node: --self: missing (expected: --self URL)");
  }

  @Test
  void aBudgetThatTheHeapHasNoRoomForIsRefused() {
    long heapBytes = Runtime.getRuntime().maxMemory();

    ran("--max-bytes", "64g")
        .assertRefused(
            "node: --max-bytes: 64g (expected: <= "
                + heapBytes / 4 * 3
                + " bytes, what the budgets of other groups leave of three quarters of the heap, which is"
                + " "
                + heapBytes
                + " bytes)");
  }

  @Test
  void anUnknownOptionIsNamedThoughTheRightOneIsMissing() {
    String expected =
        ": no such option (expected: one of --config, --group, --print-config, --help, --version,"
            + " --listen, --self, --cluster, --zone, --secret-file, --peers, --discovery,"
            + " --dialect, --ring, --go-peers, --peer-frames, --operations, --tokens-file,"
            + " --operations-tls, --tls-certificate, --tls-key, --tls-key-password, --tls-ca,"
            + " --tls-crl, --tls-client-certificates, --tls-peer-names,"
            + " --log-format, --access-log, --max-ejected, --hand-over-timeout, --hand-over-bytes,"
            + " --max-bytes, --policy, --ttl, --ttl-jitter, --refresh-after-write,"
            + " --stale-if-error, --negative-ttl, --hot-ttl, --hot-bytes, --remote-changes)";

    ran("--verbose").assertRefused("node: --verbose" + expected);
    Ran.node("--lisen", "127.0.0.1:0").assertRefused("node: --lisen" + expected);
  }

  @Test
  void anArgumentTooManyIsNamed() {
    ran("start")
        .assertRefused(
            "node: start: one argument too many (expected: node --listen HOST:PORT"
                + " --group NAME=ORIGIN [--group ...] [OPTIONS] or node --config FILE [OPTIONS])");
  }

  @Test
  void anOptionGivenTwiceIsNamed() {
    ran("--policy", "lru", "--policy", "lru")
        .assertRefused("node: --policy: given twice (expected: once)");
  }

  @Test
  void aListenAddressIsAHostAndAPort() {
    Ran.node("--listen", "8001", "--group", "scores=" + origin)
        .assertRefused(
            "node: --listen: 8001 (expected: HOST:PORT, such as 127.0.0.1:8001 or [::1]:8001)");
  }

  @Test
  void urlsAreThoseOfNodes() {
    ran("--self", "127.0.0.1:8001").assertRefused("node: --self: 127.0.0.1:8001" + EXPECTED_URL);
    ran("--peers", "http://a:1,http://b:1/")
        .assertRefused("node: --peers: http://b:1/" + EXPECTED_URL);
    ran("--peers", "http://a:1,,http://b:1").assertRefused("node: --peers: " + EXPECTED_URL);
  }

  @Test
  void membersAreListedOrFound() {
    ran("--discovery", "consul:members")
        .assertRefused(
            "node: --discovery: consul:members (expected: static:URL,..., file:PATH,"
                + " dns:NAME:PORT[@SERVER:PORT], dns-srv:NAME[@SERVER:PORT])");
    ran("--discovery", "file:/members", "--peers", "http://a:1")
        .assertRefused("node: --discovery: file:/members beside peers (expected: one of them)");
    ran("--peers", "http://localhost:1,http://10.0.0.1:8001")
        .assertRefused(
            "node: --peers: http://localhost:1 beside http://10.0.0.1:8001 (expected: URLs that"
                + " every member can reach)");
  }

  @Test
  void aRingIsOneThatTheDialectLeavesOpen() {
    ran("--dialect", "groupcache", "--ring", "native")
        .assertRefused(
            "node: --ring: native in dialect groupcache (expected: none, Go nodes have one)");
  }

  @Test
  void aClusterHasAVisibleName() {
    ran("--ring", "seed", "--self", "http://127.0.0.1:8001", "--cluster", "a shop")
        .assertRefused("node: --cluster: a shop (expected: 1 to 100 visible ASCII characters)");
    ran("--discovery", "file:/members", "--cluster", "")
        .assertRefused("node: --cluster:  (expected: 1 to 100 visible ASCII characters)");
  }

  @Test
  void aZoneIsOneWord() {
    ran("--zone", "eu west")
        .assertRefused(
            "node: --zone: eu west (expected: 1 to 64 visible ASCII characters without comma and"
                + " double quote)");
  }

  @Test
  void aGroupIsANameAndAnOrigin() {
    for (String group : new String[] {"docs", "=files:" + folder, ""}) {
      ran("--group", group)
          .assertRefused(
              "node: --group: " + group + " (expected: NAME=ORIGIN, such as scores=files:DIR)");
    }
  }

  @Test
  void anOriginIsOneOfThoseKnown() {
    ran("--group", "docs=ftp://a/{key}")
        .assertRefused(
            "node: --group: ftp://a/{key} (expected: files:DIR or http:URL-TEMPLATE or jdbc with"
                + " settings in a file or none or"
                + " redis://HOST:PORT)");
    ran("--group", "docs=files:" + folder + "/none")
        .assertRefused(
            "node: --group: files:"
                + folder
                + "/none (expected: files:DIR with an existing folder DIR)");
    ran("--group", "docs=http://a/items")
        .assertRefused(
            "node: --group: http://a/items (expected: http:URL with {key} or {+key} in its path or"
                + " query, such as http://127.0.0.1:9000/items/{key})");
  }

  @Test
  void aGroupIsNamedOnce() {
    ran("--group", "scores=" + origin)
        .assertRefused("node: --group: scores twice (expected: each NAME once)");
  }

  @Test
  void sizesPoliciesAndDialectsAreThoseKnown() {
    ran("--max-bytes", "-1")
        .assertRefused(
            "node: --max-bytes: -1 (expected: bytes, such as 500k, 64m, 64MiB, 64MB or 1000000, or"
                + " a share of the heap, such as 10%; 0 for no bound)");
    ran("--policy", "fifo").assertRefused("node: --policy: fifo (expected: lru or tinylfu)");
    ran("--ring", "round").assertRefused("node: --ring: round (expected: native or seed)");
    ran("--ring", "native", "--dialect", "mailgun")
        .assertRefused(
            "node: --ring: native in dialect mailgun (expected: none, Go nodes have one)");
    ran("--dialect", "go")
        .assertRefused("node: --dialect: go (expected: dawncache or groupcache or mailgun)");
  }

  @Test
  void timesAndFractionsAreReadAsPeopleWriteThem() {
    String time = " (expected: a number and its unit, such as 500ms, 10s, 5m, 1h or 7d)";
    for (String option :
        new String[] {
          "--ttl", "--refresh-after-write", "--stale-if-error", "--negative-ttl", "--hot-ttl"
        }) {
      ran(option, "10").assertRefused("node: " + option + ": 10" + time);
    }
    ran("--ttl-jitter", "10%")
        .assertRefused("node: --ttl-jitter: 10% (expected: 0 to 1, such as 0.1)");
    ran("--hot-bytes", "8 M/s")
        .assertRefused(
            "node: --hot-bytes: 8 M/s (expected: bytes, such as 500k, 64m, 64MiB, 64MB or 1000000;"
                + " 0 for no bound)");
  }

  @Test
  void whatNoGroupCouldWorkWithIsRefused() {
    ran("--ttl", "0s").assertRefused("node: --ttl: 0s (expected: > 0)");
    ran("--max-bytes", "1m", "--hot-bytes", "1m")
        .assertRefused("node: --hot-bytes: 1048576 (expected: <= 524288, half of maxBytes)");
  }

  @Test
  void aValueWithLineBreaksStillMakesOneLine() {
    ran("--policy", "a\nb\r\nc").assertRefused("node: --policy: a b c (expected: lru or tinylfu)");
  }

  @Test
  void mistakesOfAFileAreNamedWithTheirPlaces() throws Exception {
    Path file = folder.resolve("node.yaml");
    Files.writeString(
        file,
        """
        listen: 127.0.0.1:0
        groups:
          scores: {origin: files:%s/none, ttl: soon}
          docs: {origin: {http: [a]}}
          more: {origin: {ftp: a}}
        """
            .formatted(folder));

    Ran ran = Ran.node("--config", file.toString());

    assertEquals(2, ran.exitCode());
    assertEquals(
        List.of(
            "node: FILE:3:20: groups.scores.origin: files:FOLDER/none (expected: files:DIR with an"
                + " existing folder DIR)",
            "node: FILE:3:%d: groups.scores.ttl: soon (expected: a number and its unit, such as"
                    .formatted(20 + ("files:" + folder + "/none, ttl: ").length())
                + " 500ms, 10s, 5m, 1h or 7d)",
            "node: FILE:4:25: groups.docs.origin.http: a list (expected: a location, or settings)",
            "node: FILE:5:24: groups.more.origin.ftp: a (expected: files:DIR or http:URL-TEMPLATE"
                + " or jdbc with settings in a file or none or redis://HOST:PORT)"),
        ran.err().stream()
            .map(line -> line.replace(file.toString(), "FILE"))
            .map(line -> line.replace(folder.toString(), "FOLDER"))
            .toList());
  }

  @Test
  void printConfigShowsWhatIsInForceAndServesNothing() throws Exception {
    Path file = folder.resolve("node.yaml");
    Files.writeString(
        file, "listen: 127.0.0.1:0\ngroups: {scores: {origin: 'files:%s'}}\n".formatted(folder));

    Ran ran = Ran.node("--config", file.toString(), "--print-config", "--ttl", "5m");

    assertEquals(0, ran.exitCode(), ran::toString);
    assertTrue(
        ran.out().lines().anyMatch(line -> line.matches("listen: 127.0.0.1:0 +# .*node.yaml:1")),
        ran.out());
    assertTrue(ran.out().lines().anyMatch(line -> line.matches(" +ttl: 5m +# --ttl")), ran.out());
  }

  @Test
  void helpTellsEveryOptionAndOrigin() {
    Ran help = Ran.node("--help");

    assertEquals(0, help.exitCode());
    assertEquals(List.of(), help.err());
    assertAll(
        List.of(
                "--config",
                "--print-config",
                "--listen",
                "--self",
                "--peers",
                "--group",
                "--max-bytes",
                "--policy",
                "--ttl",
                "--ttl-jitter",
                "--refresh-after-write",
                "--stale-if-error",
                "--negative-ttl",
                "--hot-ttl",
                "--hot-bytes",
                "--remote-changes",
                "--dialect",
                "--go-peers",
                "files:DIR",
                "http:URL-TEMPLATE",
                "/healthz",
                "{key}",
                "SIGTERM")
            .stream()
            .map(word -> () -> assertTrue(help.out().contains(word), word)));
    assertTrue(help.out().lines().allMatch(line -> line.length() <= 96), help.out());
  }

  @Test
  void versionTellsTheBuildAndJava() {
    Ran version = Ran.node("--version");

    assertEquals(0, version.exitCode());
    assertTrue(
        version.out().matches("dawncache .+, Java " + Runtime.version().feature() + "\\R"),
        version.out());
  }
}
