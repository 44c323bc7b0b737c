package io.dawncache.node.origin.jdbc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dawncache.core.CacheNode;
import io.dawncache.core.GetException;
import io.dawncache.core.Group;
import io.dawncache.core.GroupConfig;
import io.dawncache.node.origin.ChangeListener;
import io.dawncache.node.origin.GuardedOrigin;
import io.dawncache.node.origin.OriginCounts.Count;
import io.dawncache.node.origin.OriginCounts.Outcome;
import io.dawncache.node.origin.OriginHealth.State;
import io.dawncache.node.origin.Origins;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Values from a real PostgreSQL, which is killed and comes back. */
@Timeout(180)
class PostgresIT {
  private static final int ROWS = 10_000;
  private static final int POOL = 10;

  /** How long the database is away under load; the figure is for 20. */
  private static final int OUTAGE_SECONDS = Integer.getInteger("dawncache.outage.seconds", 3);

  private static Postgres postgres;

  private final CacheNode node = CacheNode.create();
  private GuardedOrigin origin;
  private Group scores;

  @BeforeAll
  static void start() throws Exception {
    postgres = new Postgres();
    postgres.start();
  }

  @AfterAll
  static void stop() throws Exception {
    postgres.close();
  }

  @BeforeEach
  void fill() throws SQLException {
    postgres.run(
        "drop table if exists scores",
        "create table scores (id int primary key, name text unique, points text, ttl numeric)",
        "insert into scores select i, 'p' || i, i::text from generate_series(1, %d) i"
            .formatted(ROWS),
        "insert into scores values (0, 'brief', '7', 0.001)");
  }

  @AfterEach
  void close() {
    node.close();
    if (origin != null) {
      origin.close();
    }
  }

  private void open(Map<String, ?> more) {
    Map<String, Object> settings = new HashMap<>();
    settings.put("url", postgres.url());
    settings.put("user", DatabaseServer.USER);
    settings.put("password", DatabaseServer.PASSWORD);
    settings.put("query", "select points, ttl from scores where name = :key");
    settings.put("bulk-query", "select name, points, ttl from scores where name = any(:keys)");
    settings.put("ttl-column", "ttl");
    settings.put("pool", POOL);
    settings.putAll(more);
    origin = Origins.of(List.of(new JdbcOrigin())).open("scores", "jdbc", settings);
    scores =
        node.addGroup(
            "scores",
            GroupConfig.builder().staleIfError(Duration.ofHours(1)).build(),
            origin.getter());
  }

  private static void await(BooleanSupplier condition) {
    while (!condition.getAsBoolean()) {
      Thread.onSpinWait();
    }
  }

  private String get(String key) {
    return scores.get(key).toUtf8();
  }

  private boolean answers(String key) {
    try {
      scores.get(key);
      return true;
    } catch (GetException e) {
      return false;
    }
  }

  private Count count(Outcome outcome) {
    return origin.counts().byOutcome().get(outcome);
  }

  @Test
  void aKeyFitsAColumnOfAnyType() {
    open(
        Map.of(
            "query", "select name, null as ttl from scores where id = :key",
            "bulk-query", "select id, name, null as ttl from scores where id = any(:keys::int[])"));

    assertEquals("p7", get("7"));
    assertEquals("p8", scores.getAll(List.of("8", "9")).get("8").value().toUtf8());
    GetException noNumber = assertThrows(GetException.class, () -> get("seven"));
    assertTrue(
        noNumber.getMessage().contains("the database cannot read the key"), noNumber::toString);
    assertEquals(State.REACHABLE, origin.health().state());
  }

  @Test
  void manyKeysAreOneQuery() {
    open(Map.of());
    List<String> keys = new ArrayList<>();
    for (int i = 1; i <= 1000; i++) {
      keys.add("p" + i);
    }
    get("p9999"); // connects

    long aloneNanos = Long.MAX_VALUE;
    long atOnceNanos = Long.MAX_VALUE;
    long bulkNanos = Long.MAX_VALUE;
    for (int round = 0; round < 5; round++) {
      aloneNanos = Math.min(aloneNanos, nanos(() -> keys.forEach(this::get)));
      atOnceNanos = Math.min(atOnceNanos, nanos(() -> getAtOnce(keys)));
      Count before = count(Outcome.VALUE);
      bulkNanos = Math.min(bulkNanos, nanos(() -> assertEquals(1000, scores.getAll(keys).size())));
      assertEquals(before.loads() + 1, count(Outcome.VALUE).loads());
      assertEquals(before.keys() + 1000, count(Outcome.VALUE).keys());
    }
    assertEquals("1000", get("p1000"));
    assertTrue(bulkNanos < atOnceNanos && bulkNanos < aloneNanos);
    System.out.println(
        "1,000 keys: one at a time %d us, at once %d us, getAll %d us: %.0f x and %.1f x"
            .formatted(
                aloneNanos / 1000,
                atOnceNanos / 1000,
                bulkNanos / 1000,
                (double) aloneNanos / bulkNanos,
                (double) atOnceNanos / bulkNanos));
  }

  private void getAtOnce(List<String> keys) {
    CompletableFuture.allOf(keys.stream().map(scores::getAsync).toArray(CompletableFuture[]::new))
        .join();
  }

  /** Returns the time of {@code work} on an empty group. */
  private long nanos(Runnable work) {
    scores.clear();
    long startNanos = System.nanoTime();
    work.run();
    return System.nanoTime() - startNanos;
  }

