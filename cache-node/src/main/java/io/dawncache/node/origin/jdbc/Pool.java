package io.dawncache.node.origin.jdbc;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.dawncache.node.origin.OriginSettings;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * The connections of one group to its database. The pool is made beside the start of the node, by a
 * thread of its own, since its classes take longer to load than the node has.
 */
final class Pool implements AutoCloseable {
  /**
   * The pool warns of every connection that is lost, with a stack; an origin that is down has its
   * own line. Referenced, so that the level stays.
   */
  private static final Logger POOL_LOG = Logger.getLogger("com.zaxxer.hikari");

  static {
    if (POOL_LOG.getLevel() == null) {
      POOL_LOG.setLevel(Level.SEVERE);
    }
  }

  private final FutureTask<HikariDataSource> pool;

  Pool(OriginSettings settings, Database database) {
    this.pool = new FutureTask<>(() -> open(settings, database));
    Thread opener = new Thread(pool, "dawncache-pool-" + settings.group());
    opener.setDaemon(true);
    opener.start();
  }

  private static HikariDataSource open(OriginSettings settings, Database database) {
    HikariConfig config = new HikariConfig();
    config.setPoolName("dawncache-" + settings.group());
    config.setDataSource(database);
    config.setMaximumPoolSize(settings.get(JdbcOrigin.POOL));
    // With a minimum the pool goes on trying by itself while the database is away, at intervals of
    // up to 5 s, and a probe would wait for that. Without one, each probe tries at once.
    config.setMinimumIdle(0);
    config.setConnectionTimeout(settings.get(JdbcOrigin.CONNECT_TIMEOUT).toMillis());
    config.setValidationTimeout(settings.get(JdbcOrigin.CONNECT_TIMEOUT).toMillis());
    config.setInitializationFailTimeout(-1); // a database that is down does not end the node
    config.setReadOnly(true);
    return new HikariDataSource(config);
  }

  /**
   * Returns a connection, which the caller closes.
   *
   * @throws SQLException if there is none within the time to connect
   */
  Connection connection() throws SQLException, InterruptedException {
    HikariDataSource open;
    try {
      open = pool.get();
    } catch (ExecutionException e) {
      throw new SQLException("the pool cannot be made", e);
    }
    try {
      return open.getConnection();
    } catch (SQLException e) {
      if (e.getCause() instanceof InterruptedException interrupt) {
        throw interrupt;
      }
      throw e;
    }
  }

  @Override
  public void close() {
    pool.cancel(false);
    try {
      if (!pool.isCancelled()) {
        pool.get().close();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException e) {
      // It has never been open.
    }
  }
}
