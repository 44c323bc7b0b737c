package io.dawncache.node.origin.jdbc;

import io.dawncache.core.BulkGetter;
import io.dawncache.core.Getter;
import io.dawncache.core.Loaded;
import io.dawncache.node.origin.ChangeListener;
import io.dawncache.node.origin.Guard;
import io.dawncache.node.origin.OpenOrigin;
import io.dawncache.node.origin.OriginException;
import io.dawncache.node.origin.OriginSettings;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The database of one group: its pool, its queries, and the channel on which it notifies. */
final class OpenDatabase implements OpenOrigin {
  private final OriginSettings settings;
  private final Database database;
  private final Queries queries;
  private final Pool pool;
  private final Getter getter;
  private volatile @Nullable Notifications notifications;

  OpenDatabase(OriginSettings settings, Database database, Queries queries) {
    this.settings = settings;
    this.database = database;
    this.queries = queries;
    this.pool = new Pool(settings, database);
    this.getter = queries.hasMany() ? new Bulk() : this::load;
  }

  @Override
  public Getter getter() {
    return getter;
  }

  /** A load has its connection as soon as it has its permit, so the pool is never waited for. */
  @Override
  public Guard guard() {
    return new Guard(
        settings.get(JdbcOrigin.POOL), settings.get(JdbcOrigin.TIMEOUT), /* circuit= */ true);
  }

  /** A connection of the pool that is alive is enough. */
  @Override
  public Check check() {
    return () -> {
      try (Connection connection = pool.connection()) {
        if (!connection.isValid(JdbcOrigin.seconds(settings.get(JdbcOrigin.CONNECT_TIMEOUT)))) {
          throw new SQLException("the connection is not valid", "08003");
        }
      } catch (SQLException e) {
        throw queries.failures().ofConnecting(e, settings.toString());
      }
    };
  }

  @Override
  public void listen(ChangeListener listener) {
    String channel = settings.find(JdbcOrigin.LISTEN).orElse(null);
    if (channel != null) {
      notifications =
          Notifications.listen(settings.group(), database, channel, listener, queries.failures());
    }
  }

  @Override
  public void close() {
    Notifications open = notifications;
    if (open != null) {
      open.close();
    }
    pool.close();
  }

  private Loaded load(String key) throws OriginException, InterruptedException {
    try (Connection connection = connection()) {
      return queries.load(connection, key);
    } catch (SQLException e) {
      throw queries.failures().ofQuery(e, "closing a connection");
    }
  }

  private Connection connection() throws OriginException, InterruptedException {
    try {
      return pool.connection();
    } catch (SQLException e) {
      throw queries.failures().ofConnecting(e, settings.toString());
    }
  }

  private final class Bulk implements BulkGetter {
    @Override
    public Loaded load(String key) throws OriginException, InterruptedException {
      return OpenDatabase.this.load(key);
    }

    @Override
    public Map<String, Loaded> loadAll(Set<String> keys)
        throws OriginException, InterruptedException {
      try (Connection connection = connection()) {
        return queries.load(connection, keys);
      } catch (SQLException e) {
        throw queries.failures().ofQuery(e, "closing a connection");
      }
    }
  }
}
