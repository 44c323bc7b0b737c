package io.dawncache.server.inbound;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dawncache.core.ByteAccount;
import io.dawncache.core.ByteView;
import io.dawncache.core.CacheNode;
import io.dawncache.core.PeerRequest;
import io.dawncache.core.PeerResult;
import io.dawncache.server.testing.Books;
import io.dawncache.server.wire.KeyAnswers;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Results of many keys that wait to be written. */
class ResultStreamTest {
  private static final int MAX_VALUE_BYTES = 100_000;

  private final List<PeerRequest> requests = List.of(request("a"), request("b"), request("c"));
  private final List<String> read = new ArrayList<>();
  private final KeyAnswers reader =
      new KeyAnswers(
          requests, 1 << 20, (request, result) -> read.add(request.key() + " " + result.status()));
  private int told;
  private final List<PeerRequest> askedAgain = new ArrayList<>(); // since the last look
  private final List<PeerRequest> asked = new ArrayList<>();
  private final CacheNode node = CacheNode.create();
  private final ByteAccount account = node.bytesInFlight();
  private @Nullable BiConsumer<PeerRequest, ? super PeerResult> asking;
  private final List<Throwable> lost = new ArrayList<>();
  private boolean noMemory;
  private final ResultStream stream =
      new ResultStream(
          requests,
          MAX_VALUE_BYTES,
          () -> {
            told++;
            if (noMemory) {
              throw new IllegalStateException("no memory to tell the loop");
            }
          },
          lost::add,
          (again, callback) -> {
            askedAgain.addAll(again);
            asked.addAll(again);
            asking = callback;
          },
          account.open(() -> {}));

  @AfterEach
  void close() {
    stream.close();
    node.close();
    Books.check(node);
  }

  private static PeerRequest request(String key) {
    return new PeerRequest("scores", key, Duration.ofSeconds(1));
  }

  private void come(int index, int valueBytes) {
    stream.accept(requests.get(index), PeerResult.value(ByteView.copyOf(new byte[valueBytes])));
  }

  private void take() throws IOException {
    ByteBuf piece = Unpooled.buffer();
    stream.write(piece);
    reader.received(piece);
    piece.release();
  }

  /** Whoever brought it has no use for an exception; the connection has to end. */
  @Test
  void aResultThatCannotBeKeptOrToldIsLostAloud() {
    noMemory = true;
    come(0, 1);

    assertEquals(1, lost.size());
  }

  @Test
  void resultsLeaveInTheOrderInWhichTheyCome() throws IOException {
    come(2, 1);
    come(0, 1);
    take();
    assertFalse(stream.hasNext());
    assertFalse(stream.isOver());
    come(1, 1);
    take();

    assertTrue(stream.isOver());
    assertEquals(List.of("c VALUE", "a VALUE", "b VALUE"), read);
  }

  @Test
  void aPieceEndsWithTheResultThatFillsIt() throws IOException {
    come(0, 40_000);
    come(1, 40_000);
    come(2, 40_000);

    take();
    assertEquals(2, read.size());
    assertTrue(stream.hasNext());
    take();

    assertEquals(3, read.size());
    assertTrue(stream.isOver());
  }

  @Test
  void oneTellsForAllUntilNothingIsLeft() throws IOException {
    come(0, 1);
    come(1, 1);
    assertEquals(1, told);
    take();
    assertFalse(stream.hasNext());
    come(2, 1);

    assertEquals(2, told);
    assertTrue(stream.hasNext());
  }

  @Test
  void whoComesAfterALookForNothingTellsAgain() throws IOException {
    come(0, 1);
    take();
    assertFalse(stream.hasNext());
    assertFalse(stream.hasNext()); // as by a task that comes too late
    come(1, 1);

    assertEquals(2, told);
  }

  @Test
  void aValueBeyondTheLimitFailsAlone() throws IOException {
    come(0, MAX_VALUE_BYTES + 1);
    come(1, MAX_VALUE_BYTES);

    take();

    assertEquals(List.of("a FAILED", "b VALUE"), read);
  }

  @Test
  void aResultThatNobodyAskedForIsDropped() {
    stream.accept(request("a"), PeerResult.value(ByteView.empty()));

    assertEquals(0, told);
    assertFalse(stream.hasNext());
  }

  private List<String> keysAskedAgain() {
    List<String> keys = askedAgain.stream().map(PeerRequest::key).toList();
    askedAgain.clear();
    return keys;
  }

  @Test
  void aValueThatTheAccountHasNoRoomForIsAskedAgainWhenTheOthersHaveLeft() throws IOException {
    account.resize(50_000);
    come(0, 40_000);
    come(1, 40_000);
    assertEquals(40_000, account.bytes());
    assertTrue(stream.hasNext());
    assertEquals(List.of(), keysAskedAgain());

    take();
    stream.left();
    assertEquals(0, account.bytes());
    assertFalse(stream.hasNext());
    assertEquals(List.of("b"), keysAskedAgain());
    PeerRequest again = askedAgainRequest("b");
    asking.accept(again, PeerResult.value(ByteView.copyOf(new byte[40_000])));
    take();

    assertEquals(List.of("a VALUE", "b VALUE"), read);
  }

  private PeerRequest askedAgainRequest(String key) {
    return asked.stream().filter(request -> request.key().equals(key)).findFirst().orElseThrow();
  }

  @Test
  void aValueIsOverloadedIfOthersHoldAllThatThereIsRoomFor() throws IOException {
    account.resize(50_000);
    try (ByteAccount.Holder other = account.open(() -> {})) {
      assertTrue(other.add(20_000));
      come(0, 40_000);
      take();
    }

    assertEquals(List.of("a OVERLOADED"), read);
  }

  @Test
  void aStreamThatWasClosedKeepsNothingOfWhatStillComes() {
    come(0, 40_000);
    stream.close();
    come(1, 40_000);

    assertEquals(0, account.bytes());
    assertFalse(stream.hasNext());
  }
}
