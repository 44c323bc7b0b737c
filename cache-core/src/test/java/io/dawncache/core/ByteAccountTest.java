package io.dawncache.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class ByteAccountTest {
  private static final long MAX_BYTES = 1_000;
  private static final Duration STUCK = Duration.ofSeconds(1);

  private final AtomicLong nanos = new AtomicLong();
  private final ByteAccount account = new ByteAccount(MAX_BYTES, nanos::get);
  private final List<String> closed = new ArrayList<>();

  private ByteAccount.Holder open(String name) {
    return account.open(() -> closed.add(name));
  }

  private void pass(Duration time) {
    nanos.addAndGet(time.toNanos());
  }

  @Test
  void whatIsHeldIsInTheAccountUntilItIsGivenBack() {
    ByteAccount.Holder one = open("one");
    ByteAccount.Holder other = open("other");

    assertTrue(one.add(300));
    assertTrue(other.set(400));
    assertEquals(700, account.bytes());

    one.remove(100);
    assertTrue(other.set(50));
    assertEquals(250, account.bytes());

    one.close();
    other.close();
    assertEquals(0, account.bytes());
  }

  @Test
  void whoAsksForMoreThanThereIsRoomForIsRefusedAndHoldsWhatItHeld() {
    ByteAccount.Holder moving = open("moving");
    ByteAccount.Holder asking = open("asking");
    assertTrue(moving.add(900));
    assertTrue(asking.add(50));

    assertFalse(asking.add(51));

    assertEquals(50, asking.bytes());
    assertEquals(950, account.bytes());
    assertEquals(1, account.refused());
    assertTrue(asking.add(50));
    assertEquals(List.of(), closed);
  }

  @Test
  void theGreatestHolderThatDoesNotMoveIsClosedToMakeRoom() {
    ByteAccount.Holder small = open("small");
    ByteAccount.Holder great = open("great");
    ByteAccount.Holder moving = open("moving");
    assertTrue(small.add(100) && great.add(300) && moving.add(600));
    pass(STUCK);
    moving.moved();

    assertTrue(open("asking").add(200));

    assertEquals(List.of("great"), closed);
    assertEquals(900, account.bytes());
    assertEquals(1, account.closed());
    assertFalse(great.add(1), "a closed holder holds nothing more");
    great.remove(300);
    great.close();
    assertEquals(900, account.bytes());
  }

  @Test
  void asManyAreClosedAsItTakes() {
    assertTrue(open("small").add(100) && open("great").add(900));
    pass(STUCK);

    assertTrue(open("asking").add(950));

    assertEquals(List.of("great", "small"), closed);
  }

  @Test
  void whoAsksForMoreThanEverCanBeHeldClosesNobody() {
    assertTrue(open("stuck").add(1));
    pass(STUCK);

    assertFalse(open("asking").add(MAX_BYTES + 1));

    assertEquals(List.of(), closed);
  }

  @Test
  void whoIsHimselfTheGreatestThatDoesNotMoveIsClosedAndRefused() {
    ByteAccount.Holder greedy = open("greedy");
    assertTrue(greedy.add(MAX_BYTES));
    pass(STUCK);

    assertFalse(greedy.add(1));

    assertEquals(List.of("greedy"), closed);
    assertEquals(0, account.bytes());
  }

  @Test
  void moreThanIsHeldCannotBeGivenBack() {
    ByteAccount.Holder holder = open("holder");
    assertTrue(holder.add(1));

    var e = assertThrows(IllegalStateException.class, () -> holder.remove(2));

    assertEquals("remove: 2 bytes (expected: <= 1)", e.getMessage());
    assertEquals(1, account.bytes());
  }

  @Test
  void itIsAnEighthOfTheHeapAndAtLeastOneGreatValueIfThatIsNoMoreThanAQuarter() {
    assertEquals(512L << 20, ByteAccount.ofHeap(4L << 30, nanos::get).maxBytes());
    assertEquals(17L << 20, ByteAccount.ofHeap(128L << 20, nanos::get).maxBytes());
    assertEquals(8L << 20, ByteAccount.ofHeap(32L << 20, nanos::get).maxBytes());
  }

  /** Opens, adds, removes, moves and closes at random; checks the sum after every step. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void afterAnyStepsTheAccountIsTheSumOfItsHoldersAndInTheEndZero(long seed) {
    Random random = new Random(seed);
    List<ByteAccount.Holder> open = new ArrayList<>();
    List<ByteAccount.Holder> all = new ArrayList<>();
    for (int step = 0; step < 20_000; step++) {
      if (open.isEmpty() || random.nextInt(10) == 0) {
        ByteAccount.Holder holder = open("any");
        open.add(holder);
        all.add(holder);
      }
      step(open, random);
      assertEquals(open.stream().mapToLong(ByteAccount.Holder::bytes).sum(), account.bytes());
      assertTrue(account.bytes() <= MAX_BYTES);
    }
    open.forEach(ByteAccount.Holder::close);
    all.forEach(ByteAccount.Holder::close);
    assertEquals(0, account.bytes());
  }

  private void step(List<ByteAccount.Holder> open, Random random) {
    int index = random.nextInt(open.size());
    ByteAccount.Holder holder = open.get(index);
    switch (random.nextInt(6)) {
      case 0, 1 -> {
        boolean unused = holder.add(random.nextInt(400));
      }
      case 2 -> holder.remove((long) (random.nextDouble() * holder.bytes()));
      case 3 -> {
        boolean unused = holder.set(random.nextInt(400));
      }
      case 4 -> {
        pass(Duration.ofMillis(random.nextInt(500)));
        holder.moved();
      }
      default -> {
        open.remove(index);
        holder.close();
      }
    }
  }

  @Test
  void threadsThatAddRemoveAndCloseLeaveNothing() throws Exception {
    int threads = 4;
    CyclicBarrier together = new CyclicBarrier(threads);
    ByteAccount.Holder shared = account.open(() -> {});
    List<CompletableFuture<Void>> runs = new ArrayList<>();
    for (int thread = 0; thread < threads; thread++) {
      Random random = new Random(thread);
      runs.add(
          CompletableFuture.runAsync(
              () -> {
                awaitOthers(together);
                for (int i = 0; i < 20_000; i++) {
                  int bytes = random.nextInt(300);
                  if (shared.add(bytes)) {
                    shared.remove(bytes);
                  }
                  try (ByteAccount.Holder own = account.open(() -> {})) {
                    boolean unused = own.add(bytes);
                    assertTrue(account.bytes() <= MAX_BYTES);
                  }
                }
              }));
    }
    for (CompletableFuture<Void> run : runs) {
      run.get();
    }
    assertEquals(0, shared.bytes());
    assertEquals(0, account.bytes());
  }

  private static void awaitOthers(CyclicBarrier barrier) {
    try {
      barrier.await();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void whoWaitsForRoomGetsItWhenOthersGiveBack() throws Exception {
    ByteAccount.Holder other = open("other");
    assertTrue(other.add(900));
    CompletableFuture<Void> waiting = waiting(account.open(), 600);

    other.remove(500);

    waiting.get();
    assertEquals(1_000, account.bytes());
    assertEquals(0, account.refused());
  }

  @Test
  void whoWaitsForMoreThanAllHasRoomWhenNobodyElseHoldsAnything() throws Exception {
    ByteAccount.Holder other = open("other");
    assertTrue(other.add(1));
    CompletableFuture<Void> waiting = waiting(account.open(), 5 * MAX_BYTES);

    other.close();

    waiting.get();
    assertEquals(MAX_BYTES, account.bytes());
  }

  @Test
  void whoWaitsForRoomHasStuckHoldersClosed() throws Exception {
    ByteAccount.Holder stuck = open("stuck");
    assertTrue(stuck.add(900));
    CompletableFuture<Void> waiting = waiting(account.open(), 600);

    pass(STUCK);

    waiting.get();
    assertEquals(List.of("stuck"), closed);
  }

  @Test
  void theWaitOfAHolderThatIsClosedEnds() throws Exception {
    ByteAccount.Holder holder = account.open();
    assertTrue(open("other").add(MAX_BYTES));
    CompletableFuture<Void> waiting = waiting(holder, 1);

    holder.close();

    waiting.get();
    assertEquals(MAX_BYTES, account.bytes());
  }

  @Test
  void whatIsClosedIsNotCountedAsRefusedAndNoBytesAlwaysHaveRoom() {
    ByteAccount.Holder holder = open("holder");
    ByteAccount.Holder gone = open("gone");
    gone.close();
    assertTrue(holder.add(MAX_BYTES));
    account.resize(1);

    assertTrue(open("asking").add(0));
    assertFalse(gone.add(1));

    assertEquals(0, account.refused());
  }

  @Test
  void aHolderThatIsNotToBeClosedIsNot() {
    ByteAccount.Holder load = account.open();
    assertTrue(load.add(900));
    pass(STUCK);

    assertFalse(open("asking").add(200));

    assertEquals(900, load.bytes());
  }

  private static CompletableFuture<Void> waiting(ByteAccount.Holder holder, long bytes) {
    return CompletableFuture.runAsync(
        () -> {
          try {
            holder.awaitSet(bytes);
          } catch (InterruptedException e) {
            throw new AssertionError(e);
          }
        });
  }
}
