package io.dawncache.node;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.dawncache.core.Membership;
import io.dawncache.core.consistenthash.Ring;
import io.dawncache.core.consistenthash.Scheme;
import io.dawncache.node.origin.Origins;
import io.dawncache.server.Dialect;
import io.dawncache.server.ServerConfig;
import io.dawncache.server.wire.NodeUrl;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A group without an origin, over two real nodes of which one goes away. */
@Timeout(60)
class NoneOriginIT {
  private final NodeClient client = new NodeClient(Duration.ofSeconds(20));

  private static StandaloneNode start() throws Exception {
    return StandaloneNode.start(
        ServerConfig.builder(),
        List.of(new GroupOrigin("notes", Origins.onClassPath().open("notes", "none"))));
  }

  private int status(StandaloneNode node, String key) throws Exception {
    HttpResponse<byte[]> answer =
        client.get(
            NodeUrl.parse(node.server().self()), Dialect.DAWNCACHE.basePath() + "notes/" + key);
    return answer.statusCode();
  }

  private static String keyOf(StandaloneNode owner) {
    Ring ring = Ring.of(owner.server().ring(), Membership.REPLICAS, owner.server().members());
    return Stream.iterate(0, i -> i + 1)
        .map(i -> "k" + i)
        .filter(key -> owner.server().self().equals(ring.owner(key)))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void aMissIsNotFoundUnlessTheOwnerCannotBeAsked() throws Exception {
    try (StandaloneNode stays = start()) {
      assertEquals(404, status(stays, "alone"));
      String ofStays;
      String ofGoes;
      try (StandaloneNode goes = start()) {
        List<String> members = List.of(stays.server().self(), goes.server().self());
        stays.server().setMembers(members);
        goes.server().setMembers(members);
        for (StandaloneNode each : List.of(stays, goes)) {
          while (!each.server().ring().equals(Scheme.NATIVE)) {
            Thread.onSpinWait();
          }
        }
        ofStays = keyOf(stays);
        ofGoes = keyOf(goes);
        assertEquals(404, status(stays, ofStays));
        assertEquals(404, status(stays, ofGoes));
      }

      assertEquals(404, status(stays, ofStays));
      assertEquals(500, status(stays, ofGoes));
    }
  }
}
