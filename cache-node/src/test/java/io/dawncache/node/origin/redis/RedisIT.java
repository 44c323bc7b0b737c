package io.dawncache.node.origin.redis;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dawncache.core.BulkGetter;
import io.dawncache.core.Getter;
import io.dawncache.core.Loaded;
import io.dawncache.node.origin.GuardedOrigin;
import io.dawncache.node.origin.LocalServer;
import io.dawncache.node.origin.OriginException;
import io.dawncache.node.origin.OriginHealth.State;
import io.dawncache.node.origin.Origins;
import io.dawncache.node.origin.WrongSettingsException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.Jedis;

/** The redis origin in front of a real Redis, which is killed and comes back. */
@Timeout(60)
class RedisIT {
  private static final String PASSWORD = "s3cr3t";

  @TempDir private Path folder;
  private int port;
  private LocalServer server;
  private GuardedOrigin origin;

  @BeforeEach
  void start() throws IOException {
    port = LocalServer.freePort();
    run();
  }

  private void run() throws IOException {
    Path program =
        Stream.of("/usr/bin/redis-server", "/usr/local/bin/redis-server")
            .map(Path::of)
            .filter(Files::isExecutable)
            .findFirst()
            .orElseThrow(
                () -> new AssertionError("no Redis here (expected: apt-get install redis-server)"));
    server =
        LocalServer.start(
            folder,
            port,
            List.of(
                program.toString(),
                "--port",
                "" + port,
                "--bind",
                "127.0.0.1",
                "--requirepass",
                PASSWORD,
                "--save",
                "",
                "--dir",
                folder.toString()));
    try (Jedis redis = new Jedis("127.0.0.1", port)) {
      redis.auth(PASSWORD);
      redis.set("scores:Tom", "630");
      redis.set("scores:Jäck", "589");
      redis.pexpire("scores:Jäck", 100_000);
      redis.set("scores:bytes".getBytes(UTF_8), new byte[] {0, -1});
      redis.rpush("scores:list", "a", "b");
    }
  }

  @AfterEach
  void stop() {
    if (origin != null) {
      origin.close();
    }
    server.close();
  }

  private Getter open(Map<String, ?> more) {
    Map<String, Object> settings = new HashMap<>();
    settings.put("url", "redis://127.0.0.1:" + port);
    settings.put("password", PASSWORD);
    settings.put("prefix", "scores:");
    settings.putAll(more);
    origin = Origins.of(List.of(new RedisOrigin())).open("scores", "redis", settings);
    return origin.getter();
  }

  @Test
  void theValueIsTheStringAndItsTtl() throws Exception {
    Getter getter = open(Map.of());

    assertEquals("630", getter.load("Tom").value().toUtf8());
    assertNull(getter.load("Tom").ttl());
    Loaded expires = getter.load("Jäck");
    assertEquals("589", expires.value().toUtf8());
    assertTrue(expires.ttl().toSeconds() > 30 && expires.ttl().toSeconds() <= 100);
    assertArrayEquals(new byte[] {0, -1}, getter.load("bytes").value().toByteArray());
    assertEquals(Loaded.notFound().value(), getter.load("Kim").value());
  }

  @Test
  void manyKeysAreOneRoundTrip() throws Exception {
    BulkGetter getter = assertInstanceOf(BulkGetter.class, open(Map.of()));

    Map<String, Loaded> loaded = getter.loadAll(Set.of("Tom", "Jäck", "Kim"));

    assertEquals("630", loaded.get("Tom").value().toUtf8());
    assertEquals("589", loaded.get("Jäck").value().toUtf8());
    assertNull(loaded.get("Kim").value());
  }

  @Test
  void aKeyThatHoldsNoStringFailsByItself() throws Exception {
    Getter getter = open(Map.of());

    OriginException failure = assertThrows(OriginException.class, () -> getter.load("list"));

    assertEquals("origin: the key holds no string", failure.getMessage());
    assertEquals("630", getter.load("Tom").value().toUtf8());
    assertEquals(State.REACHABLE, origin.health().state());
  }

  @Test
  void aWrongPasswordIsNamedAsWhatItIsAndNotShown() {
    Getter getter = open(Map.of("password", "wr0ng"));

    while (origin.health().state() != State.UNREACHABLE) {
      assertThrows(OriginException.class, () -> getter.load("Tom"));
    }

    assertEquals("origin: Redis refuses the user", origin.health().reason());
  }

  @Test
  void aServerThatIsAwayIsSparedUntilItIsBack() throws Exception {
    Getter getter = open(Map.of());
    assertEquals("630", getter.load("Tom").value().toUtf8());

    server.close();
    while (origin.health().state() != State.UNREACHABLE) {
      assertThrows(OriginException.class, () -> getter.load("Tom"));
    }
    assertEquals("origin: no connection to Redis", origin.health().reason());
    run();

    while (origin.health().state() != State.REACHABLE) {
      Thread.onSpinWait(); // nobody asks but the node itself
    }
    assertEquals("630", getter.load("Tom").value().toUtf8());
  }

  @Test
  void aUrlThatIsNoneIsRefusedWithoutItsPassword() {
    for (String url : List.of("redis://u:s3cr3t@h", "redis://h:0", "redis://h:70000", "h")) {
      String message =
          assertThrows(WrongSettingsException.class, () -> open(Map.of("url", url))).getMessage();
      assertEquals(
          "redis.url: "
              + url.replace("u:s3cr3t", "***")
              + " (expected: redis://HOST:PORT or redis://HOST:PORT/DATABASE, without a password)",
          message);
    }
  }
}
