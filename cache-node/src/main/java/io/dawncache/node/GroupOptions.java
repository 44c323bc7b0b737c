package io.dawncache.node;

import io.dawncache.core.CachePolicy;
import io.dawncache.core.GroupConfig;
import io.dawncache.node.text.ByteSize;
import io.dawncache.node.text.Fraction;
import io.dawncache.node.text.TimeSpan;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of {@link NodeMain} that say how each group keeps its values. */
final class GroupOptions {
  @Option(
      names = "--max-bytes",
      paramLabel = "SIZE",
      description =
          "The largest size of each group in memory, such as 500k, 64m, 64MiB (the same) or 64MB"
              + " (64 million); 0 for no bound. By default 64m, or less if the heap is small: all"
              + " groups together get half of it.")
  private @Nullable ByteSize maxBytes;

  @Option(
      names = "--policy",
      paramLabel = "lru|tinylfu",
      description =
          "Which entry a full cache evicts first: the least recently used (lru), or the one that"
              + " W-TinyLFU chooses (tinylfu, the default).")
  private CachePolicy policy = CachePolicy.TINY_LFU;

  @Option(
      names = "--ttl",
      paramLabel = "TIME",
      description =
          "The TTL of values for which the origin sets none, such as 500ms, 10s, 5m, 1h or 7d; by"
              + " default they never expire.")
  private @Nullable TimeSpan ttl;

  @Option(
      names = "--ttl-jitter",
      paramLabel = "FRACTION",
      description =
          "The largest fraction by which the TTL of each value is shortened at random, such as 0.1;"
              + " 0 by default.")
  private @Nullable Fraction ttlJitter;

  @Option(
      names = "--refresh-after-write",
      paramLabel = "TIME",
      description =
          "The age from which on a get is answered with the present value and starts a load of a new"
              + " one; never by default.")
  private @Nullable TimeSpan refreshAfterWrite;

  @Option(
      names = "--stale-if-error",
      paramLabel = "TIME",
      description =
          "How long an expired value may still be the answer, marked as stale, if the origin fails;"
              + " not at all by default.")
  private @Nullable TimeSpan staleIfError;

  @Option(
      names = "--negative-ttl",
      paramLabel = "TIME",
      description = "How long a node remembers that a key was not found; not at all by default.")
  private @Nullable TimeSpan negativeTtl;

  @Option(
      names = "--hot-ttl",
      paramLabel = "TIME",
      description = "The largest TTL of a copy of another node's value; 10s by default.")
  private @Nullable TimeSpan hotTtl;

  @Option(
      names = "--hot-bytes",
      paramLabel = "SIZE",
      description =
          "The part of --max-bytes for copies of other nodes' values; 0 keeps none, an eighth by"
              + " default.")
  private @Nullable ByteSize hotBytes;

  /** Made by picocli. */
  GroupOptions() {}

  /**
   * Returns the configuration that the options give.
   *
   * @throws IllegalArgumentException if one is out of its range
   */
  GroupConfig config() {
    GroupConfig.Builder config = GroupConfig.builder().policy(policy);
    if (maxBytes != null) {
      config.maxBytes(maxBytes.bytes());
    }
    if (ttl != null) {
      config.ttl(ttl.duration());
    }
    if (ttlJitter != null) {
      config.ttlJitter(ttlJitter.value());
    }
    if (refreshAfterWrite != null) {
      config.refreshAfterWrite(refreshAfterWrite.duration());
    }
    if (staleIfError != null) {
      config.staleIfError(staleIfError.duration());
    }
    if (negativeTtl != null) {
      config.negativeTtl(negativeTtl.duration());
    }
    if (hotTtl != null) {
      config.hotTtl(hotTtl.duration());
    }
    if (hotBytes != null) {
      config.hotBytes(hotBytes.bytes());
    }
    return config.build();
  }
}
