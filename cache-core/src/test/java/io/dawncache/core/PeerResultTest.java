package io.dawncache.core;

import static io.dawncache.core.Answers.value;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dawncache.core.Answers.Told;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of the numbers that a peer names. */
class PeerResultTest {
  @RegisterExtension final Books books = new Books();

  private final HandClock time = new HandClock();
  private final CacheNode node = books.keepFor(time.node());
  private final HandOrigin origin = new HandOrigin();
  private final FakePeer owner = new FakePeer("http://owner:1");

  @ParameterizedTest
  @ValueSource(longs = {0, -1, Long.MIN_VALUE + 1, Long.MIN_VALUE})
  void aValueThatHadExpiredAtThePeerHasExpiredHere(long ttlNanos) {
    Group scores = node.addAsyncGroup("scores", GroupConfig.builder().build(), origin);
    node.registerPeerPicker(new HandPicker(owner.peer()));
    time.pass(Duration.ofSeconds(1));
    CompletableFuture<Entry> entry = new CompletableFuture<>();
    scores
        .forServers()
        .get(
            "Tom",
            Duration.ofSeconds(1),
            new GetCallback() {
              @Override
              public void value(Entry value, double minuteQps) {
                entry.complete(value);
              }

              @Override
              public void error(GetException error) {
                entry.completeExceptionally(error);
              }
            });

    owner.answer(PeerResult.value(ByteView.ofUtf8("630"), ttlNanos, false, 0));

    assertEquals(Duration.ZERO, scores.forServers().remainingTtl(entry.join()));
  }

  @ParameterizedTest
  @ValueSource(doubles = {-1, Double.NaN, Double.NEGATIVE_INFINITY})
  void aRateThatIsNoneIsNone(double minuteQps) {
    assertEquals(0, PeerResult.value(ByteView.empty(), 1, false, minuteQps).minuteQps());
  }

  @ParameterizedTest
  @CsvSource({"-1, 1", "0, 1", "1, 1", "1500, 1500", "3600001, 3600000"})
  void aTimeToTryAgainIsBounded(long millis, long bounded) {
    PeerResult failed = PeerResult.of(PeerResult.Status.FAILED, "down");

    assertEquals(
        Duration.ofMillis(bounded), failed.withRetryAfter(Duration.ofMillis(millis)).retryAfter());
    assertEquals(
        Duration.ofHours(1),
        failed.withRetryAfter(Duration.ofSeconds(Long.MAX_VALUE)).retryAfter());
  }

  @Test
  void aFailureOfTheOwnerSaysWhenItsOriginMayAnswer() {
    Group scores = node.addAsyncGroup("scores", GroupConfig.builder().build(), origin);
    node.registerPeerPicker(new HandPicker(owner.peer()));
    CompletableFuture<ByteView> get = scores.getAsync("Tom");

    owner.answer(
        PeerResult.of(PeerResult.Status.FAILED, "down", "java.io.IOException", "refused")
            .withRetryAfter(Duration.ofSeconds(2)));

    CompletionException failed = assertThrows(CompletionException.class, get::join);
    GetFailedException error = assertInstanceOf(GetFailedException.class, failed.getCause());
    assertEquals(Duration.ofSeconds(2), error.retryAfter());
    assertEquals(Duration.ofSeconds(2), PeerResult.of(error).retryAfter());
  }

  @Test
  void asManyGetsAsThereAreNumbersAreCountedUpwards() throws Exception {
    Group scores = node.addAsyncGroup("scores", GroupConfig.builder().build(), origin);
    Told first = new Told();
    scores.forServers().getForPeer("Tom", null, 0, first);
    origin.next().is("630");
    assertEquals("630", value(first.answer));
    double[] rate = new double[1];

    scores
        .forServers()
        .getForPeer(
            "Tom",
            null,
            Long.MAX_VALUE,
            new GetCallback() {
              @Override
              public void value(Entry entry, double minuteQps) {
                rate[0] = minuteQps;
              }

              @Override
              public void error(GetException error) {}
            });

    assertTrue(rate[0] > 1000, () -> "a rate of " + rate[0]);
  }
}
