package io.dawncache.node.origin.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.dawncache.core.BulkGetter;
import io.dawncache.core.ByteView;
import io.dawncache.core.Getter;
import io.dawncache.core.LoadMemory;
import io.dawncache.core.Loaded;
import io.dawncache.node.origin.Guard;
import io.dawncache.node.origin.OpenOrigin;
import io.dawncache.node.origin.OriginException;
import io.dawncache.node.origin.OriginException.Extent;
import io.dawncache.node.origin.OriginSettings;
import io.dawncache.node.origin.Origins;
import io.dawncache.node.origin.Secret;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import redis.clients.jedis.AbstractPipeline;
import redis.clients.jedis.ConnectionPoolConfig;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.Response;
import redis.clients.jedis.SslOptions;
import redis.clients.jedis.exceptions.JedisAccessControlException;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisException;

/** The Redis server of one group. A load is one round trip, whatever the number of its keys. */
final class OpenRedis implements OpenOrigin, BulkGetter {
  private final OriginSettings settings;
  private final String prefix;
  private final RedisClient redis;

  /** Opens no connection yet. */
  OpenRedis(OriginSettings settings, String host, int port, int database) {
    this.settings = settings;
    this.prefix = settings.get(RedisOrigin.PREFIX);
    ConnectionPoolConfig pool = new ConnectionPoolConfig();
    pool.setMaxTotal(settings.get(RedisOrigin.POOL));
    pool.setMaxIdle(settings.get(RedisOrigin.POOL));
    pool.setMaxWait(settings.get(RedisOrigin.CONNECT_TIMEOUT));
    pool.setJmxEnabled(false);
    DefaultJedisClientConfig.Builder client =
        DefaultJedisClientConfig.builder()
            .connectionTimeoutMillis((int) settings.get(RedisOrigin.CONNECT_TIMEOUT).toMillis())
            .socketTimeoutMillis((int) settings.get(RedisOrigin.TIMEOUT).toMillis())
            .database(database)
            .clientName("dawncache");
    if (settings.get(RedisOrigin.TLS)) {
      client.sslOptions(SslOptions.defaults()); // which check the server's name
    }
    settings.find(RedisOrigin.USER).ifPresent(client::user);
    settings.find(RedisOrigin.PASSWORD).map(Secret::reveal).ifPresent(client::password);
    this.redis =
        RedisClient.builder()
            .hostAndPort(host, port)
            .clientConfig(client.build())
            .poolConfig(pool)
            .build();
  }

  @Override
  public Getter getter() {
    return this;
  }

  @Override
  public Guard guard() {
    return new Guard(
        settings.get(RedisOrigin.POOL), settings.get(RedisOrigin.TIMEOUT), /* circuit= */ true);
  }

  @Override
  public Check check() {
    return () -> {
      try {
        redis.ping();
      } catch (JedisException e) {
        throw failure(e, "PING");
      }
    };
  }

  @Override
  public void close() {
    redis.close();
  }

  @Override
  public Loaded load(String key) throws OriginException, InterruptedException {
    return loadAll(Set.of(key)).getOrDefault(key, Loaded.notFound());
  }

  @Override
  public Map<String, Loaded> loadAll(Set<String> keys)
      throws OriginException, InterruptedException {
    Map<String, Asked> asked = new HashMap<>();
    try (AbstractPipeline pipeline = redis.pipelined()) {
      for (String key : keys) {
        byte[] name = (prefix + key).getBytes(UTF_8);
        asked.put(key, new Asked(pipeline.get(name), pipeline.pttl(name)));
      }
      pipeline.sync();
      Map<String, Loaded> loaded = new HashMap<>();
      for (Map.Entry<String, Asked> each : asked.entrySet()) {
        loaded.put(each.getKey(), each.getValue().loaded());
      }
      return loaded;
    } catch (JedisException e) {
      throw failure(e, keys.size() == 1 ? "key " + keys.iterator().next() : keys.size() + " keys");
    }
  }

  /** One key's answers, there once the pipeline has been read. */
  private record Asked(Response<byte[]> value, Response<Long> ttlMillis) {
    Loaded loaded() throws OriginException, InterruptedException {
      byte[] bytes = value.get();
      if (bytes == null) {
        return Loaded.notFound();
      }
      if (bytes.length > Origins.MAX_VALUE_BYTES) {
        throw new OriginException(
            Extent.KEY,
            "longer than a value (expected: <= " + Origins.MAX_VALUE_BYTES + " bytes)",
            "a string of " + bytes.length + " bytes",
            null);
      }
      LoadMemory.reserve(bytes.length); // the client has read them already
      Loaded loaded = Loaded.of(ByteView.copyOf(bytes));
      long millis = ttlMillis.get();
      if (millis == -1) {
        return loaded; // it does not expire there
      }
      return loaded.withTtl(Duration.ofMillis(Math.max(0, millis))); // -2: it has just expired
    }
  }

  private OriginException failure(JedisException failure, String where) {
    String shown = where + " at " + settings;
    if (isRefusal(failure)) {
      return new OriginException(Extent.PLACE, "Redis refuses the user", shown, failure);
    }
    if (failure instanceof JedisDataException) {
      return new OriginException(Extent.KEY, "the key holds no string", shown, failure);
    }
    return new OriginException(
        failure instanceof JedisConnectionException
            ? "no connection to Redis"
            : "no answer of Redis",
        shown,
        failure);
  }

  /** Returns whether Redis refuses the user; the pool wraps that exception. */
  private static boolean isRefusal(Throwable failure) {
    for (Throwable each = failure; each != null; each = each.getCause()) {
      if (each instanceof JedisAccessControlException) {
        return true;
      }
    }
    return false;
  }
}
