package io.dawncache.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

@Timeout(60)
class LoadedSizesTest {
  @RegisterExtension final Books books = new Books();

  private final CacheNode node = books.keepFor(CacheNode.create());

  @Test
  void aLoadIsExpectedToNeedThreeTimesTheLongestOfTheLastValues() {
    LoadedSizes sizes = new LoadedSizes(64);

    sizes.loaded(1 << 20);
    sizes.loaded((1 << 20) - 16);

    assertEquals(3 * ((1 << 20) - 1), sizes.expectedBytes());
  }

  @Test
  void aFirstLoadIsExpectedToNeedSomethingUnlessTheUserAllowsMoreLoadsThanByDefault() {
    assertEquals(3 << 18, new LoadedSizes(64).expectedBytes());
    assertEquals(0, new LoadedSizes(65).expectedBytes(), "who allows more knows the values");
  }

  @Test
  void oneLoadOfNothingSaysLittleOfTheNext() {
    LoadedSizes sizes = new LoadedSizes(64);

    sizes.loaded(0);

    assertTrue(sizes.expectedBytes() > 600_000, sizes.expectedBytes() + " bytes");
  }

  @Test
  void longValuesAreForgottenInTime() {
    LoadedSizes sizes = new LoadedSizes(64);
    sizes.loaded(1 << 20);

    for (int i = 0; i < 400; i++) {
      sizes.loaded(100);
    }

    assertEquals(300, sizes.expectedBytes());
  }

  @Test
  void loadsOfAllGroupsShareTheRoomAndOneOfEachGroupAlwaysRuns() throws Exception {
    node.bytesInFlight().resize(4 << 20); // two first loads of 768 KiB
    List<CompletableFuture<Loaded>> origin = new ArrayList<>();
    List<CompletableFuture<ByteView>> gets = new ArrayList<>();
    for (int g = 0; g < 4; g++) {
      Group group = node.addAsyncGroup("group" + g, GroupConfig.builder().build(), noting(origin));
      for (int i = 0; i < 3; i++) {
        gets.add(group.getAsync("key" + i));
      }
    }

    assertFalse(begun(origin, 5).isDone());
    synchronized (origin) {
      assertEquals(5, origin.size());
    }
    assertEquals(5 * (3L << 18), node.resources().loadRoom().expectedBytes());

    for (int i = 1; i <= gets.size(); i++) {
      begun(origin, i).complete(Loaded.ofUtf8("v"));
    }
    for (CompletableFuture<ByteView> get : gets) {
      get.get();
    }
    assertEquals(0, node.resources().loadRoom().expectedBytes());
  }

  @Test
  void loadsOfLongValuesWaitForEachOther() throws Exception {
    node.bytesInFlight().resize(16 << 20);
    List<CompletableFuture<Loaded>> origin = new ArrayList<>();
    Group group = node.addAsyncGroup("long", GroupConfig.builder().build(), noting(origin));
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

  @Test
  void aGroupThatWasRefusedGoesOnWhenALoadOfAnotherEnds() throws Exception {
    node.bytesInFlight().resize(4 << 20); // two first loads of 768 KiB
    List<CompletableFuture<Loaded>> others = new ArrayList<>();
    Group other = node.addAsyncGroup("other", GroupConfig.builder().build(), noting(others));
    CompletableFuture<ByteView> first = other.getAsync("a");
    CompletableFuture<ByteView> second = other.getAsync("b");
    assertFalse(begun(others, 2).isDone());
    List<CompletableFuture<Loaded>> origin = new ArrayList<>();
    Group group = node.addAsyncGroup("g", GroupConfig.builder().build(), noting(origin));
    CompletableFuture<ByteView> slow = group.getAsync("slow");
    CompletableFuture<ByteView> queued = group.getAsync("queued");
    assertFalse(begun(origin, 1).isDone());

    begun(others, 1).complete(Loaded.ofUtf8("v"));
    begun(others, 2).complete(Loaded.ofUtf8("v"));

    begun(origin, 2).complete(Loaded.ofUtf8("q"));
    assertEquals("q", queued.get().toUtf8());
    begun(origin, 1).complete(Loaded.ofUtf8("s"));
    assertEquals("s", slow.get().toUtf8());
    first.get();
    second.get();
  }

  /** Returns a getter that enters each of its loads in {@code origin}. */
  private static AsyncGetter noting(List<CompletableFuture<Loaded>> origin) {
    return key -> {
      CompletableFuture<Loaded> load = new CompletableFuture<>();
      synchronized (origin) {
        origin.add(load);
        origin.notifyAll();
      }
      return load;
    };
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
