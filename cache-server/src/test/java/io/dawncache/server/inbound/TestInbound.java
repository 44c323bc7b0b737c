package io.dawncache.server.inbound;

import io.dawncache.core.CacheNode;
import io.dawncache.server.Dialect;
import io.dawncache.server.Limits;
import io.dawncache.server.Page;
import io.dawncache.server.testing.TestFleet;
import java.time.InstantSource;
import java.util.Map;

/** What the connections of a test share: one node, without peers and without a request listener. */
final class TestInbound {
  private TestInbound() {}

  static Inbound of(CacheNode node, Limits limits) {
    return of(node, Dialect.DAWNCACHE, limits, Map.of(), InstantSource.system(), () -> {}, true);
  }

  static Inbound of(
      CacheNode node,
      Dialect dialect,
      Limits limits,
      Map<String, Page> pages,
      InstantSource clock,
      Runnable beforeReading,
      boolean frames) {
    return new Inbound(
        node,
        dialect,
        limits,
        new ConnectionLimit(Integer.MAX_VALUE, Integer.MAX_VALUE, System::nanoTime),
        pages,
        address -> false,
        clock,
        beforeReading,
        frames,
        null,
        TestFleet.of("http://10.0.0.1:8001"),
        null,
        null);
  }
}
