package io.dawncache.server.peer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dawncache.core.PeerRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Batches of fetches to a peer that refuses some. Time stands still. */
class ThrottlesTest {
  private static final int BATCH = 100;

  private final Random random = new Random(630);
  private final Throttles throttles = new Throttles(() -> 0, random::nextDouble);
  private final List<PeerRequest> heldBack = new ArrayList<>();

  private static List<PeerRequest> batch(String group) {
    return IntStream.range(0, BATCH)
        .mapToObj(i -> new PeerRequest(group, "k" + i, Duration.ofSeconds(1)))
        .toList();
  }

  private List<PeerRequest> send(String group) {
    heldBack.clear();
    List<PeerRequest> sent = throttles.allowed(batch(group), heldBack::add);
    assertEquals(BATCH, sent.size() + heldBack.size());
    return sent;
  }

  @Test
  void aPeerThatAnswersAQuarterIsSentAPartOfEachBatch() {
    throttles.ended("scores", true);
    for (int i = 0; i < 10; i++) {
      List<PeerRequest> sent = send("scores");
      assertTrue(!sent.isEmpty(), "nothing of batch " + i);
      for (int j = 0; j < sent.size(); j++) {
        throttles.ended("scores", j >= BATCH / 4);
      }
    }

    int sent = send("scores").size();
    assertTrue(sent > BATCH / 3 && sent < BATCH * 2 / 3, sent + " of " + BATCH);
  }

  @Test
  void anotherGroupIsSentWhole() {
    throttles.ended("scores", true);
    for (int i = 0; i < 10; i++) {
      send("scores").forEach(fetch -> throttles.ended("scores", true));
    }
    assertTrue(send("scores").size() < BATCH);

    assertEquals(batch("players"), send("players"));
  }
}
