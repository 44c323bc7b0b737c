package io.dawncache.node.origin.jdbc;

import io.dawncache.node.origin.Plugins;
import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.SQLException;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.ServiceLoader;
import java.util.logging.Logger;
import java.util.regex.Pattern;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Connects to the database at a URL by the first driver that accepts it, from the class path or
 * from {@code plugins/}. Unlike {@link java.sql.DriverManager} it does not load drivers of other
 * databases for good, and it finds those of the plug-ins.
 */
final class Database implements DataSource {
  /** The jars in which the drivers of well-known databases come. */
  private static final Map<String, String> JARS =
      Map.of(
          "postgresql", "postgresql-VERSION.jar",
          "mariadb", "mariadb-java-client-VERSION.jar",
          "mysql", "mysql-connector-j-VERSION.jar",
          "h2", "h2-VERSION.jar",
          "oracle", "ojdbc17.jar",
          "sqlserver", "mssql-jdbc-VERSION.jar",
          "sqlite", "sqlite-jdbc-VERSION.jar",
          "db2", "jcc-VERSION.jar");

  private static final Pattern SECRETS =
      Pattern.compile(
          "(?i)([a-z_.]*(?:password|passwd|pwd|passphrase|secret|token)[a-z_]*=)[^&;,)\\s]*");
  private static final Pattern USER_INFO = Pattern.compile("//[^/@\\s]*@");

  private final Driver driver;
  private final String url;
  private final Properties properties;
  private volatile int loginTimeoutSeconds;

  private Database(Driver driver, String url, Properties properties) {
    this.driver = driver;
    this.url = url;
    this.properties = properties;
  }

  /**
   * Returns the database at {@code url}; connects to nothing yet.
   *
   * @throws IllegalArgumentException if there is no driver for it; the message is what is expected
   */
  static Database at(String url, Properties properties) {
    for (Driver driver : ServiceLoader.load(Driver.class, Plugins.loader())) {
      try {
        if (driver.acceptsURL(url)) {
          return new Database(driver, url, properties);
        }
      } catch (SQLException e) {
        throw new IllegalArgumentException("a URL that its driver can read", e);
      }
    }
    String kind = kind(url);
    String jar = JARS.getOrDefault(kind, "the one of its driver");
    throw new IllegalArgumentException(
        kind.isEmpty()
            ? "jdbc:DATABASE:..., such as jdbc:postgresql://HOST/NAME"
            : "a driver of " + kind + ": put its jar (" + jar + ") into " + Plugins.folder());
  }

  /** Returns the word behind {@code jdbc:}, or nothing. */
  static String kind(String url) {
    String[] words = url.split(":", 3);
    return words.length == 3 && words[0].equals("jdbc") ? words[1].toLowerCase(Locale.ROOT) : "";
  }

  /** Returns a URL or a message without its passwords. */
  static String withoutSecrets(String text) {
    return USER_INFO.matcher(SECRETS.matcher(text).replaceAll("$1***")).replaceAll("//***@");
  }

  @Override
  public Connection getConnection() throws SQLException {
    Connection connection = driver.connect(url, properties);
    if (connection == null) {
      throw new SQLException("the driver does not take its URL", "08001");
    }
    return connection;
  }

  @Override
  public Connection getConnection(String user, String password) throws SQLException {
    return getConnection(); // the properties have both
  }

  @Override
  public @Nullable PrintWriter getLogWriter() {
    return null;
  }

  @Override
  public void setLogWriter(@Nullable PrintWriter out) {}

  /** The pool sets this, to know how long a connection may take when it closes. */
  @Override
  public void setLoginTimeout(int seconds) {
    loginTimeoutSeconds = seconds;
  }

  @Override
  public int getLoginTimeout() {
    return loginTimeoutSeconds;
  }

  @Override
  public Logger getParentLogger() {
    return Logger.getLogger(Database.class.getName());
  }

  @Override
  public <T> T unwrap(Class<T> type) throws SQLException {
    throw new SQLException("wraps nothing");
  }

  @Override
  public boolean isWrapperFor(Class<?> type) {
    return false;
  }
}
