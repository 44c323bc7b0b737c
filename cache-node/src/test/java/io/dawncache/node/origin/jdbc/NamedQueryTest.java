package io.dawncache.node.origin.jdbc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NamedQueryTest {
  private static String jdbc(String sql) {
    return NamedQuery.parse(sql, "key", false).sql(1);
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '~',
      delimiter = '|',
      value = {
        "select v from t where k = :key | select v from t where k = ?",
        "select v from t where k=:key and l=:key | select v from t where k=? and l=?",
        "select v::text from t where k = :key::int | select v::text from t where k = ?::int",
        "select ':key' from t where k = :key | select ':key' from t where k = ?",
        "select 'it''s :key' from t where k = :key | select 'it''s :key' from t where k = ?",
        "select \":key\" from t where k = :key | select \":key\" from t where k = ?",
        "select E'\\':key' from t where k = :key | select E'\\':key' from t where k = ?",
        "select '\\' from t where k = :key | select '\\' from t where k = ?",
        "select /* :key */ v from t where k = :key | select /* :key */ v from t where k = ?",
        "select $$:key$$ from t where k = :key | select $$:key$$ from t where k = ?",
        "select $a$ :key $$ $a$ from t where k = :key | select $a$ :key $$ $a$ from t where k = ?",
        "select a[1:2] from t where k = :key | select a[1:2] from t where k = ?",
        "select @a := 1 from t where k = :key | select @a := 1 from t where k = ?",
        "select `:key` from t where k = :key | select `:key` from t where k = ?",
        "select e'\\':key', v from t where k = :key | select e'\\':key', v from t where k = ?",
        "select name'\\' from t where k = :key | select name'\\' from t where k = ?",
        "select a$$b from t where k = :key | select a$$b from t where k = ?",
        "select v from t where k = :key and p = $1 | select v from t where k = ? and p = $1",
        "select v - 1 from t where k = :key -- :key | select v - 1 from t where k = ? -- :key"
      })
  void eachParameterOutsideOfQuotesAndCommentsIsAPlaceholder(String sql, String expected) {
    assertEquals(expected, jdbc(sql));
  }

  @Test
  void aLineCommentEndsWithItsLine() {
    assertEquals(
        "select v -- :key\nfrom t where k = ?", jdbc("select v -- :key\nfrom t where k = :key"));
  }

  @Test
  void aBackslashEscapesAQuoteWhereTheDatabaseSaysSo() {
    String sql = "select '\\':key' from t where k = :key";

    assertEquals("select '\\':key' from t where k = ?", NamedQuery.parse(sql, "key", true).sql(1));
    assertThrows(IllegalArgumentException.class, () -> jdbc(sql)); // its last quote does not end
  }

  @Test
  void aListHasAPlaceholderForEachKeyAndAnArrayIsOne() {
    NamedQuery list = NamedQuery.parse("select k, v from t where k in (:keys)", "keys", false);
    NamedQuery array = NamedQuery.parse("select k, v from t where k = ANY (:keys)", "keys", false);

    assertFalse(list.isOfArray());
    assertEquals("select k, v from t where k in (?, ?, ?)", list.sql(3));
    assertTrue(array.isOfArray());
    assertEquals("select k, v from t where k = ANY (?)", array.sql(1));
    assertEquals("select k, v from t where k = ANY (:keys)", array.toString());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "select v from t",
        "select v from t where k = ':key'",
        "select v from t where k = :id",
        "select v from t where k = :keys",
        "select v from t where k = :key and l = :other",
        "select 'v from t where k = :key",
        "select v /* from t where k = :key",
        "select $$ v from t where k = :key"
      })
  void aQueryWithoutItsParameterOrThatDoesNotEndIsRefused(String sql) {
    assertThrows(IllegalArgumentException.class, () -> jdbc(sql));
  }
}
