package io.dawncache.node.origin.jdbc;

import io.dawncache.core.Loaded;
import io.dawncache.node.origin.OriginException;
import io.dawncache.node.origin.OriginException.Extent;
import io.dawncache.node.origin.OriginSettings;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The queries of one group: for one key, and perhaps for many. */
final class Queries {
  /** The most placeholders: databases have bounds, and a longer list is no faster. */
  private static final int MOST_PLACEHOLDERS = 1024;

  private static final int SHOWN_CHARS = 200;

  private final Failures failures;
  private final NamedQuery one;
  private final @Nullable NamedQuery many;
  private final boolean asJson;
  private final @Nullable String ttlColumn;
  private final int timeoutSeconds;

  Queries(OriginSettings settings, Failures failures, NamedQuery one, @Nullable NamedQuery many) {
    this.failures = failures;
    this.one = one;
    this.many = many;
    this.asJson = settings.get(JdbcOrigin.FORM).equals("json");
    this.ttlColumn = settings.find(JdbcOrigin.TTL_COLUMN).orElse(null);
    this.timeoutSeconds = JdbcOrigin.seconds(settings.get(JdbcOrigin.TIMEOUT));
  }

  Failures failures() {
    return failures;
  }

  /** Returns whether there is a query for many keys. */
  boolean hasMany() {
    return many != null;
  }

  /** Loads one key. */
  Loaded load(Connection connection, String key) throws OriginException, InterruptedException {
    try (PreparedStatement statement = connection.prepareStatement(one.sql(1))) {
      statement.setMaxRows(2); // the second says that the query is wrong
      statement.setQueryTimeout(timeoutSeconds);
      for (int i = 1; i <= one.occurrences(); i++) {
        statement.setString(i, key);
      }
      try (ResultSet result = statement.executeQuery()) {
        Rows rows = new Rows(result, 1, asJson, ttlColumn);
        if (!result.next()) {
          return Loaded.notFound();
        }
        Loaded loaded = rows.value();
        if (result.next()) {
          throw twoRows(key, one);
        }
        return loaded;
      }
    } catch (SQLException e) {
      throw failures.ofQuery(e, where(key, one));
    }
  }

  /**
   * Loads many keys: by one query if it takes an array, else by one for each thousand.
   *
   * @return the values; a key without one is not found
   */
  Map<String, Loaded> load(Connection connection, Set<String> keys)
      throws OriginException, InterruptedException {
    NamedQuery query = many == null ? one : many;
    List<String> all = List.copyOf(keys);
    int most = query.isOfArray() ? all.size() : MOST_PLACEHOLDERS / query.occurrences();
    Map<String, Loaded> found = new HashMap<>();
    try {
      boolean strangers = false;
      for (int from = 0; from < all.size(); from += most) {
        List<String> batch = all.subList(from, Math.min(all.size(), from + most));
        strangers |= loadBatch(connection, query, batch, found);
      }
      if (strangers) {
        loadRest(connection, keys, found);
      }
      return found;
    } catch (SQLException e) {
      throw failures.ofQuery(e, where(all.size() + " keys", query));
    }
  }

  /** Returns whether there are rows of keys that were not asked for, as they are written. */
  private boolean loadBatch(
      Connection connection, NamedQuery query, List<String> keys, Map<String, Loaded> found)
      throws SQLException, OriginException, InterruptedException {
    Set<String> asked = new HashSet<>(keys);
    int placeholders = query.isOfArray() ? 1 : powerOfTwo(keys.size());
    boolean strangers = false;
    try (PreparedStatement statement = connection.prepareStatement(query.sql(placeholders))) {
      statement.setQueryTimeout(timeoutSeconds);
      bind(connection, statement, query, placeholders, keys);
      try (ResultSet result = statement.executeQuery()) {
        Rows rows = new Rows(result, 2, asJson, ttlColumn);
        while (result.next()) {
          String key = rows.key();
          if (key == null || !asked.contains(key)) {
            strangers = true;
          } else if (found.put(key, rows.value()) != null) {
            throw twoRows(key, query);
          }
        }
      }
    }
    return strangers;
  }

  /*
   * A database that finds the row of "Tom" for the key "tom" answers with a key that was not asked
   * for. Asked for alone, "tom" has a value, so it must have one here: such keys are loaded one by
   * one.
   */
  private void loadRest(Connection connection, Set<String> keys, Map<String, Loaded> found)
      throws OriginException, InterruptedException {
    for (String key : keys) {
      if (!found.containsKey(key)) {
        found.put(key, load(connection, key));
      }
    }
  }

  private static void bind(
      Connection connection,
      PreparedStatement statement,
      NamedQuery query,
      int placeholders,
      List<String> keys)
      throws SQLException {
    int at = 1;
    if (query.isOfArray()) {
      Array array = connection.createArrayOf("varchar", keys.toArray());
      for (int i = 0; i < query.occurrences(); i++) {
        statement.setArray(at++, array);
      }
      return;
    }
    // Placeholders beyond the keys repeat the last one, so that a database that keeps prepared
    // statements sees few different ones.
    for (int i = 0; i < query.occurrences(); i++) {
      for (int j = 0; j < placeholders; j++) {
        statement.setString(at++, keys.get(Math.min(j, keys.size() - 1)));
      }
    }
  }

  private static int powerOfTwo(int count) {
    return count <= 1 ? 1 : Integer.highestOneBit(count - 1) << 1;
  }

  private static OriginException twoRows(String key, NamedQuery query) {
    return new OriginException(
        Extent.KEY,
        "the query finds two rows for one key (expected: at most one)",
        where(key, query),
        null);
  }

  private static String where(String key, NamedQuery query) {
    return "key " + shown(key) + " by " + shown(query.toString());
  }

  private static String shown(String text) {
    String line = text.trim().replaceAll("\\s+", " ");
    return line.length() <= SHOWN_CHARS ? line : line.substring(0, SHOWN_CHARS) + "…";
  }
}
