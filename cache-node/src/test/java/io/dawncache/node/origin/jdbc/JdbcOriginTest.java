package io.dawncache.node.origin.jdbc;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dawncache.core.BulkGetter;
import io.dawncache.core.Getter;
import io.dawncache.core.Loaded;
import io.dawncache.node.origin.GuardedOrigin;
import io.dawncache.node.origin.OriginException;
import io.dawncache.node.origin.Origins;
import io.dawncache.node.origin.WrongSettingsException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Against H2 in memory. */
class JdbcOriginTest {
  private static final String URL = "jdbc:h2:mem:jdbc-origin-test";

  /** Keeps the database, which ends with its last connection. */
  private Connection database;

  private GuardedOrigin origin;

  @BeforeEach
  void fill() throws SQLException {
    database = DriverManager.getConnection(URL);
    run(
        "create table scores (name varchar primary key, points varchar, photo varbinary, ttl decimal(9,3), at timestamp)");
    run("insert into scores values ('Tom', '630', x'00ff', 1.5, timestamp '2026-01-02 03:04:05')");
    run("insert into scores values ('Jäck', '589', null, null, null)");
    run("insert into scores values ('Nil', null, null, 0, null)");
  }

  @AfterEach
  void close() throws SQLException {
    if (origin != null) {
      origin.close();
    }
    run("drop all objects");
    database.close();
  }

  private void run(String sql) throws SQLException {
    try (Statement statement = database.createStatement()) {
      statement.execute(sql);
    }
  }

  private Getter open(String... settings) {
    Map<String, String> given = new HashMap<>(Map.of("url", URL, "connect-timeout", "30s"));
    for (int i = 0; i < settings.length; i += 2) {
      given.put(settings[i], settings[i + 1]);
    }
    origin = Origins.of(List.of(new JdbcOrigin())).open("scores", "jdbc", given);
    return origin.getter();
  }

  private String refused(String... settings) {
    return assertThrows(WrongSettingsException.class, () -> open(settings)).getMessage();
  }

  private static OriginException failure(Getter getter, String key) {
    return assertThrows(OriginException.class, () -> getter.load(key));
  }

  @Test
  void theOneColumnOfTheOneRowIsTheValue() throws Exception {
    Getter text = open("query", "select points from scores where name = :key");

    assertEquals("630", text.load("Tom").value().toUtf8());
    assertEquals("589", text.load("Jäck").value().toUtf8());
    assertEquals(Loaded.notFound(), text.load("Kim"));
    assertNull(text.load("Nil").value());
    origin.close();

    Getter bytes = open("query", "select photo from scores where name = :key");
    assertArrayEquals(new byte[] {0, (byte) 0xff}, bytes.load("Tom").value().toByteArray());
  }

  @Test
  void aColumnMayBeTheTtl() throws Exception {
    Getter getter =
        open("query", "select points, ttl from scores where name = :key", "ttl-column", "ttl");

    assertEquals(Duration.ofMillis(1500), getter.load("Tom").ttl());
    assertNull(getter.load("Jäck").ttl());
    assertEquals(Duration.ZERO, getter.load("Nil").ttl());
  }

  @Test
  void theRowMayBeTheValueAsJson() throws Exception {
    Getter getter =
        open(
            "query",
            "select name as \"name\", 630 as \"points\", 1.50 as \"rate\", true as \"won\", photo as"
                + " \"photo\", at as \"at\", null as \"none\" from scores where name = :key",
            "form",
            "json");

    assertEquals(
        "{\"name\":\"Tom\",\"points\":630,\"rate\":1.50,\"won\":true,\"photo\":\"AP8=\","
            + "\"at\":\"2026-01-02T03:04:05\",\"none\":null}",
        getter.load("Tom").value().toUtf8());
  }

  @Test
  void twoRowsAreAFailureThatSaysSo() throws Exception {
    Getter getter = open("query", "select points from scores where name <> :key");

    OriginException failure = failure(getter, "none");

    assertEquals(
        "origin: the query finds two rows for one key (expected: at most one)",
        failure.getMessage());
    assertTrue(failure.getCause().getMessage().startsWith("key none by select points"));
  }

  @Test
  void twoColumnsWithoutAFormAreAFailureThatNamesThem() {
    Getter getter = open("query", "select name, points from scores where name = :key");

    OriginException failure = failure(getter, "Tom");

    assertEquals("origin: the query's columns are not those of a value", failure.getMessage());
    assertEquals(
        "2 columns of a value in NAME, POINTS (expected: one column, or form: json):"
            + " the query's columns are not those of a value",
        failure.getCause().getMessage());
  }

  @Test
  void oneQueryLoadsManyKeys() throws Exception {
    for (String where : List.of("name in (:keys)", "name = any(:keys)")) {
      BulkGetter getter =
          assertInstanceOf(
              BulkGetter.class,
              open(
                  "query", "select points, ttl from scores where name = :key",
                  "bulk-query", "select name, points, ttl from scores where " + where,
                  "ttl-column", "ttl"));

      Map<String, Loaded> loaded = getter.loadAll(Set.of("Tom", "Jäck", "Kim"));

      assertEquals(Set.of("Tom", "Jäck"), loaded.keySet());
      assertEquals("630", loaded.get("Tom").value().toUtf8());
      assertEquals(Duration.ofMillis(1500), loaded.get("Tom").ttl());
      assertEquals("589", loaded.get("Jäck").value().toUtf8());
      origin.close();
    }
  }

