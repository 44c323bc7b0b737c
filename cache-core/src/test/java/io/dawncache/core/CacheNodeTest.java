package io.dawncache.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The registry of groups and the one picker; whatever is wrong is refused at once. */
class CacheNodeTest {
  @RegisterExtension final Books books = new Books();

  private final CacheNode node = books.keepFor(CacheNode.create());

  private static void assertRefused(String message, Executable mistake) {
    assertEquals(message, assertThrows(IllegalArgumentException.class, mistake).getMessage());
  }

  @Test
  void aGroupIsFoundByItsName() {
    Group scores = node.addGroup("scores", Loaded::ofUtf8);

    assertEquals("scores", scores.name());
    assertSame(scores, node.group("scores"));
    assertNull(node.group("Scores"));
    assertEquals(List.of(scores), List.copyOf(node.groups()));
  }

  @Test
  void aRemovedGroupForgetsEndsItsLoadsAndRefuses() throws Exception {
    HandOrigin origin = new HandOrigin();
    Group old = node.addAsyncGroup("scores", GroupConfig.builder().build(), origin);
    old.put("held", ByteView.ofUtf8("old value"));
    CompletableFuture<ByteView> inFlight = old.getAsync("Tom");
    var unused = origin.next();

    assertTrue(node.removeGroup("scores"));

    assertFalse(node.removeGroup("scores"));
    assertTrue(old.isRemoved());
    assertEquals(
        "load scores/Tom: the group was removed",
        assertInstanceOf(GetFailedException.class, Answers.failure(inFlight)).getMessage());
    assertNull(old.peek("held"));
    assertEquals(
        "get scores/held: the group was removed",
        assertThrows(GetFailedException.class, () -> old.get("held")).getMessage());
    assertEquals(
        "remove scores/held: the group was removed",
        assertThrows(IllegalStateException.class, () -> old.remove("held")).getMessage());
    Books.check(old);

    Group next = node.addGroup("scores", key -> Loaded.ofUtf8("new value"));
    assertSame(next, node.group("scores"));
    assertEquals("new value", next.get("held").toUtf8());
    assertFalse(next.isRemoved());
  }

  @Test
  void twoThousandIdleGroupsCostNextToNothing() {
    HandClock time = new HandClock();
    CacheNode tenants = books.keepFor(time.node());
    GroupConfig config = GroupConfig.builder().maxBytes(10_000).build();
    for (int i = 0; i < 2_000; i++) {
      tenants.addGroup("tenant " + i, config, Loaded::ofUtf8);
    }
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    long leastNanos = Long.MAX_VALUE;
    for (int round = 0; round < 10; round++) {
      long before = threads.getCurrentThreadCpuTime();
      for (int tick = 0; tick < 100; tick++) { // a second's
        time.stopFor(Duration.ofMillis(10));
        tenants.tick();
      }
      leastNanos = Math.min(leastNanos, threads.getCurrentThreadCpuTime() - before);
    }

    assertTrue(leastNanos < 30_000_000, "of a second, nanoseconds: " + leastNanos);
  }

  @Test
  void theDefaultsOfAGroupAreThoseOfItsDocumentation() {
    GroupConfig config = node.addGroup("scores", Loaded::ofUtf8).config();

    assertEquals(64L << 20, config.maxBytes());
    assertEquals(CachePolicy.TINY_LFU, config.policy());
    assertEquals(Duration.ofSeconds(10), config.loadTimeout());
    assertEquals(64, config.maxLoads());
    assertEquals(10_000, config.maxQueuedLoads());
    assertEquals(Duration.ofMillis(500), config.maxQueueTime());
    assertEquals(16 << 10, config.maxKeyBytes());
  }

  @Test
  void aSecondGroupOfOneNameIsRefusedAndTheFirstStays() {
    Group first = node.addGroup("scores", Loaded::ofUtf8);

    assertRefused(
        "name: \"scores\" (expected: no group of that name yet)",
        () -> node.addGroup("scores", Loaded::ofUtf8));
    assertSame(first, node.group("scores"));
    assertEquals("Tom", first.get("Tom").toUtf8());
  }

  @Test
  void aGroupWithoutANameIsRefused() {
    String expected = " (expected: a non-empty group name, well-formed UTF-16)";
    assertRefused("name: \"\"" + expected, () -> node.addGroup("", Loaded::ofUtf8));
    assertRefused("name: \"a\uD800\"" + expected, () -> node.addGroup("a\uD800", Loaded::ofUtf8));
    assertThrows(NullPointerException.class, () -> node.addGroup(null, Loaded::ofUtf8));
    assertEquals(0, node.groups().size());
  }

  @Test
  void aGroupWithoutAGetterOrAConfigurationIsRefused() {
    GroupConfig config = GroupConfig.builder().build();

    for (Executable mistake :
        List.<Executable>of(
            () -> node.addGroup("scores", null),
            () -> node.addGroup("scores", config, null),
            () -> node.addAsyncGroup("scores", config, null))) {
      assertEquals("getter", assertThrows(NullPointerException.class, mistake).getMessage());
    }
    assertThrows(NullPointerException.class, () -> node.addGroup("scores", null, Loaded::ofUtf8));
    assertEquals(0, node.groups().size());
  }

