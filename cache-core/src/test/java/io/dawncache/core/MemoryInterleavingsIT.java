package io.dawncache.core;

import static io.dawncache.core.Interleavings.atOnce;
import static io.dawncache.core.Interleavings.check;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Forgetting against loads that land meanwhile, in every order of steps that some runs reach. */
@Tag("thorough")
class MemoryInterleavingsIT {
  private static final int ORDERS = 300;
  private static final ByteView OLD = ByteView.ofUtf8("old");
  private static final ByteView NEW = ByteView.ofUtf8("new");

  /** One for all orders, as its thousand stripes take long to make; each order forgets first. */
  private final Memory memory =
      new Memory(
          new PresentConfig(GroupConfig.builder().maxBytes(10_000).policy(CachePolicy.LRU).build()),
          new CoarseClock(() -> 1),
          new Memory.Departures() {
            @Override
            public void evicted(Entry entry) {}

            @Override
            public void expired(Entry entry) {}

            @Override
            public void tooLarge(Entry entry) {}
          });

  private static Entry.Own own(ByteView value) {
    return new Entry.Own("Tom", value, CoarseClock.NEVER, CoarseClock.NEVER);
  }

  /** As a load does: notes the generation, looks into memory, reads the origin, and lands. */
  private void load(AtomicReference<ByteView> origin) {
    long generation = memory.generation("Tom");
    if (memory.own("Tom") != null) {
      return;
    }
    ByteView value = origin.get();
    memory.keepOwn(own(value), generation);
  }

  @Test
  void aLoadThatReadTheOldValueKeepsNothingAfterItsKeyWasForgotten() {
    check(
        ORDERS,
        () -> {
          memory.forget("Tom", () -> {});
          AtomicReference<ByteView> origin = new AtomicReference<>(OLD);
          atOnce(
              () -> load(origin),
              () -> {
                origin.set(NEW);
                memory.forget("Tom", () -> {});
              });
          Entry held = memory.own("Tom");
          assertEquals(NEW, held == null ? NEW : held.value());
        });
  }

  @Test
  void aPutIsNotOverwrittenByALoadThatBeganBeforeItsEnd() {
    check(
        ORDERS,
        () -> {
          memory.forget("Tom", () -> {});
          AtomicReference<ByteView> origin = new AtomicReference<>(OLD);
          atOnce(() -> load(origin), () -> memory.replace(own(NEW), () -> {}));
          Entry held = memory.own("Tom");
          assertEquals(NEW, held == null ? null : held.value());
          assertEquals(1, memory.mainStats().items());
        });
  }
}
