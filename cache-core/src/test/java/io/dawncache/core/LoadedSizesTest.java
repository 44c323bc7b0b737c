package io.dawncache.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class LoadedSizesTest {
  @RegisterExtension final Books books = new Books();

  private final CacheNode node = books.keepFor(CacheNode.create());

  @Test
  void asManyLoadsRunAsTheGroupAllowsWhileValuesAreShort() {
    LoadedSizes sizes = new LoadedSizes(node.bytesInFlight());
    assertEquals(64, sizes.mostAtOnce(64));

    sizes.loaded(1_000);

    assertEquals(64, sizes.mostAtOnce(64));
  }

  @Test
  void fewerRunIfValuesAreLongAndOneAlways() {
    node.bytesInFlight().resize(16 << 20);
    LoadedSizes sizes = new LoadedSizes(node.bytesInFlight());

    sizes.loaded(1 << 20);
    assertEquals(2, sizes.mostAtOnce(64));
    sizes.loaded(64 << 20);
    assertEquals(1, sizes.mostAtOnce(64));
  }

  @Test
  void aNodeInASmallHeapDoesNotBeginWithSixtyFourLoadsOfWhatItDoesNotKnow() {
    node.bytesInFlight().resize(16 << 20);
    LoadedSizes sizes = new LoadedSizes(node.bytesInFlight());

    assertEquals(10, sizes.mostAtOnce(64));
    assertEquals(1_000, sizes.mostAtOnce(1_000), "whoever allows more knows the values");
    sizes.loaded(0);
    assertEquals(64, sizes.mostAtOnce(64));
  }

  @Test
  void longValuesAreForgottenInTime() {
    node.bytesInFlight().resize(16 << 20);
    LoadedSizes sizes = new LoadedSizes(node.bytesInFlight());
    sizes.loaded(1 << 20);

    for (int i = 0; i < 200; i++) {
      sizes.loaded(100);
    }

    assertEquals(64, sizes.mostAtOnce(64));
  }

  @Test
  void loadsOfLongValuesWaitForEachOther() throws Exception {
    node.bytesInFlight().resize(16 << 20);
    List<CompletableFuture<Loaded>> origin = new ArrayList<>();
    Group group =
        node.addAsyncGroup(
            "long",
            GroupConfig.builder().build(),
            key -> {
              CompletableFuture<Loaded> load = new CompletableFuture<>();
              synchronized (origin) {
                origin.add(load);
                origin.notifyAll();
              }
              return load;
            });
    CompletableFuture<ByteView> first = group.getAsync("first");
    Loaded large = Loaded.of(ByteView.copyOf(new byte[1 << 20]));
    begun(origin, 1).complete(large);
    first.get();

    List<CompletableFuture<ByteView>> more = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      more.add(group.getAsync("key" + i));
    }
    for (int i = 1; i <= 12; i++) {
      CompletableFuture<Loaded> next = begun(origin, 1 + i);
      synchronized (origin) {
        assertTrue(origin.size() <= i + 2, origin.size() + " begun, " + (i - 1) + " ended");
      }
      next.complete(large);
    }
    for (CompletableFuture<ByteView> value : more) {
      value.get();
    }
  }

  /** Waits until so many loads have begun; returns the last of these. */
  private static CompletableFuture<Loaded> begun(List<CompletableFuture<Loaded>> origin, int count)
      throws InterruptedException {
    synchronized (origin) {
      while (origin.size() < count) {
        origin.wait();
      }
      return origin.get(count - 1);
    }
  }
}
