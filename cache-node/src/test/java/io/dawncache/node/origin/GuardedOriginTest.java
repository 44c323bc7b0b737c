package io.dawncache.node.origin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.dawncache.core.BulkGetter;
import io.dawncache.core.Getter;
import io.dawncache.core.Loaded;
import io.dawncache.node.origin.OriginCounts.Count;
import io.dawncache.node.origin.OriginCounts.Outcome;
import io.dawncache.node.origin.OriginException.Extent;
import io.dawncache.node.origin.OriginHealth.State;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class GuardedOriginTest {
  private static final String SCHEME = "test";

  private static GuardedOrigin guarded(OpenOrigin open) {
    Origin origin =
        new Origin() {
          @Override
          public String scheme() {
            return SCHEME;
          }

          @Override
          public OpenOrigin open(OriginSettings settings) {
            return open;
          }
        };
    return Origins.of(List.of(origin)).open("scores", SCHEME + ":");
  }

  private static GuardedOrigin of(Getter getter) {
    return guarded(OpenOrigin.of(getter));
  }

  private static long loads(GuardedOrigin origin, Outcome outcome) {
    Count count = origin.counts().byOutcome().get(outcome);
    return count == null ? 0 : count.loads();
  }

  @Test
  void loadsAreCountedByOutcome() throws Exception {
    GuardedOrigin origin =
        of(
            key ->
                switch (key) {
                  case "value" -> Loaded.ofUtf8("v");
                  case "none" -> Loaded.notFound();
                  case "denied" -> Loaded.rejected("denied");
                  default -> throw new IOException("broken");
                });

    for (String key : List.of("value", "value", "none", "denied")) {
      origin.getter().load(key);
    }
    assertThrows(IOException.class, () -> origin.getter().load("other"));

    assertEquals(2, loads(origin, Outcome.VALUE));
    assertEquals(1, loads(origin, Outcome.NOT_FOUND));
    assertEquals(1, loads(origin, Outcome.REJECTED));
    assertEquals(1, loads(origin, Outcome.FAILED));
    assertEquals(0, loads(origin, Outcome.REFUSED));
  }

  @Test
  void aLoadOfManyKeysIsOneLoad() throws Exception {
    BulkGetter bulk =
        new BulkGetter() {
          @Override
          public Loaded load(String key) {
            return Loaded.notFound();
          }

          @Override
          public Map<String, Loaded> loadAll(Set<String> keys) {
            return Map.of();
          }
        };
    GuardedOrigin origin = of(bulk);

    assertInstanceOf(BulkGetter.class, origin.getter()).loadAll(Set.of("a", "b", "c"));

    Count count = origin.counts().byOutcome().get(Outcome.VALUE);
    assertEquals(1, count.loads());
    assertEquals(3, count.keys());
  }

  @Test
  void healthIsWhatTheLastLoadsSay() throws Exception {
    AtomicBoolean down = new AtomicBoolean();
    GuardedOrigin origin =
        of(
            key -> {
              if (down.get()) {
                throw new OriginException("connection refused", "GET http://10.0.0.9/secret", null);
              }
              return Loaded.notFound();
            });

    assertEquals(State.NOT_NEEDED, origin.health().state());
    origin.getter().load("a");
    OriginHealth up = origin.health();
    assertEquals(State.REACHABLE, up.state());
    assertNull(up.reason());
    origin.getter().load("b");
    assertSame(up, origin.health()); // since then

    down.set(true);
    assertThrows(OriginException.class, () -> origin.getter().load("c"));
    assertEquals(State.UNREACHABLE, origin.health().state());
    assertEquals("origin: connection refused", origin.health().reason());

    down.set(false);
    origin.getter().load("d");
    assertEquals(State.REACHABLE, origin.health().state());
  }

  @Test
  void aFailureOfOneKeySaysNothingOfThePlace() throws Exception {
    GuardedOrigin origin =
        of(
            key -> {
              throw new OriginException(Extent.KEY, "two rows", "key " + key, null);
            });

    assertThrows(OriginException.class, () -> origin.getter().load("a"));

    assertEquals(State.REACHABLE, origin.health().state());
    assertEquals(1, loads(origin, Outcome.FAILED));
  }

  @Test
  void closingClosesTheOrigin() {
    AtomicBoolean closed = new AtomicBoolean();
    GuardedOrigin origin =
        guarded(
            new OpenOrigin() {
              @Override
              public Getter getter() {
                return key -> Loaded.notFound();
              }

              @Override
              public void close() {
                closed.set(true);
              }
            });

    origin.close();

    assertEquals(true, closed.get());
  }
}
