package io.dawncache.node.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dawncache.core.CachePolicy;
import io.dawncache.core.GroupConfig;
import io.dawncache.core.consistenthash.Scheme;
import io.dawncache.node.origin.Origins;
import io.dawncache.server.RemoteChanges;
import io.dawncache.server.ServerConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigReaderTest {
  private static final String GROUP = "groups: {scores: {origin: files:/srv}}\n";

  @TempDir private Path folder;

  private Path file;

  @BeforeEach
  void nameFile() {
    file = folder.resolve("node.yaml");
  }

  private NodeConfig read(
      String text, Map<String, String> environment, Map<String, String> flags, String... mistakes)
      throws IOException {
    Files.writeString(file, text);
    Mistakes found = new Mistakes();
    NodeConfig config = new ConfigReader(file, environment, flags, Map.of()).read(found);
    assertEquals(
        List.of(mistakes),
        found.lines().stream().map(line -> line.replace(file.toString(), "FILE")).toList());
    return config;
  }

  private NodeConfig read(String text) throws IOException {
    return read(text, Map.of(), Map.of());
  }

  private void assertMistakes(String text, String... mistakes) throws IOException {
    read(text, Map.of(), Map.of(), mistakes);
  }

  private GroupConfig group(String settings) throws IOException {
    return read("listen: 127.0.0.1:0\ngroups: {scores: {origin: files:/srv, " + settings + "}}\n")
        .groups()
        .get("scores")
        .config();
  }

  @Test
  void aGroupIsAsTheCoreHasItByDefault() throws Exception {
    assertEquals(GroupConfig.builder().build().toString(), group("").toString());
  }

  @Test
  void whoIsNoMemberMayRemoveUnlessTheGroupSaysElseOrIsFilledByPut() throws Exception {
    Map<String, NodeConfig.Group> groups =
        read("""
            listen: 127.0.0.1:0
            groups:
              scores: {origin: 'files:/'}
              notes: {origin: none}
              drafts: {origin: {none: {}}}
              frozen: {origin: none, remote-changes: none}
              open: {origin: 'files:/', remote-changes: ALL}
            """)
            .groups();

    assertEquals(RemoteChanges.REMOVE, groups.get("scores").remoteChanges());
    assertEquals(RemoteChanges.ALL, groups.get("notes").remoteChanges());
    assertEquals(RemoteChanges.ALL, groups.get("drafts").remoteChanges());
    assertEquals(RemoteChanges.NONE, groups.get("frozen").remoteChanges());
    assertEquals(RemoteChanges.ALL, groups.get("open").remoteChanges());
  }

  @Test
  void everyDefaultInTheTablesIsTheBuildersOwn() {
    Mistakes mistakes = new Mistakes();
    ServerConfig.Builder server = ServerConfig.builder();
    for (Key<ServerConfig.Builder, ?> key : NodeKeys.TABLE.keys()) {
      if (key.fallback() != null) {
        key.apply(Yaml.Text.of(key.fallback(), Source.named("")), server, "", mistakes);
      }
    }
    GroupConfig.Builder group = GroupConfig.builder();
    for (Key<GroupConfig.Builder, ?> key : GroupKeys.TABLE.keys()) {
      if (key.fallback() != null) {
        key.apply(Yaml.Text.of(key.fallback(), Source.named("")), group, "", mistakes);
      }
    }

    assertEquals(List.of(), mistakes.lines());
    assertEquals(ServerConfig.builder().build().toString(), server.build().toString());
    assertEquals(GroupConfig.builder().build().toString(), group.build().toString());
  }

  @Test
  void everySettingOfAGroupSaysWhatItsNameSays() throws Exception {
    GroupConfig config =
        group(
            "budget: 1m, policy: lru, ttl: 1h, ttl-jitter: 0.1, refresh-after-write: 50m,"
                + " stale-if-error: 1d, negative-ttl: 500ms, hot-ttl: 3s, hot-bytes: 100k,"
                + " load-timeout: 7s, max-loads: 3, max-queued-loads: 4, max-queue-time: 2s,"
                + " max-waiters: 5, max-key-bytes: 6, max-value-bytes: 7k, hedge: on");

    GroupConfig expected =
        GroupConfig.builder()
            .maxBytes(1 << 20)
            .policy(CachePolicy.LRU)
            .ttl(Duration.ofHours(1))
            .ttlJitter(0.1)
            .refreshAfterWrite(Duration.ofMinutes(50))
            .staleIfError(Duration.ofDays(1))
            .negativeTtl(Duration.ofMillis(500))
            .hotTtl(Duration.ofSeconds(3))
            .hotBytes(100 << 10)
            .loadTimeout(Duration.ofSeconds(7))
            .maxLoads(3)
            .maxQueuedLoads(4)
            .maxQueueTime(Duration.ofSeconds(2))
            .maxWaiters(5)
            .maxKeyBytes(6)
            .maxValueBytes(7 << 10)
            .hedge(true)
            .build();
    assertEquals(expected.toString(), config.toString());
  }

  @Test
  void everySettingOfANodeSaysWhatItsNameSays() throws Exception {
    NodeConfig config =
        read(
            GROUP
                + """
                listen: 127.0.0.1:8001
                self: http://127.0.0.1:8001
                cluster: shop
                zone: eu
                peers: [http://127.0.0.1:8001, http://127.0.0.1:8002]
                ring: seed
                peer-frames: off
                go-peers: true
                log: {io.dawncache: debug}
                limits:
                  max-ejected: 50
                  hand-over-timeout: 1s
                  hand-over-bytes: 1m
                  stop-grace: 2s
                  idle-timeout: 3s
                  request-timeout: 4s
                  max-request-line-bytes: 5k
                  max-header-bytes: 6k
                  max-value-bytes: 17m
                  max-connections: 100
                  max-connections-from-one-address: 10
                  max-peer-connections: 8
                  event-loops: 9
                """);

    ServerConfig expected =
        ServerConfig.builder()
            .host("127.0.0.1")
            .port(8001)
            .self("http://127.0.0.1:8001")
            .cluster("shop")
            .zone("eu")
            .members(List.of("http://127.0.0.1:8001", "http://127.0.0.1:8002"))
            .ring(Scheme.DAWNCACHE)
            .peerFrames(false)
            .goPeers(true)
            .maxEjectedPercent(50)
            .handOverTimeout(Duration.ofSeconds(1))
            .handOverBytes(1 << 20)
            .stopGrace(Duration.ofSeconds(2))
            .idleTimeout(Duration.ofSeconds(3))
            .requestTimeout(Duration.ofSeconds(4))
            .maxRequestLineBytes(5 << 10)
            .maxHeaderBytes(6 << 10)
            .maxValueBytes(17 << 20)
            .maxConnections(100)
            .maxConnectionsFromOneAddress(10)
            .maxPeerConnections(8)
            .eventLoops(9)
            .build();
    assertEquals(expected.toString(), config.server().build().toString());
    assertEquals(Map.of("io.dawncache", LogLevel.DEBUG), config.logLevels());
  }

  @Test
  void allMistakesAreReportedAtOnceEachWithItsPlace() throws Exception {
    assertMistakes(
        """
        listen: 8001
        clutser: shop
        discovery: consul:members
        peer-frames: maybe
        limits:
          max-ejected: 100
          max-ejekted: 10
        groups:
          scores:
            origin: files:/srv
            ttl: 5 parsecs
            ttl-jitter: 10%
            max-loads: 0
            budget: much
          docs:
            ttl: 0s
            zzzzzzzzzz: 1
          bare:
        log: verbose
        """,
        "FILE:1:9: listen: 8001 (expected: HOST:PORT, such as 127.0.0.1:8001 or [::1]:8001)",
        "FILE:2:1: clutser: no such key (expected: cluster?)",
        "FILE:3:12: discovery: consul:members (expected: static:URL,..., file:PATH,"
            + " dns:NAME:PORT[@SERVER:PORT], dns-srv:NAME[@SERVER:PORT])",
        "FILE:4:14: peer-frames: maybe (expected: on or off)",
        "FILE:6:16: limits.max-ejected: 100 (expected: an integer from 0 to 99)",
        "FILE:7:3: limits.max-ejekted: no such key (expected: max-ejected?)",
        "FILE:11:10: groups.scores.ttl: 5 parsecs (expected: a number and its unit, such as 500ms,"
            + " 10s, 5m, 1h or 7d)",
        "FILE:12:17: groups.scores.ttl-jitter: 10% (expected: 0 to 1, such as 0.1)",
        "FILE:13:16: groups.scores.max-loads: 0 (expected: an integer >= 1)",
        "FILE:14:13: groups.scores.budget: much (expected: bytes, such as 500k, 64m, 64MiB, 64MB or"
            + " 1000000, or a share of the heap, such as 10%; 0 for no bound)",
        "FILE:15:3: groups.docs.origin: missing (expected: origin: SCHEME:LOCATION, such as"
            + " files:/srv/scores)",
        "FILE:16:10: groups.docs.ttl: 0s (expected: > 0)",
        "FILE:17:5: groups.docs.zzzzzzzzzz: no such key (expected: one of budget, hedge, hot-bytes,"
            + " hot-ttl, load-timeout, max-key-bytes, max-loads, max-queue-time, max-queued-loads, max-value-bytes,"
            + " max-waiters, negative-ttl, origin, policy, refresh-after-write, remote-changes,"
            + " stale-if-error, ttl, ttl-jitter)",
        "FILE:18:8: groups.bare: nothing (expected: a map with an origin)",
        "FILE:19:6: log: verbose (expected: off or error or warn or info or debug or trace)");
  }

  @Test
  void whatIsMissingIsNamed() throws Exception {
    assertMistakes(
        "cluster: shop\n",
        "FILE: listen: missing (expected: listen: HOST:PORT)",
        "FILE: groups: missing (expected: a map of names and groups)");
  }

  @Test
  void wrongTypesAreNamed() throws Exception {
    assertMistakes(
        """
        listen: [a, b]
        limits: 7
        groups: scores
        cluster:
        """,
        "FILE:1:9: listen: a list (expected: HOST:PORT, such as 127.0.0.1:8001 or [::1]:8001)",
        "FILE:2:9: limits: 7 (expected: a map of event-loops, hand-over-bytes, hand-over-timeout,"
            + " idle-timeout, max-connections,"
            + " max-connections-from-one-address, max-ejected, max-header-bytes, max-peer-connections,"
            + " max-request-line-bytes, max-value-bytes, request-timeout, stop-grace)",
        "FILE:3:9: groups: scores (expected: a map of names and groups)",
        "FILE:4:9: cluster: nothing (expected: a text)");
  }

  @Test
  void aMistakeOfSeveralValuesIsNamedAtOneOfThem() throws Exception {
    assertMistakes(
        """
        listen: 127.0.0.1:0
        dialect: groupcache
        ring: native
        groups:
          scores: {origin: files:/srv, budget: 1m, hot-bytes: 1m}
          docs: {origin: files:/srv, max-value-bytes: 17m}
        """,
        "FILE:3:7: ring: native in dialect groupcache (expected: none, Go nodes have one)",
        "FILE:5:55: groups.scores.hot-bytes: 1048576 (expected: <= 524288, half of maxBytes)",
        "FILE:6:47: groups.docs.max-value-bytes: 17m (expected: <= 16777216,"
            + " limits.max-value-bytes)");
    assertMistakes(
        GROUP + "listen: 127.0.0.1:0\npeers: [http://127.0.0.1:8001]\ndiscovery: file:/members\n",
        "FILE:4:12: discovery: file:/members beside peers (expected: one of them)");
  }

  @Test
  void budgetsThatExceedTheHeapTogetherAreNamed() throws Exception {
    long heap = Runtime.getRuntime().maxMemory();
    long half = (long) (heap * 0.5);

    assertMistakes(
        """
        listen: 127.0.0.1:0
        groups:
          a: {origin: files:/srv, budget: 50%}
          b: {origin: files:/srv, budget: 26%}
          c: {origin: files:/srv, budget: 0}
        """,
        "FILE:4:35: groups.b.budget: 26% (expected: <= "
            + (heap / 4 * 3 - half)
            + " bytes, what the budgets of other groups leave of three quarters of the heap, which"
            + " is "
            + heap
            + " bytes)");
  }

  @Test
  void theEnvironmentOverridesTheFileAndFlagsOverrideBoth() throws Exception {
    String text =
        "listen: 127.0.0.1:1\ncluster: file\nzone: file\nlimits: {max-ejected: 1}\n" + GROUP;
    Map<String, String> environment =
        Map.of(
            "DAWNCACHE_CLUSTER", "environment",
            "DAWNCACHE_ZONE", "environment",
            "DAWNCACHE_LOG", "warn,io.dawncache=debug",
            "DAWNCACHE_LIMITS_MAX_EJECTED", "2",
            "DAWNCACHE_GROUPS_SCORES_TTL", "2s",
            "DAWNCACHE_RUN", "/anywhere",
            "DAWNCACHE_SERVICE_HOST", "10.0.0.1");

    NodeConfig config = read(text, environment, Map.of("--zone", "flag", "--max-bytes", "2m"));

    assertEquals("environment", config.node().read(NodeKeys.CLUSTER));
    assertEquals("flag", config.node().read(NodeKeys.ZONE));
    assertEquals(2, config.node().read(NodeKeys.MAX_EJECTED));
    assertEquals(Map.of("", LogLevel.WARN, "io.dawncache", LogLevel.DEBUG), config.logLevels());
    assertEquals(Duration.ofSeconds(2), config.groups().get("scores").config().ttl());
    assertEquals(2 << 20, config.groups().get("scores").config().maxBytes());
    assertEquals("DAWNCACHE_CLUSTER", config.node().value(NodeKeys.CLUSTER).at().shortly());
    assertEquals("--zone", config.node().value(NodeKeys.ZONE).at().shortly());
    assertEquals(file + ":1", config.node().value(NodeKeys.LISTEN).at().shortly());
  }

  @Test
  void peersOverrideADiscoveryOfALowerLayer() throws Exception {
    NodeConfig config =
        read(
            GROUP + "listen: 127.0.0.1:8001\ndiscovery: file:/members\n",
            Map.of(),
            Map.of("--peers", "http://127.0.0.1:8001,http://127.0.0.1:8002"));

    assertEquals(2, config.server().build().members().size());
    assertNull(config.server().build().discovery());
  }

  @Test
  void wrongValuesOfVariablesAndFlagsAreNamedByThem() throws Exception {
    read(
        "listen: 127.0.0.1:0\n" + GROUP,
        Map.of(
            "DAWNCACHE_GROUPS_SCORES_TTL", "soon",
            "DAWNCACHE_GROUPS_SCORE_TTL", "1s",
            "DAWNCACHE_LIMITS_PATIENCE", "1"),
        Map.of("--hot-ttl", "10"),
        "DAWNCACHE_GROUPS_SCORES_TTL: soon (expected: a number and its unit, such as 500ms, 10s,"
            + " 5m, 1h or 7d)",
        "--hot-ttl: 10 (expected: a number and its unit, such as 500ms, 10s, 5m, 1h or 7d)",
        "DAWNCACHE_GROUPS_SCORE_TTL: sets no key (expected: DAWNCACHE_GROUPS_SCORES_TTL?)",
        "DAWNCACHE_LIMITS_PATIENCE: sets no key (expected: the name of a key)");
  }

  @Test
  void noControlCharacterIsShown() throws Exception {
    read(
        "listen: 127.0.0.1:0\n" + GROUP,
        Map.of("DAWNCACHE_LIMITS_\u001b[2J\u009b2J", "1"),
        Map.of("--hot-ttl", "\u009b2J"),
        "--hot-ttl: ?2J (expected: a number and its unit, such as 500ms, 10s, 5m, 1h or 7d)",
        "DAWNCACHE_LIMITS_?[2J?2J: sets no key (expected: the name of a key)");
  }

  @Test
  void aFlagMayNameAGroupOfItsOwn() throws Exception {
    Files.writeString(file, "listen: 127.0.0.1:0\n" + GROUP);
    Mistakes mistakes = new Mistakes();

    NodeConfig config =
        new ConfigReader(
                file, Map.of(), Map.of(), Map.of("docs", "files:/docs", "scores", "files:/other"))
            .read(mistakes);

    assertTrue(mistakes.isEmpty(), mistakes.lines()::toString);
    assertEquals("files:/docs", config.groups().get("docs").origin().plain());
    assertEquals("files:/other", config.groups().get("scores").origin().plain());
  }

  @Test
  void aSecretIsReadFromAFileOrAVariableAndNeverShown() throws Exception {
    Path token = folder.resolve("token");
    Files.writeString(token, "s3cret\n");
    String text =
        "listen: 127.0.0.1:0\ncluster: {file: "
            + token
            + "}\nzone: {env: ZONE}\ngroups: {scores: {origin: {jdbc: {password: {env: WORD}}}}}\n";

    NodeConfig config = read(text, Map.of("ZONE", "inner", "WORD", "pass-word"), Map.of());

    assertEquals("s3cret", config.node().read(NodeKeys.CLUSTER));
    assertEquals("inner", config.node().read(NodeKeys.ZONE));
    assertEquals(
        Map.of("jdbc", Map.of("password", "pass-word")),
        config.groups().get("scores").origin().plain());
    String printed = String.join("\n", ConfigText.of(config, Origins.of(List.of()))) + config;
    for (String secret : List.of("s3cret", "inner", "pass-word")) {
      assertTrue(!printed.contains(secret), printed);
    }
  }

  @Test
  void aSecretThatIsWrongIsNotShownInItsMistake() throws Exception {
    read(
        "listen: {env: ADDRESS}\nzone: {env: NONE}\ncluster: {file: /no/such}\n" + GROUP,
        Map.of("ADDRESS", "hunter2"),
        Map.of(),
        "FILE:1:9: listen: *** (expected: HOST:PORT, such as 127.0.0.1:8001 or [::1]:8001)",
        "FILE:2:13: zone.env: NONE is not set (expected: a variable)",
        "FILE:3:17: cluster.file: /no/such cannot be read (expected: a file in UTF-8 of at most"
            + " 65536 bytes)");
  }

  @Test
  void differencesAreThoseOfValuesAndNotOfPlaces() throws Exception {
    NodeConfig first = read("listen: 127.0.0.1:1\n" + GROUP);
    NodeConfig same = read("\n\n" + GROUP + "listen: '127.0.0.1:1'\n");
    NodeConfig other = read("listen: 127.0.0.1:2\n" + GROUP);

    assertEquals(List.of(), first.differences(same));
    assertTrue(first.groups().get("scores").isSame(same.groups().get("scores")));
    assertEquals(List.of(NodeKeys.LISTEN), first.differences(other));
  }
}
