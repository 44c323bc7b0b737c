package io.dawncache.node.origin.jdbc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.dawncache.node.origin.OriginException;
import io.dawncache.node.origin.OriginException.Extent;
import io.dawncache.node.origin.OriginSettings;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.sql.SQLException;
import java.sql.SQLTimeoutException;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a failure of a database is a failure of, and what is said of it. */
class FailuresTest {
  private final Failures failures =
      new Failures(
          OriginSettings.of(
              "scores",
              new JdbcOrigin(),
              Map.of(
                  "url",
                  "jdbc:h2:mem:failures",
                  "query",
                  "select 1 where 'a' = :key",
                  "password",
                  "swordfish",
                  "properties",
                  Map.of("empty", ""))));

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          57014 | LOAD | no answer of the database in 5 s
          70100 | LOAD | no answer of the database in 5 s
          08006 | LOAD | connection to the database lost
          57P01 | LOAD | connection to the database lost
          22P02 | KEY  | the database cannot read the key
          42601 | LOAD | the query failed, SQLSTATE 42601
                | LOAD | the query failed
          """)
  void theStateOfAQueryDecides(String state, Extent extent, String reason) {
    OriginException failure = failures.ofQuery(new SQLException("text", state), "select");

    assertEquals(extent, failure.extent());
    assertEquals("origin: " + reason, failure.getMessage());
  }

  @Test
  void aTimeoutOfTheDriverIsOne() {
    OriginException failure = failures.ofQuery(new SQLTimeoutException("late"), "select");

    assertEquals("origin: no answer of the database in 5 s", failure.getMessage());
  }

  @Test
  void noConnectionIsThatOfThePlaceAndARefusedUserIsNamed() {
    SQLException refused = new SQLException("pool", new SQLException("no such user", "28000"));
    assertEquals(
        "origin: the database refuses the user",
        failures.ofConnecting(refused, "connect").getMessage());

    OriginException none =
        failures.ofConnecting(new SQLException("pool", new IllegalStateException()), "connect");
    assertEquals(Extent.PLACE, none.extent());
    assertEquals("origin: no connection to the database in 800 ms", none.getMessage());
  }

  @Test
  void noCauseShowsThePassword() {
    SQLException failure =
        new SQLException("user a, password swordfish", new SQLException("swordfish again"));
    StringWriter text = new StringWriter();
    failures.ofQuery(failure, "select").printStackTrace(new PrintWriter(text, true));

    assertFalse(text.toString().contains("swordfish"), text.toString());
  }
}
