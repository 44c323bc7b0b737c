package io.dawncache.bench.collectors;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.dawncache.core.BulkGetter;
import io.dawncache.core.ByteView;
import io.dawncache.core.CacheNode;
import io.dawncache.core.Group;
import io.dawncache.core.GroupConfig;
import io.dawncache.core.GroupStats;
import io.dawncache.core.Loaded;
import io.dawncache.server.CacheServer;
import io.dawncache.server.ServerConfig;
import io.dawncache.server.wire.NodeUrl;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A node as {@code scripts/node} runs it, except that its cache is full before it serves: its own
 * misses have filled it. A separate program that reads commands on standard input.
 */
final class FullNode {
  static final String GROUP = "bench";
  static final int VALUE_BYTES = 1024;
  static final String STATS = "stats";
  static final String COLLECT = "collect";

  private static final int BATCH = 1000;

  /** Has a separate value for every key, without delay. */
  private static final class Origin implements BulkGetter {
    @Override
    public Loaded load(String key) {
      return Loaded.of(ByteView.copyOf(new byte[VALUE_BYTES]));
    }

    @Override
    public Map<String, Loaded> loadAll(Set<String> keys) {
      return keys.stream().collect(Collectors.toMap(Function.identity(), this::load));
    }
  }

  private FullNode() {}

  /** Returns how many keys of a full cache are asked for: an eighth of it. */
  static int askedKeys(long maxBytes) {
    return Math.toIntExact(maxBytes / VALUE_BYTES / 8);
  }

  /** Returns the name of a key that is asked for, as in the load generator's traces. */
  static String askedKey(int number) {
    return String.format(Locale.ROOT, "%08d", number);
  }

  /**
   * Takes a budget in bytes. Prints the port and the number of entries when it serves; upon {@code
   * stats} the gets, hits and evictions up to now. Upon {@code collect} it collects the whole heap
   * and prints nothing. Ends with its input.
   */
  public static void main(String[] args) throws IOException {
    long maxBytes = Long.parseLong(args[0]);
    GroupConfig config = GroupConfig.builder().maxBytes(maxBytes).build();
    try (CacheNode node = CacheNode.create()) {
      Group group = node.addGroup(GROUP, config, new Origin());
      fill(group, askedKeys(maxBytes));
      try (CacheServer server = CacheServer.start(node, ServerConfig.builder().build())) {
        int port = NodeUrl.parse(server.self()).port();
        System.out.println(port + " " + group.stats().mainCache().items());
        obey(group);
      }
    }
  }

  /**
   * Gets first the keys that will be asked for, then others until one is evicted, then the first
   * again: as in a cache that has been in use, those are evicted last.
   */
  private static void fill(Group group, int askedKeys) {
    get(group, 0, askedKeys, FullNode::askedKey);
    for (int i = 0; group.stats().mainCache().evictions() == 0; i += BATCH) {
      get(group, i, i + BATCH, number -> "rest" + number);
    }
    get(group, 0, askedKeys, FullNode::askedKey);
  }

  private static void get(Group group, int from, int to, IntFunction<String> name) {
    for (int start = from; start < to; start += BATCH) {
      List<String> keys =
          IntStream.range(start, Math.min(to, start + BATCH)).mapToObj(name).toList();
      group.getAll(keys);
    }
  }

  @SuppressWarnings("SystemGc") // it is measured
  private static void obey(Group group) throws IOException {
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in, UTF_8));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      switch (line) {
        case COLLECT -> System.gc();
        case STATS -> {
          GroupStats stats = group.stats();
          System.out.println(
              stats.gets() + " " + stats.cacheHits() + " " + stats.mainCache().evictions());
        }
        default -> throw new IOException(line + " (expected: " + STATS + " or " + COLLECT + ")");
      }
    }
  }
}
