package io.dawncache.node.origin.jdbc;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.dawncache.core.BulkGetter;
import io.dawncache.core.Getter;
import io.dawncache.core.Loaded;
import io.dawncache.node.origin.GuardedOrigin;
import io.dawncache.node.origin.OriginException;
import io.dawncache.node.origin.OriginHealth.State;
import io.dawncache.node.origin.Origins;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Values from a real MariaDB, which is killed and comes back. */
@Timeout(180)
class MariaDbIT {
  private static MariaDb mariadb;

  private GuardedOrigin origin;

  @BeforeAll
  static void start() throws Exception {
    mariadb = new MariaDb();
    mariadb.start();
    mariadb.run(
        "create table scores (name varchar(40) collate utf8mb4_general_ci primary key,"
            + " points int, photo blob, detail json)",
        "insert into scores values ('Tom', 630, x'00ff', '{\"at\": 1}')",
        "insert into scores values ('Jäck', 589, null, null)");
  }

  @AfterAll
  static void stop() throws Exception {
    mariadb.close();
  }

  @AfterEach
  void close() {
    origin.close();
  }

  private Getter open(Map<String, String> more) {
    Map<String, String> settings = new HashMap<>(more);
    settings.put("url", mariadb.url());
    settings.put("user", DatabaseServer.USER);
    settings.put("password", DatabaseServer.PASSWORD);
    origin = Origins.of(List.of(new JdbcOrigin())).open("scores", "jdbc", settings);
    return origin.getter();
  }

  @Test
  void valuesAreTextBytesOrJson() throws Exception {
    Getter text = open(Map.of("query", "select points from scores where name = :key"));
    assertEquals("630", text.load("Tom").value().toUtf8());
    assertEquals("589", text.load("Jäck").value().toUtf8());
    assertEquals(Loaded.notFound(), text.load("Kim"));
    origin.close();

    Getter bytes = open(Map.of("query", "select photo from scores where name = :key"));
    assertArrayEquals(new byte[] {0, (byte) 0xff}, bytes.load("Tom").value().toByteArray());
    origin.close();

    Getter json =
        open(Map.of("query", "select points, photo from scores where name = :key", "form", "json"));
    assertEquals("{\"points\":630,\"photo\":\"AP8=\"}", json.load("Tom").value().toUtf8());
  }

  @Test
  void manyKeysAreOneQueryAlsoWhereTheDatabaseComparesLoosely() throws Exception {
    BulkGetter getter =
        assertInstanceOf(
            BulkGetter.class,
            open(
                Map.of(
                    "query", "select points from scores where name = :key",
                    "bulk-query", "select name, points from scores where name in (:keys)")));

    assertEquals(Set.of("Tom", "Jäck"), getter.loadAll(Set.of("Tom", "Jäck", "Kim")).keySet());
    assertEquals("630", getter.loadAll(Set.of("TOM", "Kim")).get("TOM").value().toUtf8());
  }

  @Test
  void itFailsWhileTheDatabaseIsAwayAndRecoversByItself() throws Exception {
    Getter getter = open(Map.of("query", "select points from scores where name = :key"));
    assertEquals("630", getter.load("Tom").value().toUtf8());

    mariadb.kill();
    try {
      while (origin.health().state() != State.UNREACHABLE) {
        assertThrows(OriginException.class, () -> getter.load("Tom"));
      }
    } finally {
      mariadb.start();
    }

    while (origin.health().state() != State.REACHABLE) {
      Thread.onSpinWait();
    }
    assertEquals("630", getter.load("Tom").value().toUtf8());
  }
}
