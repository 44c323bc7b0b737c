package io.dawncache.node.origin.jdbc;

import io.dawncache.node.origin.OpenOrigin;
import io.dawncache.node.origin.Origin;
import io.dawncache.node.origin.OriginSettings;
import io.dawncache.node.origin.Secret;
import io.dawncache.node.origin.Setting;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;

/**
 * {@code jdbc}: the value of a key is what a query finds in a database.
 *
 * <p>The query names the key as {@code :key} and answers with one row of one column, bytes or text,
 * or with {@code form: json} of any columns. No row is <em>not found</em>; a second row is a
 * failure. A second query, with {@code :keys}, loads many keys at once; its first column is the
 * key.
 *
 * @since 0.1.0
 */
public final class JdbcOrigin implements Origin {
  static final Setting<String> URL =
      Setting.text("url", "the JDBC URL of the database")
          .required("jdbc:DATABASE:..., such as jdbc:postgresql://HOST/NAME")
          .shownAs(Database::withoutSecrets)
          .atLocation();
  static final Setting<String> USER = Setting.text("user", "the user of the database");
  static final Setting<Secret> PASSWORD = Setting.secret("password", "the user's password");
  static final Setting<String> QUERY =
      Setting.text("query", "finds the value of :key").required("a query with :key");
  static final Setting<String> BULK_QUERY =
      Setting.text("bulk-query", "finds the values of all :keys; its first column is the key");
  static final Setting<String> FORM =
      Setting.choice("form", "the one column, or the row as a JSON object", "value", "json")
          .orElse("value");
  static final Setting<String> TTL_COLUMN =
      Setting.text("ttl-column", "the column with the seconds that the value holds");
  static final Setting<Integer> POOL =
      Setting.integer("pool", "the most connections, and the most queries at a time", 1, 1000)
          .orElse(10);
  static final Setting<Duration> CONNECT_TIMEOUT =
      Setting.duration(
              "connect-timeout",
              "how long a load waits for a connection",
              Duration.ofMillis(250),
              Duration.ofMinutes(1))
          .orElse(Duration.ofMillis(800));
  static final Setting<Duration> TIMEOUT =
      Setting.duration("timeout", "of a query", Duration.ofSeconds(1), Duration.ofHours(1))
          .orElse(Duration.ofSeconds(5));
  static final Setting<Map<String, Secret>> PROPERTIES =
      Setting.secrets("properties", "further ones of the driver");
  static final Setting<String> LISTEN =
      Setting.text(
          "invalidate.listen", "the channel on which PostgreSQL notifies of keys that change");

  /** Used by {@link java.util.ServiceLoader}. */
  public JdbcOrigin() {}

  @Override
  public String scheme() {
    return "jdbc";
  }

  @Override
  public String form() {
    return "jdbc with settings in a file";
  }

  @Override
  public String description() {
    return "what a query finds in a database";
  }

  @Override
  public List<Setting<?>> settings() {
    return List.of(
        URL,
        USER,
        PASSWORD,
        QUERY,
        BULK_QUERY,
        FORM,
        TTL_COLUMN,
        POOL,
        CONNECT_TIMEOUT,
        TIMEOUT,
        PROPERTIES,
        LISTEN);
  }

  @Override
  public OpenOrigin open(OriginSettings settings) {
    String kind = Database.kind(settings.get(URL));
    boolean backslashes = kind.equals("mariadb") || kind.equals("mysql");
    NamedQuery one = query(settings, QUERY, "key", backslashes);
    NamedQuery many =
        settings.find(BULK_QUERY).isEmpty()
            ? null
            : query(settings, BULK_QUERY, "keys", backslashes);
    if (settings.find(LISTEN).isPresent() && !kind.equals("postgresql")) {
      throw settings.wrong(LISTEN, "only with jdbc:postgresql:");
    }
    Database database;
    try {
      database = Database.at(settings.get(URL), properties(settings, kind));
    } catch (IllegalArgumentException e) {
      throw settings.wrong(URL, message(e));
    }
    Failures failures = new Failures(settings);
    return new OpenDatabase(settings, database, new Queries(settings, failures, one, many));
  }

  private static NamedQuery query(
      OriginSettings settings, Setting<String> setting, String parameter, boolean backslashes) {
    try {
      return NamedQuery.parse(settings.get(setting), parameter, backslashes);
    } catch (IllegalArgumentException e) {
      throw settings.wrong(setting, message(e));
    }
  }

  private static String message(IllegalArgumentException e) {
    String message = e.getMessage();
    return message == null ? "another value" : message;
  }

  /**
   * Returns the driver's properties: time-outs, so that a host that is gone does not hold a
   * connection for ever, and above them what the configuration gives.
   */
  private static Properties properties(OriginSettings settings, String kind) {
    Duration connecting = settings.get(CONNECT_TIMEOUT).plusSeconds(1);
    Duration answering = settings.get(TIMEOUT).plusSeconds(2);
    Properties properties = new Properties();
    switch (kind) {
      case "postgresql" -> {
        properties.setProperty("connectTimeout", "" + connecting.toSeconds());
        properties.setProperty("socketTimeout", "" + answering.toSeconds());
        properties.setProperty("tcpKeepAlive", "true");
        properties.setProperty("ApplicationName", "dawncache");
        // A key is text. With this, "id = :key" works for a column of any type.
        properties.setProperty("stringtype", "unspecified");
      }
      case "mariadb", "mysql" -> {
        properties.setProperty("connectTimeout", "" + connecting.toMillis());
        properties.setProperty("socketTimeout", "" + answering.toMillis());
      }
      default -> {} // no names that many drivers know
    }
    settings.find(USER).ifPresent(user -> properties.setProperty("user", user));
    settings
        .find(PASSWORD)
        .ifPresent(password -> properties.setProperty("password", password.reveal()));
    settings
        .find(PROPERTIES)
        .ifPresent(
            more -> more.forEach((name, text) -> properties.setProperty(name, text.reveal())));
    return properties;
  }

  /** Returns the whole seconds of a time-out, at least one. */
  static int seconds(Duration timeout) {
    return (int) Math.max(1, timeout.plusMillis(999).toSeconds());
  }
}
