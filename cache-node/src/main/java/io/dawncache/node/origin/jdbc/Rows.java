package io.dawncache.node.origin.jdbc;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import io.dawncache.core.ByteView;
import io.dawncache.core.LoadMemory;
import io.dawncache.core.Loaded;
import io.dawncache.node.origin.OriginException;
import io.dawncache.node.origin.OriginException.Extent;
import io.dawncache.node.origin.Origins;
import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.sql.Types;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Turns the rows of one result into values: the one column, bytes or text, or the whole row as a
 * JSON object.
 */
final class Rows {
  private static final Gson GSON =
      new GsonBuilder().serializeNulls().disableHtmlEscaping().create();

  private final ResultSet result;
  private final ResultSetMetaData columns;
  private final boolean asJson;

  /** The columns of the value, from 1. */
  private final List<Integer> values = new ArrayList<>();

  /** The column of the TTL, or 0. */
  private int ttl;

  /**
   * Looks at the columns of a result.
   *
   * @param first the first column that is not the key
   * @param asJson whether the row is the value
   * @param ttlColumn the name of the column that is the TTL, if one is
   * @throws OriginException if the columns are not those of a value
   */
  Rows(ResultSet result, int first, boolean asJson, @Nullable String ttlColumn)
      throws SQLException, OriginException {
    this.result = result;
    this.columns = result.getMetaData();
    this.asJson = asJson;
    for (int column = first; column <= columns.getColumnCount(); column++) {
      if (ttlColumn != null && columns.getColumnLabel(column).equalsIgnoreCase(ttlColumn)) {
        ttl = column;
      } else {
        values.add(column);
      }
    }
    if (ttlColumn != null && ttl == 0) {
      throw wrong("no column " + ttlColumn, "the one that ttl-column names");
    }
    if (values.isEmpty() || (values.size() > 1 && !asJson)) {
      throw wrong(
          values.size() + (values.size() == 1 ? " column" : " columns") + " of a value",
          asJson ? "at least one column" : "one column, or form: json");
    }
  }

  private OriginException wrong(String found, String expected) throws SQLException {
    List<String> names = new ArrayList<>();
    for (int column = 1; column <= columns.getColumnCount(); column++) {
      names.add(columns.getColumnLabel(column));
    }
    return new OriginException(
        Extent.KEY,
        "the query's columns are not those of a value",
        found + " in " + String.join(", ", names) + " (expected: " + expected + ")",
        null);
  }

  /** Returns the first column of the present row as the key that it is the value of. */
  @Nullable String key() throws SQLException {
    return result.getString(1);
  }

  /** Returns the present row's value; a value that is null is not found. */
  Loaded value() throws SQLException, OriginException, InterruptedException {
    byte[] bytes = asJson ? GSON.toJson(row()).getBytes(UTF_8) : bytes(values.get(0));
    Loaded loaded = Loaded.notFound();
    if (bytes != null) {
      if (bytes.length > Origins.MAX_VALUE_BYTES) {
        throw new OriginException(
            Extent.KEY,
            "longer than a value (expected: <= " + Origins.MAX_VALUE_BYTES + " bytes)",
            "column " + columns.getColumnLabel(values.get(0)),
            null);
      }
      LoadMemory.reserve(bytes.length); // the driver has read them already
      loaded = Loaded.of(ByteView.copyOf(bytes));
    }
    Duration ownTtl = ttl == 0 ? null : ttl();
    return ownTtl == null ? loaded : loaded.withTtl(ownTtl);
  }

  /** Returns the seconds in the column of the TTL; null is the group's TTL, less than 0 is 0. */
  private @Nullable Duration ttl() throws SQLException {
    BigDecimal seconds = result.getBigDecimal(ttl);
    if (seconds == null) {
      return null;
    }
    return Duration.ofMillis(seconds.movePointRight(3).max(BigDecimal.ZERO).longValue());
  }

  private byte @Nullable [] bytes(int column) throws SQLException {
    if (isBinary(columns.getColumnType(column))) {
      return result.getBytes(column);
    }
    String text = result.getString(column);
    return text == null ? null : text.getBytes(UTF_8);
  }

  private static boolean isBinary(int type) {
    return switch (type) {
      case Types.BINARY, Types.VARBINARY, Types.LONGVARBINARY, Types.BLOB -> true;
      default -> false;
    };
  }

  private JsonObject row() throws SQLException {
    JsonObject row = new JsonObject();
    for (int column : values) {
      row.add(columns.getColumnLabel(column), json(column));
    }
    return row;
  }

  /** Numbers and truth values are those of JSON, bytes are base64, all else is text. */
  private JsonElement json(int column) throws SQLException {
    int type = columns.getColumnType(column);
    Object value = isBinary(type) ? result.getBytes(column) : result.getObject(column);
    if (value == null) {
      return JsonNull.INSTANCE;
    }
    if (value instanceof byte[] bytes) {
      return new JsonPrimitive(
          isJson(column) ? new String(bytes, UTF_8) : Base64.getEncoder().encodeToString(bytes));
    }
    if (isJson(column)) {
      return JsonParser.parseString(result.getString(column));
    }
    if (value instanceof Boolean truth) {
      return new JsonPrimitive(truth);
    }
    if (value instanceof Number number) {
      return Double.isFinite(number.doubleValue()) || number instanceof BigDecimal
          ? new JsonPrimitive(number)
          : new JsonPrimitive(number.toString());
    }
    if (value instanceof Timestamp timestamp) {
      return new JsonPrimitive(timestamp.toLocalDateTime().toString());
    }
    String text = result.getString(column);
    return text == null ? JsonNull.INSTANCE : new JsonPrimitive(text);
  }

  private boolean isJson(int column) throws SQLException {
    return columns.getColumnTypeName(column).toLowerCase(Locale.ROOT).startsWith("json");
  }
}
