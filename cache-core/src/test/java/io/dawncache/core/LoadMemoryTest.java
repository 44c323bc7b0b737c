package io.dawncache.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

@Timeout(60)
class LoadMemoryTest {
  @RegisterExtension final Books books = new Books();

  private final CacheNode node = books.keepFor(CacheNode.create());
  private final CountDownLatch reserved = new CountDownLatch(1);
  private final CountDownLatch release = new CountDownLatch(1);

  private Loaded hold(long bytes) throws InterruptedException {
    LoadMemory.reserve(bytes);
    reserved.countDown();
    release.await();
    return Loaded.ofUtf8("v");
  }

  @Test
  void whatALoadReservesIsInTheAccountUntilItEnds() throws Exception {
    Group group = node.addGroup("g", key -> hold(1_000));
    CompletableFuture<ByteView> get = group.getAsync("k");

    reserved.await();
    assertEquals(1_000, node.bytesInFlight().bytes());
    release.countDown();

    assertEquals("v", get.get().toUtf8());
    assertEquals(0, node.bytesInFlight().bytes());
  }

  @Test
  void aSecondReservationAddsWhatIsLacking() throws Exception {
    Group group =
        node.addGroup(
            "g",
            key -> {
              LoadMemory.reserve(1_000);
              LoadMemory.reserve(600);
              return hold(1_500);
            });
    CompletableFuture<ByteView> get = group.getAsync("k");

    reserved.await();
    assertEquals(1_500, node.bytesInFlight().bytes());
    release.countDown();
    get.get();
  }

  @Test
  void aLoadThatWaitsForRoomGetsItWhenAnotherEnds() throws Exception {
    node.bytesInFlight().resize(1_000);
    CompletableFuture<ByteView> first = node.addGroup("first", key -> hold(900)).getAsync("k");
    reserved.await();
    CountDownLatch asked = new CountDownLatch(1);
    Group second =
        node.addGroup(
            "second",
            key -> {
              asked.countDown();
              LoadMemory.reserve(200);
              return Loaded.ofUtf8("w");
            });
    CompletableFuture<ByteView> waiting = second.getAsync("k");
    asked.await();
    assertFalse(waiting.isDone());

    release.countDown();

    assertEquals("v", first.get().toUtf8());
    assertEquals("w", waiting.get().toUtf8());
  }

  @Test
  void aLoadThatFindsNoRoomUntilItsTimeOutIsOverloaded() throws Exception {
    node.bytesInFlight().resize(1_000);
    CompletableFuture<ByteView> held = node.addGroup("first", key -> hold(900)).getAsync("k");
    reserved.await();
    Group second =
        node.addGroup(
            "second",
            GroupConfig.builder().loadTimeout(Duration.ofMillis(50)).build(),
            key -> hold(200));

    ExecutionException e = assertThrows(ExecutionException.class, () -> second.getAsync("k").get());

    assertEquals(
        "load second/k: overloaded, no room for its bytes in flight in 50 ms",
        assertInstanceOf(OverloadedException.class, e.getCause()).getMessage());
    release.countDown();
    held.get();
  }

  @Test
  void aLoadThatHoldsSomeDoesNotWaitForMoreButFails() throws Exception {
    node.bytesInFlight().resize(1_000);
    Group group =
        node.addGroup(
            "g",
            key -> {
              LoadMemory.reserve(600);
              return hold(1_001);
            });

    ExecutionException e = assertThrows(ExecutionException.class, () -> group.getAsync("k").get());

    assertEquals(
        "load g/k: overloaded, no room for 1001 bytes in flight",
        assertInstanceOf(OverloadedException.class, e.getCause()).getMessage());
    assertEquals(0, node.bytesInFlight().bytes());
  }

  @Test
  void outsideOfALoadNothingIsReserved() throws Exception {
    LoadMemory.reserve(1_000);

    assertEquals(0, node.bytesInFlight().bytes());
  }

  @Test
  void aNegativeSizeIsRefused() {
    assertEquals(
        "bytes: -1 (expected: >= 0)",
        assertThrows(IllegalArgumentException.class, () -> LoadMemory.reserve(-1)).getMessage());
  }
}
