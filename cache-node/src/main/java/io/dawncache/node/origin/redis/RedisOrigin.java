package io.dawncache.node.origin.redis;

import io.dawncache.node.origin.OpenOrigin;
import io.dawncache.node.origin.Origin;
import io.dawncache.node.origin.OriginSettings;
import io.dawncache.node.origin.Secret;
import io.dawncache.node.origin.Setting;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * {@code redis://HOST:PORT}: the value of a key is the string that a Redis server holds under it,
 * for as long as it holds there.
 *
 * @since 0.1.0
 */
public final class RedisOrigin implements Origin {
  /** What follows {@code redis:}: a host, perhaps a port and the number of a database. */
  private static final Pattern FORM =
      Pattern.compile(
          "(?:redis:)?//(?:\\[([0-9A-Fa-f:.]+)]|([A-Za-z0-9._-]+))(?::([0-9]{1,5}))?(?:/([0-9]{1,5}))?");

  private static final int DEFAULT_PORT = 6379;

  static final Setting<String> URL =
      Setting.text("url", "where the server listens")
          .required("redis://HOST:PORT or redis://HOST:PORT/DATABASE, without a password")
          .shownAs(url -> url.replaceAll("//[^/@]*@", "//***@"))
          .atLocation();
  static final Setting<String> USER = Setting.text("user", "the user");
  static final Setting<Secret> PASSWORD = Setting.secret("password", "the user's password");
  static final Setting<Boolean> TLS = Setting.flag("tls", "speak TLS").orElse(false);
  static final Setting<String> PREFIX =
      Setting.text("prefix", "stands before each key at the server").orElse("");
  static final Setting<Integer> POOL =
      Setting.integer("pool", "the most connections, and the most loads at a time", 1, 1000)
          .orElse(10);
  static final Setting<Duration> CONNECT_TIMEOUT =
      Setting.duration(
              "connect-timeout",
              "how long a connection may take",
              Duration.ofMillis(1),
              Duration.ofMinutes(1))
          .orElse(Duration.ofMillis(800));
  static final Setting<Duration> TIMEOUT =
      Setting.duration("timeout", "of an answer", Duration.ofMillis(1), Duration.ofMinutes(10))
          .orElse(Duration.ofSeconds(2));

  /** Used by {@link java.util.ServiceLoader}. */
  public RedisOrigin() {}

  @Override
  public String scheme() {
    return "redis";
  }

  @Override
  public String form() {
    return "redis://HOST:PORT";
  }

  @Override
  public String description() {
    return "the string that a Redis server holds under the key, with its TTL";
  }

  @Override
  public List<Setting<?>> settings() {
    return List.of(URL, USER, PASSWORD, TLS, PREFIX, POOL, CONNECT_TIMEOUT, TIMEOUT);
  }

  @Override
  public OpenOrigin open(OriginSettings settings) {
    Matcher form = FORM.matcher(settings.get(URL));
    if (!form.matches()) {
      throw settings.wrong(URL, URL.expected());
    }
    int port = form.group(3) == null ? DEFAULT_PORT : Integer.parseInt(form.group(3));
    if (port < 1 || port > 0xffff) {
      throw settings.wrong(URL, URL.expected());
    }
    String host = form.group(1) == null ? form.group(2) : form.group(1);
    int database = form.group(4) == null ? 0 : Integer.parseInt(form.group(4));
    return new OpenRedis(settings, host, port, database);
  }
}