  @Test
  void aBudgetThatTheHeapHasNoRoomForIsRefusedAndTheGroupIsNotThere() {
    CacheNode small = books.keepFor(CacheNode.builder().heapBytes(256L << 20).build());
    GroupConfig config = GroupConfig.builder().maxBytes(8L << 30).build();

    assertRefused(
        "maxBytes: 8589934592 (expected: <= 201326592, what the budgets of other groups leave of"
            + " three quarters of the heap, which is 268435456 bytes)",
        () -> small.addGroup("scores", config, Loaded::ofUtf8));
    assertNull(small.group("scores"));
  }

  @Test
  void groupsOfASmallHeapShareItAndTheFirstGivesUpWhatItHeld() {
    CacheNode small = books.keepFor(CacheNode.builder().heapBytes(2L << 20).build());
    Group first = small.addGroup("first", key -> Loaded.of(ByteView.copyOf(new byte[1_000])));
    for (int i = 0; i < 2_000; i++) {
      first.get("key" + i);
    }
    long held = first.stats().mainCache().bytes();

    Group second = small.addGroup("second", Loaded::ofUtf8);

    assertEquals(512 << 10, first.config().maxBytes());
    assertEquals(512 << 10, second.config().maxBytes());
    assertEquals(first.config().maxBytes() / 8, first.config().hotBytes());
    long left = first.stats().mainCache().bytes();
    assertTrue(held > (512 << 10) && left <= (512 << 10) && left > 0, held + ", then " + left);
  }

  @Test
  void aGroupThatIsRefusedForItsNameTakesNoShare() {
    CacheNode small = books.keepFor(CacheNode.builder().heapBytes(128L << 20).build());
    Group first = small.addGroup("scores", Loaded::ofUtf8);

    assertThrows(IllegalArgumentException.class, () -> small.addGroup("scores", Loaded::ofUtf8));

    assertEquals(64L << 20, first.config().maxBytes());
  }

  static Stream<Arguments> badBounds() {
    return Stream.of(
        bad("maxBytes: -1 (expected: >= 0)", builder -> builder.maxBytes(-1)),
        bad(
            "hotTtl: PT0.199S (expected: >= PT0.2S)",
            builder -> builder.hotTtl(Duration.ofMillis(199))),
        bad("maxLoads: 0 (expected: >= 1)", builder -> builder.maxLoads(0)),
        bad("maxQueuedLoads: -1 (expected: >= 0)", builder -> builder.maxQueuedLoads(-1)),
        bad("maxQueueTime: PT0S (expected: > 0)", builder -> builder.maxQueueTime(Duration.ZERO)),
        bad("maxKeyBytes: 0 (expected: >= 1)", builder -> builder.maxKeyBytes(0)),
        bad("loadTimeout: PT0S (expected: > 0)", builder -> builder.loadTimeout(Duration.ZERO)),
        bad(
            "loadTimeout: PT-0.001S (expected: > 0)",
            builder -> builder.loadTimeout(Duration.ofMillis(-1))),
        bad(
            "loadTimeout: PT8760H0.001S (expected: <= PT8760H)",
            builder -> builder.loadTimeout(Duration.ofDays(365).plusMillis(1))));
  }

  private interface Setting {
    GroupConfig.Builder set(GroupConfig.Builder builder);
  }

  private static Arguments bad(String message, Setting setting) {
    return Arguments.of(message, setting);
  }

  @ParameterizedTest
  @MethodSource("badBounds")
  void aBadBoundIsRefusedByNameValueAndExpectation(String message, Setting setting) {
    assertRefused(message, () -> setting.set(GroupConfig.builder()));
  }

  @Test
  void theLongestLoadTimeoutWorks() {
    GroupConfig config = GroupConfig.builder().loadTimeout(Duration.ofDays(365)).build();

    assertEquals("Tom", node.addGroup("scores", config, Loaded::ofUtf8).get("Tom").toUtf8());
  }

  @Test
  void aSecondPickerIsRefusedAndTheFirstStays() {
    Group scores = node.addGroup("scores", Loaded::ofUtf8);
    var owner = new FakePeer("http://owner:1");
    node.registerPeerPicker(new HandPicker(owner.peer()));

    var e =
        assertThrows(
            IllegalStateException.class,
            () -> node.registerPeerPicker(new HandPicker(HandPicker.SELF)));

    assertEquals(
        "a PeerPicker is registered already (expected: none, or one that is closed)",
        e.getMessage());
    var future = scores.getAsync("Tom");
    owner.is("630");
    assertEquals("630", Answers.value(future));
    assertThrows(NullPointerException.class, () -> node.registerPeerPicker(null));
  }

  @Test
  void aNodeWithoutACallbackExecutorIsRefused() {
    assertThrows(NullPointerException.class, () -> CacheNode.builder().callbackExecutor(null));
  }

  @Test
  void aHeapOfLessThanAMebibyteIsRefused() {
    assertRefused(
        "heapBytes: 1048575 (expected: >= 1048576)",
        () -> CacheNode.builder().heapBytes((1 << 20) - 1));
  }

  @Test
  void eachNodeOfAProcessCountsWithItsPartOfTheHeap() {
    CacheNode half = books.keepFor(CacheNode.builder().heapBytes(64L << 20).build());
    CacheNode quarter = books.keepFor(CacheNode.builder().heapBytes(32L << 20).build());

    assertEquals(32L << 20, half.addGroup("scores", Loaded::ofUtf8).config().maxBytes());
    assertEquals(16L << 20, quarter.addGroup("scores", Loaded::ofUtf8).config().maxBytes());
  }
}
