package io.dawncache.bench.load;

import io.dawncache.core.consistenthash.Scheme;
import io.dawncache.server.Dialect;
import io.dawncache.server.wire.NodeUrl;
import java.util.List;

/** Plans as tests need them. */
final class Plans {
  static final Keys KEYS = Keys.drawn("key", 100, 1, new SizeRange(100, 100));
  static final NodeUrl TARGET = NodeUrl.parse("http://127.0.0.1:8001");

  private static final long SECOND = 1_000_000_000;

  private Plans() {}

  /** An open loop of so many requests, after half a second of warm-up. */
  static LoadPlan open(double rate, int threads, long requests) {
    return plan(rate, threads, requests);
  }

  /** A closed loop of so many requests, after half a second of warm-up. */
  static LoadPlan closed(int threads, long requests) {
    return plan(0, threads, requests);
  }

  private static LoadPlan plan(double rate, int threads, long requests) {
    return new LoadPlan(
        List.of(TARGET),
        Dialect.DAWNCACHE,
        Scheme.NATIVE,
        "/_dawncache/",
        "scores",
        KEYS,
        "100 keys by Zipf's law with skew 1",
        0,
        rate,
        8,
        1,
        LoadPlan.UNBOUNDED,
        threads,
        requests,
        LoadPlan.UNBOUNDED,
        SECOND / 2,
        SECOND,
        null,
        true);
  }
}
