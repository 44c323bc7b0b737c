package io.dawncache.node;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.dawncache.core.Getter;
import io.dawncache.core.Loaded;
import io.dawncache.core.Membership;
import io.dawncache.core.consistenthash.Ring;
import io.dawncache.core.consistenthash.Scheme;
import io.dawncache.node.origin.Guard;
import io.dawncache.node.origin.OpenOrigin;
import io.dawncache.node.origin.Origin;
import io.dawncache.node.origin.OriginException;
import io.dawncache.node.origin.OriginException.Extent;
import io.dawncache.node.origin.OriginSettings;
import io.dawncache.node.origin.Origins;
import io.dawncache.server.Dialect;
import io.dawncache.server.wire.NodeUrl;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What clients of two real nodes receive while the origin of a group is down. */
@Timeout(60)
class OpenCircuitIT {
  @TempDir private Path folder;

  private final AtomicBoolean down = new AtomicBoolean();
  private final NodeClient client = new NodeClient(Duration.ofSeconds(20));

  /** An origin that can be down, behind a circuit. */
  private final class DownOrigin implements Origin {
    @Override
    public String scheme() {
      return "down";
    }

    @Override
    public OpenOrigin open(OriginSettings settings) {
      return new OpenOrigin() {
        @Override
        public Getter getter() {
          return key -> {
            if (key.startsWith("two-rows")) {
              throw new OriginException(Extent.KEY, "two rows", "key " + key, null);
            }
            if (down.get()) {
              throw new OriginException(Extent.PLACE, "no connection", "the database", null);
            }
            return Loaded.ofUtf8(key).withTtl(Duration.ofMillis(1));
          };
        }

        @Override
        public Guard guard() {
          return new Guard(10, Duration.ofSeconds(1), true);
        }
      };
    }
  }

  private HttpResponse<byte[]> get(ConfiguredNode node, String path) throws Exception {
    return client.get(NodeUrl.parse(node.self()), Dialect.DAWNCACHE.basePath() + path);
  }

  private static void assertUnavailable(HttpResponse<byte[]> answer) {
    String text = new String(answer.body(), UTF_8);
    assertEquals(503, answer.statusCode(), text);
    assertEquals(Optional.of("1"), answer.headers().firstValue("Retry-After"), text);
    assertEquals(Optional.of("failed"), answer.headers().firstValue("Dawncache-Status"), text);
  }

  private static String keyOf(ConfiguredNode owner, String prefix) {
    Ring ring =
        Ring.of(owner.node().server().ring(), Membership.REPLICAS, owner.node().server().members());
    return Stream.iterate(0, i -> i + 1)
        .map(i -> prefix + i)
        .filter(key -> owner.self().equals(ring.owner(key)))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void clientsAreAskedToComeBackInASecondAndNoNodeIsEjected() throws Exception {
    Origins origins = Origins.of(List.of(new DownOrigin()));
    String[] groups = {
      "scores: {origin: 'down:'}", "kept: {origin: 'down:', stale-if-error: 1h}",
    };
    try (ConfiguredNode asked = ConfiguredNode.start(folder, origins, groups);
        ConfiguredNode other = ConfiguredNode.start(folder, origins, groups)) {
      ConfiguredNode.join(asked, other);
      for (ConfiguredNode each : List.of(asked, other)) {
        while (!each.node().server().ring().equals(Scheme.NATIVE)) {
          Thread.onSpinWait();
        }
      }
      String own = keyOf(asked, "k");
      String others = keyOf(other, "k");
      assertEquals(200, get(asked, "scores/" + own).statusCode());
      assertEquals(200, get(asked, "kept/" + own).statusCode());

      down.set(true);
      assertUnavailable(get(asked, "scores/" + keyOf(asked, "m")));
      assertUnavailable(get(asked, "scores/" + keyOf(asked, "n")));
      assertUnavailable(get(asked, "scores/" + others));
      assertUnavailable(get(asked, "scores/" + others));

      HttpResponse<byte[]> failed = get(other, "kept/" + keyOf(other, "two-rows"));
      assertEquals(500, failed.statusCode());
      assertEquals(Optional.empty(), failed.headers().firstValue("Retry-After"));

      assertUnavailable(get(asked, "kept/" + keyOf(asked, "m")));
      Optional<String> stale;
      do { // until it has expired
        HttpResponse<byte[]> kept = get(asked, "kept/" + own);
        assertEquals(200, kept.statusCode());
        stale = kept.headers().firstValue("Dawncache-Stale");
      } while (stale.isEmpty());

      for (ConfiguredNode each : List.of(asked, other)) {
        assertEquals(0, each.node().server().stats().ejections());
      }
    }
  }
}
