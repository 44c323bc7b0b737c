package io.dawncache.node.config;

import io.dawncache.node.origin.Origins;
import io.dawncache.node.text.ByteSize;
import io.dawncache.node.text.Fraction;
import io.dawncache.node.text.HostPort;
import io.dawncache.node.text.TimeSpan;
import io.dawncache.server.testing.FuzzedReader;
import io.dawncache.server.testing.InputFile;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The readers of the configuration, for the fuzzer. */
public final class ConfigReaders implements FuzzedReader.Source {
  private static final int MOST_LINES = 101; // 100 mistakes, and that there are more
  private static final int LONGEST_LINE = 2_000;
  private static final int LEAST_SECRET = 16; // bytes

  private static final Map<String, String> LISTENS = Map.of("--listen", "127.0.0.1:0");
  private static final Map<String, String> GROUP = Map.of("scores", "none:");
  private static final Origins ORIGINS = Origins.onClassPath();

  private static final String CONFIGURATION =
      """
      listen: 127.0.0.1:8001
      peers: [http://10.0.0.1:8001, http://10.0.0.2:8001]
      limits:
        max-value-bytes: 4m
        idle-timeout: 2m
      log:
        io.dawncache: debug
      groups:
        scores:
          origin:
            http: //127.0.0.1:9000/{key}
            headers: {Authorization: "Bearer \\u00e9"}
          ttl: 5m
          max-bytes: 25%
        'players': {origin: "files:/srv", hot-ttl: 10s} # the second
      """;

  private static final String SMALL =
      """
      # a node
      listen: '[::1]:8001'
      discovery: dns:cache.local:8001
      secret: sixteen bytes...
      tokens: |
        q8Z0b1yq1y3mX9sUqg2v5A== write:scores,players
      groups:
        scores: {origin: none:}
      """;

  @Override
  public List<FuzzedReader> readers() {
    InputFile configuration = new InputFile("configuration");
    InputFile secrets = new InputFile("secrets");
    return List.of(
        FuzzedReader.of(
            "configuration",
            null,
            FuzzedReader.bytes(List.of(CONFIGURATION, SMALL)),
            input ->
                read(new ConfigReader(configuration.with(input), Map.of(), Map.of(), Map.of()))),
        FuzzedReader.of(
            "secret-file",
            null,
            FuzzedReader.bytes(List.of("the next secret, a longer one\r\n\n  sixteen bytes... \n")),
            input -> readSecrets(secrets, input)),
        FuzzedReader.ofText(
            "environment",
            null,
            List.of(
                "DAWNCACHE_LIMITS_MAX_VALUE_BYTES=4m\nDAWNCACHE_PEERS=http://10.0.0.1:8001",
                "DAWNCACHE_GROUPS_SCORES_TTL=5m\nDAWNCACHE_DIALECT=groupcache\nHOME=/"),
            ConfigReaders::readEnvironment),
        value("byte-size", List.of("16m", "4 GiB", "0", "100 kb"), ByteSize::parse),
        value("time-span", List.of("500ms", "2h", "1d", "0s"), TimeSpan::parse),
        value("fraction", List.of("0.25", "1", ".5"), Fraction::parse),
        value("host-port", List.of("127.0.0.1:8001", "[::1]:0", "cache_1:65535"), HostPort::parse));
  }

  private static FuzzedReader value(
      String name, List<String> seeds, FuzzedReader.TextReading reading) {
    return FuzzedReader.ofText(name, IllegalArgumentException.class, seeds, reading);
  }

  /** Mistakes are lines of bounded length; what has none can be used and shown. */
  private static void read(ConfigReader reader) {
    Mistakes mistakes = new Mistakes();
    NodeConfig config = reader.read(mistakes);
    List<String> lines = mistakes.lines();
    boolean bounded =
        lines.size() <= MOST_LINES
            && lines.stream().allMatch(line -> line.length() <= LONGEST_LINE)
            && lines.stream().allMatch(line -> line.chars().noneMatch(Character::isISOControl));
    if (!bounded) {
      throw new AssertionError(lines);
    }
    if (lines.isEmpty()) {
      if (config.secrets().stream().anyMatch(secret -> secret.length < LEAST_SECRET)) {
        throw new AssertionError("a short secret");
      }
      config.server();
      config.tokens();
      config.logLevels();
      config.groups().values().forEach(group -> group.builder().build());
      ConfigText.of(config, ORIGINS);
    }
  }

  private static void readSecrets(InputFile file, byte[] input) throws IOException {
    Map<String, String> flags = new HashMap<>(LISTENS);
    flags.put("--secret-file", file.with(input).toString());
    read(new ConfigReader(null, Map.of(), flags, GROUP));
  }

  /** Each line is a variable. */
  private static void readEnvironment(String text) {
    Map<String, String> variables = new HashMap<>();
    for (String line : text.lines().toList()) {
      int equals = line.indexOf('=');
      variables.put(
          equals < 0 ? line : line.substring(0, equals),
          equals < 0 ? "" : line.substring(equals + 1));
    }
    read(new ConfigReader(null, variables, LISTENS, GROUP));
  }
}
