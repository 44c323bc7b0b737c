package io.dawncache.node.origin.jdbc;

import io.dawncache.node.origin.ChangeListener;
import java.lang.System.Logger.Level;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;

/**
 * Listens to a channel of PostgreSQL on a connection of its own, and reports the payload of each
 * NOTIFY as a key that has changed. While the connection is lost, changes are missed; when it is
 * back, this is reported once.
 */
final class Notifications implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(Notifications.class.getName());
  private static final int WAIT_MILLIS = 1_000;

  /** After this many waits without a word the connection is tried, which may be lost silently. */
  private static final int QUIET_WAITS = 10;

  private static final long RETRY_MILLIS = 500;
  private static final int VALID_SECONDS = 2;

  private final String group;
  private final Database database;
  private final String channel;
  private final ChangeListener listener;
  private final Failures failures;
  private final CountDownLatch closed = new CountDownLatch(1);
  private volatile @Nullable Connection open;

  private Notifications(
      String group, Database database, String channel, ChangeListener listener, Failures failures) {
    this.group = group;
    this.database = database;
    this.channel = channel;
    this.listener = listener;
    this.failures = failures;
  }

  /** Starts a thread that listens until this is closed. */
  static Notifications listen(
      String group, Database database, String channel, ChangeListener listener, Failures failures) {
    Notifications notifications = new Notifications(group, database, channel, listener, failures);
    Thread thread = new Thread(notifications::run, "dawncache-listen-" + group);
    thread.setDaemon(true);
    thread.start();
    return notifications;
  }

  private boolean isClosed() {
    return closed.getCount() == 0;
  }

  private void run() {
    boolean lost = false;
    while (!isClosed()) {
      try (Connection connection = database.getConnection()) {
        open = connection;
        begin(connection);
        if (lost) {
          listener.missed("the channel " + channel + " was lost for a while");
          lost = false;
        }
        follow(connection);
      } catch (SQLException | RuntimeException e) {
        if (!isClosed() && !lost) {
          lost = true;
          LOG.log(
              Level.WARNING,
              () ->
                  "group %s: channel %s of the database is lost: %s; values that change are not removed until it is back"
                      .formatted(group, channel, failures.masked(String.valueOf(e.getMessage()))));
        }
      } finally {
        open = null;
      }
      pause();
    }
  }

  private void pause() {
    try {
      closed.await(RETRY_MILLIS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      closed.countDown(); // nobody interrupts this thread but to end it
    }
  }

  private void begin(Connection connection) throws SQLException {
    connection.setAutoCommit(true);
    try (Statement statement = connection.createStatement()) {
      statement.execute("LISTEN \"" + channel.replace("\"", "\"\"") + "\"");
    }
  }

  private void follow(Connection connection) throws SQLException {
    PGConnection notified = connection.unwrap(PGConnection.class);
    int quiet = 0;
    while (!isClosed()) {
      PGNotification[] news = notified.getNotifications(WAIT_MILLIS);
      if (news != null && news.length > 0) {
        quiet = 0;
        for (PGNotification each : news) {
          listener.changed(each.getParameter());
        }
      } else if (++quiet >= QUIET_WAITS) {
        quiet = 0;
        if (!connection.isValid(VALID_SECONDS)) {
          throw new SQLException("no answer");
        }
      }
    }
  }

  @Override
  public void close() {
    closed.countDown();
    Connection present = open;
    if (present != null) {
      try {
        present.abort(Runnable::run);
      } catch (SQLException e) {
        // It is lost already.
      }
    }
  }
}