  @Test
  void whileTheDatabaseIsAwayWhatIsHeldIsServedAndTheRestFailsSoonUntilItIsBack() throws Exception {
    open(Map.of());
    for (int i = 1; i <= 100; i++) {
      get("p" + i);
    }
    assertEquals("7", get("brief"));
    Outage outage = new Outage();
    ScheduledExecutorService load = Executors.newScheduledThreadPool(2);
    try {
      var unused = load.scheduleAtFixedRate(outage::tick, 0, 1, TimeUnit.MILLISECONDS);
      await(() -> outage.ticks.get() > 500);
      assertEquals(0, outage.failed.get());

      postgres.kill();
      long seen = outage.ticks.get();
      await(() -> outage.ticks.get() > seen + OUTAGE_SECONDS * 1000L);
      assertEquals(State.UNREACHABLE, origin.health().state());
      assertTrue(outage.failed.get() > 0);
      assertEquals("7", get("brief"));
      assertTrue(scores.getEntry("brief", Duration.ofSeconds(5)).isStale());
      assertTrue(count(Outcome.REFUSED).loads() > 0);

      postgres.start();
      long backNanos = System.nanoTime();
      outage.succeededAfterFailure = false;
      await(() -> outage.succeededAfterFailure);
      long rightAgainNanos = System.nanoTime() - backNanos;
      await(() -> origin.health().state() == State.REACHABLE);
      System.out.println(
          "outage of %d s: %d gets, %d of them failed, the slowest in %d ms; right again after %d ms; %d connections"
              .formatted(
                  OUTAGE_SECONDS,
                  outage.ticks.get(),
                  outage.failed.get(),
                  outage.slowestFailureNanos.get() / 1_000_000,
                  rightAgainNanos / 1_000_000,
                  connections()));
    } finally {
      load.shutdownNow();
      assertTrue(load.awaitTermination(10, TimeUnit.SECONDS));
    }

    assertEquals(0, outage.failedOfHeld.get());
    assertTrue(outage.slowestFailureNanos.get() < TimeUnit.SECONDS.toNanos(3)); // 1 s when alone
    assertTrue(connections() <= POOL);
  }

  private static int connections() throws SQLException {
    try (Connection connection = postgres.connect();
        ResultSet count =
            connection
                .createStatement()
                .executeQuery(
                    "select count(*) from pg_stat_activity where application_name = 'dawncache'")) {
      count.next();
      return count.getInt(1);
    }
  }

  /** Gets of keys that are held, and one in ten of a key that is not. */
  private final class Outage {
    final AtomicLong ticks = new AtomicLong();
    final AtomicInteger failed = new AtomicInteger();
    final AtomicInteger failedOfHeld = new AtomicInteger();
    final AtomicLong slowestFailureNanos = new AtomicLong();
    volatile boolean succeededAfterFailure;

    void tick() {
      long tick = ticks.incrementAndGet();
      boolean held = tick % 10 != 0;
      String key = "p" + (held ? 1 + tick % 100 : 101 + tick / 10 % (ROWS - 200));
      long startNanos = System.nanoTime();
      var unused =
          scores
              .getAsync(key)
              .whenComplete(
                  (value, failure) -> {
                    if (failure == null) {
                      if (!held) {
                        succeededAfterFailure = true;
                      }
                    } else if (held) {
                      failedOfHeld.incrementAndGet();
                    } else {
                      failed.incrementAndGet();
                      slowestFailureNanos.accumulateAndGet(
                          System.nanoTime() - startNanos, Math::max);
                    }
                  });
    }
  }

  @Test
  void aNodeStartsWithoutItsDatabaseAndRecoversByItself() throws Exception {
    postgres.kill();
    try {
      open(Map.of());

      await(() -> origin.health().state() == State.UNREACHABLE);
      assertEquals("origin: no connection to the database in 800 ms", origin.health().reason());
      assertFalse(answers("p1"));
    } finally {
      postgres.start();
    }

    await(() -> origin.health().state() == State.REACHABLE); // nobody has asked meanwhile
    assertEquals("1", get("p1"));
  }

  @Test
  void aWrongPasswordIsNamedAsWhatItIs() {
    open(Map.of("password", "wr0ng"));

    await(() -> origin.health().state() == State.UNREACHABLE);

    assertEquals("origin: the database refuses the user", origin.health().reason());
  }

  @Test
  void aNotificationRemovesTheKeyAndALostChannelIsReported() throws Exception {
    open(Map.of("invalidate", Map.of("listen", "Score changes")));
    ConcurrentLinkedQueue<String> missed = new ConcurrentLinkedQueue<>();
    origin.listen(
        new ChangeListener() {
          @Override
          public void changed(String key) {
            scores.remove(key);
          }

          @Override
          public void missed(String reason) {
            missed.add(reason);
            scores.clear();
          }
        });
    assertEquals("1", get("p1"));
    awaitListening();

    postgres.run(
        "update scores set points = 'new' where name = 'p1'", "notify \"Score changes\", 'p1'");
    await(() -> get("p1").equals("new"));

    postgres.kill();
    postgres.start();
    postgres.run("update scores set points = 'newer' where name = 'p1'"); // nobody is notified
    await(() -> !missed.isEmpty());
    await(() -> answers("p1") && get("p1").equals("newer"));
    assertEquals(List.of("the channel Score changes was lost for a while"), List.copyOf(missed));
  }

  private static void awaitListening() {
    await(
        () -> {
          try (Connection connection = postgres.connect();
              ResultSet count =
                  connection
                      .createStatement()
                      .executeQuery(
                          "select count(*) from pg_stat_activity where query like 'LISTEN %'")) {
            return count.next() && count.getInt(1) > 0;
          } catch (SQLException e) {
            return false;
          }
        });
  }
}