  @Test
  void moreKeysThanPlaceholdersTakeMoreQueries() throws Exception {
    run("insert into scores select 'p' || x, x, null, null, null from system_range(1, 2500)");
    BulkGetter getter =
        assertInstanceOf(
            BulkGetter.class,
            open(
                "query", "select points from scores where name = :key",
                "bulk-query", "select name, points from scores where name in (:keys)"));
    Set<String> keys = new LinkedHashSet<>();
    for (int i = 1; i <= 2500; i++) {
      keys.add("p" + i);
    }

    Map<String, Loaded> loaded = getter.loadAll(keys);

    assertEquals(2500, loaded.size());
    assertEquals("2500", loaded.get("p2500").value().toUtf8());
  }

  @Test
  void aKeyThatTheDatabaseWritesOtherwiseHasTheValueThatItHasAlone() throws Exception {
    run("create table loose (name varchar_ignorecase primary key, points int)");
    run("insert into loose values ('Tom', 630)");
    BulkGetter getter =
        assertInstanceOf(
            BulkGetter.class,
            open(
                "query", "select points from loose where name = :key",
                "bulk-query", "select name, points from loose where name in (:keys)"));

    assertEquals("630", getter.load("tom").value().toUtf8());
    assertEquals("630", getter.loadAll(Set.of("tom", "kim")).get("tom").value().toUtf8());
  }

  @Test
  void wrongQueriesAreRefusedAtTheStart() {
    assertEquals("jdbc.query: missing (expected: a query with :key)", refused());
    assertEquals(
        "jdbc.query: select 1 (expected: a query with :key)", refused("query", "select 1"));
    assertEquals(
        "jdbc.bulk-query: select :key (expected: a query with :keys and no :key)",
        refused("query", "select :key", "bulk-query", "select :key"));
    assertEquals(
        "jdbc.invalidate.listen: c (expected: only with jdbc:postgresql:)",
        refused("query", "select :key", "invalidate.listen", "c"));
  }

  @Test
  void aDriverThatIsMissingIsNamedWithThePlaceOfItsJar() {
    String message =
        refused("query", "select :key", "url", "jdbc:oracle:thin:@//db/x?password=s3cr3t");

    assertTrue(
        message.startsWith(
            "jdbc.url: jdbc:oracle:thin:@//db/x?password=*** (expected: a driver of oracle: put its"
                + " jar (ojdbc17.jar) into /"),
        message);
    assertTrue(message.endsWith("/plugins)"), message);
  }

  @Test
  void aClientSeesNothingOfTheQueryAndTheLogNoPassword() throws Exception {
    run("create user u password 's3cr3t' admin");
    Getter getter =
        open(
            "query", "select nowhere from scores where name = :key and 's3cr3t' <> :key",
            "user", "u",
            "password", "s3cr3t");

    OriginException failure = failure(getter, "Tom");

    assertEquals("origin: the query failed, SQLSTATE 42S22", failure.getMessage());
    Throwable ofDriver = failure.getCause().getCause();
    assertTrue(ofDriver.getMessage().toLowerCase(Locale.ROOT).contains("nowhere"));
    assertFalse(ofDriver.getMessage().contains("s3cr3t"), ofDriver::toString);
    assertTrue(ofDriver.getMessage().contains("'***' <> "), ofDriver::toString);
    assertNull(ofDriver.getCause());
  }

  @Test
  void secretsInUrlsAreNotShown() {
    assertEquals(
        "jdbc:postgresql://***@db/x?user=a&password=***&ssl=true",
        Database.withoutSecrets("jdbc:postgresql://a:b@db/x?user=a&password=p%26&ssl=true"));
    assertEquals(
        "jdbc:sqlserver://db;user=a;password=***;encrypt=true",
        Database.withoutSecrets("jdbc:sqlserver://db;user=a;password=p;encrypt=true"));
  }

  @Test
  void aKeyIsNeverPartOfTheQuery() throws Exception {
    Getter getter = open("query", "select points from scores where name = :key");

    assertEquals(Loaded.notFound(), getter.load("x' or 'a' = 'a"));
    assertArrayEquals("630".getBytes(UTF_8), getter.load("Tom").value().toByteArray());
  }

  @Test
  void theSampleScriptMakesTheTableOnceAndGivesRowsAsJson() throws Exception {
    Path script = Path.of(System.getProperty("dawncache.root", ".."), "scripts/data/players.sql");
    String settings = ";init=runscript from '" + script.toRealPath() + "'";
    Getter getter =
        open(
            "url", "jdbc:h2:mem:sample" + settings,
            "query", "select name, country, points, joined from players where name = :key",
            "form", "json");

    assertEquals(
        "{\"NAME\":\"player-1\",\"COUNTRY\":\"NZ\",\"POINTS\":919,\"JOINED\":\"2015-02-01\"}",
        getter.load("player-1").value().toUtf8());
    assertTrue(getter.load("player-10000").value().toUtf8().contains("player-10000"));
    assertEquals(Loaded.notFound(), getter.load("player-10001"));
  }
}
