package io.dawncache.node.origin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dawncache.core.BulkGetter;
import io.dawncache.core.CacheNode;
import io.dawncache.core.Entry;
import io.dawncache.core.Getter;
import io.dawncache.core.Group;
import io.dawncache.core.Loaded;
import io.dawncache.node.origin.OriginCounts.Count;
import io.dawncache.node.origin.OriginCounts.Outcome;
import io.dawncache.node.origin.OriginException.Extent;
import io.dawncache.node.origin.OriginHealth.State;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class GuardedOriginTest {
  private static final String SCHEME = "test";

  private final AtomicLong nanoTime = new AtomicLong();

  private GuardedOrigin guarded(OpenOrigin open) {
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
    return GuardedOrigin.of(OriginSettings.ofLocation("scores", origin, ""), open, nanoTime::get);
  }

  private GuardedOrigin of(Getter getter) {
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

  /** A getter that finds every held value unchanged. */
  private static class Unchanging implements Getter {
    @Override
    public Loaded load(String key) {
      return Loaded.notFound();
    }

    @Override
    public Loaded reload(String key, Entry held) throws IOException {
      if (held.value().isEmpty()) {
        throw new IOException("broken");
      }
      return Loaded.unchanged();
    }
  }

  private static final class UnchangingMany extends Unchanging implements BulkGetter {
    @Override
    public Map<String, Loaded> loadAll(Set<String> keys) {
      return Map.of();
    }
  }

  @Test
  void aValueThatIsLoadedAgainIsShownToTheOriginAndCounted() throws Exception {
    try (CacheNode node = CacheNode.create()) {
      Group group = node.addGroup("held", key -> Loaded.ofUtf8(key.equals("Tom") ? "630" : ""));
      Entry tom = group.getEntry("Tom", Duration.ofMinutes(1));
      Entry empty = group.getEntry("Jack", Duration.ofMinutes(1));
      for (Getter getter : List.of(new Unchanging(), new UnchangingMany())) {
        GuardedOrigin origin = of(getter);

        assertTrue(origin.getter().reload("Tom", tom).isUnchanged());
        assertThrows(IOException.class, () -> origin.getter().reload("Jack", empty));

        assertEquals(1, loads(origin, Outcome.VALUE));
        assertEquals(1, loads(origin, Outcome.FAILED));
      }
    }
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

  /** An origin with a guard, whose getter fails with {@code failure} unless it is null. */
  private GuardedOrigin behindCircuit(
      AtomicReference<? extends Exception> failure, AtomicLong asked) {
    return guarded(
        new OpenOrigin() {
          @Override
          public Getter getter() {
            return key -> {
              asked.incrementAndGet();
              Exception thrown = failure.get();
              if (thrown != null) {
                throw thrown;
              }
              return Loaded.notFound();
            };
          }

          @Override
          public Guard guard() {
            return new Guard(4, Duration.ZERO, true);
          }
        });
  }

  private static OriginException fail(GuardedOrigin origin) {
    return assertThrows(OriginException.class, () -> origin.getter().load("a"));
  }

  @Test
  void aNodeWithoutRoomForValuesDoesNotTakeTheOriginForDown() throws Exception {
    AtomicReference<InterruptedException> failure =
        new AtomicReference<>(new InterruptedException("the load has ended"));
    AtomicLong asked = new AtomicLong();
    GuardedOrigin origin = behindCircuit(failure, asked);

    for (int i = 0; i < 100; i++) {
      assertThrows(InterruptedException.class, () -> origin.getter().load("a"));
    }
    assertEquals(100, asked.get());
    assertEquals(100, loads(origin, Outcome.OVERLOADED));

    failure.set(new OriginInterruptedException());
    for (int i = 0; i < 100; i++) {
      assertThrows(Exception.class, () -> origin.getter().load("a"));
    }
    assertTrue(asked.get() < 130, "a hanging origin is asked on: " + asked);
    assertEquals(State.UNREACHABLE, origin.health().state());
  }

  @Test
  void anOriginThatIsDownIsAskedOnceASecondUntilItAnswers() throws Exception {
    AtomicReference<OriginException> failure =
        new AtomicReference<>(new OriginException(Extent.PLACE, "no connection", "db", null));
    AtomicLong asked = new AtomicLong();
    GuardedOrigin origin = behindCircuit(failure, asked);

    for (int i = 0; i < 100; i++) {
      fail(origin);
    }
    assertEquals(1, asked.get());
    assertEquals(1, loads(origin, Outcome.FAILED));
    assertEquals(99, loads(origin, Outcome.REFUSED));
    assertEquals(State.UNREACHABLE, origin.health().state());
    assertEquals("origin: no connection", origin.health().reason());

    nanoTime.addAndGet(Duration.ofMillis(999).toNanos());
    fail(origin);
    assertEquals(1, asked.get());
    nanoTime.addAndGet(Duration.ofMillis(2).toNanos());
    fail(origin);
    fail(origin);
    assertEquals(2, asked.get());

    failure.set(null);
    nanoTime.addAndGet(Duration.ofMillis(1001).toNanos());
    origin.getter().load("a");
    origin.getter().load("b");
    assertEquals(4, asked.get());
    assertEquals(State.REACHABLE, origin.health().state());
  }

  @Test
  void failuresSayWhenTheOriginIsAskedAgainWhileTheCircuitIsOpen() {
    AtomicReference<Exception> failure =
        new AtomicReference<>(new OriginException("status 500", "GET /a", null));
    AtomicLong asked = new AtomicLong();
    GuardedOrigin origin = behindCircuit(failure, asked);

    OriginException once = fail(origin);
    assertNull(once.retryAfter());
    assertSame(failure.get(), once);

    failure.set(new OriginException(Extent.PLACE, "no connection", "db", null));
    OriginException opens = fail(origin);
    assertEquals(Duration.ofSeconds(1), opens.retryAfter());
    assertEquals("origin: no connection", opens.getMessage());
    assertEquals(Duration.ofSeconds(1), fail(origin).retryAfter());

    nanoTime.addAndGet(Duration.ofMillis(1001).toNanos());
    failure.set(new IllegalStateException("still down"));
    OriginException probe = fail(origin);
    assertEquals(3, asked.get());
    assertEquals(Duration.ofSeconds(1), probe.retryAfter());
    assertSame(failure.get(), probe.getCause());
  }

  @Test
  void aFewFailuresAmongManyAnswersOpenNoCircuit() throws Exception {
    AtomicReference<OriginException> failure = new AtomicReference<>();
    AtomicLong asked = new AtomicLong();
    GuardedOrigin origin = behindCircuit(failure, asked);

    for (int i = 0; i < 100; i++) {
      failure.set(i % 2 == 0 ? null : new OriginException("status 500", "GET /a", null));
      if (i % 2 == 0) {
        origin.getter().load("a");
      } else {
        fail(origin);
      }
    }

    assertEquals(100, asked.get());
    assertEquals(State.REACHABLE, origin.health().state());
  }

  @Test
  void failuresWithoutAnAnswerBetweenThemOpenTheCircuit() {
    AtomicReference<OriginException> failure =
        new AtomicReference<>(new OriginException("status 500", "GET /a", null));
    AtomicLong asked = new AtomicLong();
    GuardedOrigin origin = behindCircuit(failure, asked);

    for (int i = 0; i < 100; i++) {
      fail(origin);
    }

    assertEquals(10, asked.get());
  }

  @Test
  void moreLoadsThanTheOriginBearsFail() throws Exception {
    CountDownLatch inGetter = new CountDownLatch(1);
    CountDownLatch over = new CountDownLatch(1);
    GuardedOrigin origin =
        guarded(
            new OpenOrigin() {
              @Override
              public Getter getter() {
                return key -> {
                  inGetter.countDown();
                  over.await();
                  return Loaded.notFound();
                };
              }

              @Override
              public Guard guard() {
                return new Guard(1, Duration.ZERO, false);
              }
            });
    CompletableFuture<Loaded> first =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return origin.getter().load("a");
              } catch (Exception e) {
                throw new CompletionException(e);
              }
            });
    inGetter.await();

    fail(origin);
    over.countDown();

    assertEquals(Loaded.notFound(), first.join());
    assertEquals(1, loads(origin, Outcome.OVERLOADED));
    assertEquals(Loaded.notFound(), origin.getter().load("b"));
  }
}
