package io.dawncache.server;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.dawncache.core.GroupConfig;
import io.dawncache.core.Loaded;
import io.dawncache.server.testing.LeakExtension;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Servers whose groups differ, and do not any more. */
@Timeout(60)
@ExtendWith(LeakExtension.class)
class SemanticsIT extends CountingFleet {
  private static final GroupConfig FIVE_MINUTES =
      GroupConfig.builder().ttl(Duration.ofMinutes(5)).build();

  SemanticsIT() {
    super(GroupConfig.builder().build());
  }

  /** Gets new keys, along with which lists are exchanged, until both know this. */
  private void awaitDifference(List<String> groups) {
    CacheServer a = servers.get(0);
    CacheServer b = servers.get(1);
    Map<String, List<String>> atA = groups.isEmpty() ? Map.of() : Map.of(b.self(), groups);
    Map<String, List<String>> atB = groups.isEmpty() ? Map.of() : Map.of(a.self(), groups);
    for (int i = 0; !(a.otherSemantics().equals(atA) && b.otherSemantics().equals(atB)); i++) {
      group(0).get(groups + "-" + i);
      group(1).get(groups + "-" + i);
    }
    assertEquals(atA, a.stats().otherSemantics());
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void bothKnowWhichGroupsDiffer(boolean frames) throws IOException {
    startFleet(2, ServerConfig.builder().peerFrames(frames).build());
    awaitDifference(List.of());

    nodes.get(1).reconfigureGroup("scores", FIVE_MINUTES);
    awaitDifference(List.of("scores"));
    nodes.get(0).reconfigureGroup("scores", FIVE_MINUTES);
    awaitDifference(List.of());
  }

  @Test
  void aGroupThatIsAddedAfterTheStartIsAnnounced() throws IOException {
    startFleet(2);
    awaitDifference(List.of());

    nodes.get(1).addGroup("late", Loaded::ofUtf8);
    awaitDifference(List.of("late"));
    nodes.get(0).addGroup("late", Loaded::ofUtf8);
    awaitDifference(List.of());
  }
}
