package io.dawncache.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** What a group holds, where two of its changes meet. */
class MemoryTest {
  private static final int MAX_BYTES = 100_000;

  private Runnable whenEvicted = () -> {};
  private final Memory memory =
      new Memory(
          GroupConfig.builder().maxBytes(MAX_BYTES).policy(CachePolicy.LRU).build(),
          new CoarseClock(System::nanoTime),
          new Memory.Departures() {
            @Override
            public void evicted(Entry entry) {
              whenEvicted.run();
            }

            @Override
            public void expired(Entry entry) {}

            @Override
            public void tooLarge(Entry entry) {}
          });

  private static Entry.Own own(String key) {
    ByteView value = ByteView.ofUtf8("v".repeat(1_000));
    return new Entry.Own(key, value, CoarseClock.NEVER, CoarseClock.NEVER);
  }

  private Entry.Own kept(String key) {
    Entry.Own entry = own(key);
    memory.keepOwn(entry, memory.generation(key));
    return entry;
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void aValueThatIsBecomingACopyIsForgottenWithAllOthers() throws Exception {
    for (int i = 0; i < MAX_BYTES / 1_000; i++) {
      var unused = kept("key-" + i);
    }
    Entry.Own entry = kept("Tom");
    CountDownLatch bumped = new CountDownLatch(1);
    CountDownLatch makingRoom = new CountDownLatch(1);
    CompletableFuture<Void> clear =
        CompletableFuture.runAsync(
            () ->
                memory.forgetAll(
                    () -> {
                      bumped.countDown();
                      await(makingRoom);
                    }),
            task -> new Thread(task).start());
    bumped.await();
    whenEvicted =
        () -> {
          makingRoom.countDown();
          clear.join(); // sweeps while the value is on its way
        };

    memory.disown(entry, 1_000); // a copy needs room, which main makes

    assertNull(memory.peek("Tom"));
    assertEquals(0, memory.hotStats().items());
  }

  @Test
  void aValueThatIsHeldNoMoreDoesNotBecomeACopy() {
    Entry.Own before = kept("Tom");
    Entry.Own after = kept("Tom");

    memory.disown(before, 1_000);

    assertEquals(0, memory.hotStats().items());
    assertNotNull(memory.own("Tom"));
    assertEquals(after, memory.own("Tom"));
  }

  @Test
  void aLoadThatBeginsDuringAPutDoesNotTakeItsPlace() {
    Entry.Own loaded = own("Tom");
    Entry.Own put = own("Tom");

    long[] noted = {-1};
    memory.replace(
        put,
        () -> {
          if (memory.own("Tom") == null) {
            noted[0] = memory.generation("Tom");
          }
        });
    memory.keepOwn(loaded, noted[0]);

    assertSame(put, memory.own("Tom"));
  }
}
