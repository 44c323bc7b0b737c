package io.dawncache.core;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.lang.reflect.Field;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.ToLongFunction;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Checks at the end of every test that the books of its nodes add up: the identities of {@link
 * GroupStats}, the bytes of a cache against its entries weighed anew, and that no flight, no queued
 * load and no permit stayed behind.
 *
 * <pre>{@code
 * @RegisterExtension final Books books = new Books();
 * private final CacheNode node = books.keepFor(CacheNode.create());
 * }</pre>
 */
@SuppressWarnings("exports") // JUnit, which is no module of ours
public final class Books implements AfterEachCallback {
  /*
   * A node is closed before its books are read: close ends every load, and a load counts its end
   * before it tells anybody. A load that another thread is just ending, such as the timer at its
   * time-out, is given the time for that. Fetches are the test's own: it answers each.
   *
   * What the identities cannot show is private; it is read by reflection here, once, so that the
   * core need not open itself for its tests.
   */
  private static final long PATIENCE_NANOS = 10_000_000_000L;

  private final List<CacheNode> nodes = new CopyOnWriteArrayList<>();

  /** Makes books of no nodes yet. */
  public Books() {}

  /** Has {@code node} closed and its books checked after the test; returns it. */
  @CanIgnoreReturnValue
  public CacheNode keepFor(CacheNode node) {
    nodes.add(node);
    return node;
  }

  @Override
  public void afterEach(ExtensionContext context) {
    nodes.forEach(CacheNode::close);
    nodes.forEach(Books::check);
  }

  /** Checks all groups of a node that comes to rest soon. */
  public static void check(CacheNode node) {
    long end = System.nanoTime() + PATIENCE_NANOS;
    for (boolean addUp = false; !addUp; ) {
      try {
        node.groups().forEach(Books::check);
        addUp = true;
      } catch (AssertionError e) {
        if (System.nanoTime() - end > 0) {
          throw e;
        }
        Thread.onSpinWait();
      }
    }
  }

  /** Checks a group at rest. */
  public static void check(Group group) {
    GroupStats stats = group.stats();
    String books = group.name() + ": " + stats;
    assertAll(
        () ->
            assertEquals(
                stats.gets(), stats.cacheHits() + stats.loads(), books + ": gets = hits + loads"),
        () -> assertEquals(stats.loads(), stats.misses(), books + ": loads are the misses"),
        () ->
            assertEquals(
                stats.loadsDeduped(),
                stats.localLoads() + stats.localLoadErrs() + stats.peerLoads() + stats.peerErrors(),
                books + ": what was begun has ended"),
        () -> assertTrue(stats.serverRequests() <= stats.gets(), books + ": peers' gets are gets"),
        () -> checkMemory(group, stats, books),
        () ->
            assertEquals(
                0, flights(group).loads().inFlight(), books + ": load flights left behind"),
        () ->
            assertEquals(
                0, flights(group).fetches().inFlight(), books + ": fetch flights left behind"),
        () -> checkLoadExecutor(group, books));
  }

  private static void checkMemory(Group group, GroupStats stats, String books) {
    Object memory = field(group, "memory");
    checkCache((LocalCache<?>) field(memory, "main"), stats.mainCache(), books + ": main");
    checkCache((LocalCache<?>) field(memory, "missing"), stats.missingKeys(), books + ": missing");
    HotCopies hot = (HotCopies) field(memory, "hot");
    Books.<Entry>checkEntries(hot::forEach, hot::weigh, stats.hotCache(), books + ": hot");
    long bytes = stats.mainCache().bytes() + stats.hotCache().bytes() + stats.missingKeys().bytes();
    long budget = group.config().maxBytes();
    assertTrue(budget == 0 || bytes <= budget, books + ": within " + budget + " bytes");
  }

  private static <E extends Entry> void checkCache(
      LocalCache<E> cache, CacheStats stats, String books) {
    checkEntries(cache::forEach, cache::weigh, stats, books);
  }

  private static <E extends Entry> void checkEntries(
      Consumer<Consumer<E>> forEach, ToLongFunction<E> weigher, CacheStats stats, String books) {
    AtomicLong bytes = new AtomicLong();
    AtomicLong items = new AtomicLong();
    forEach.accept(
        entry -> {
          bytes.addAndGet(weigher.applyAsLong(entry));
          items.incrementAndGet();
        });
    assertEquals(bytes.get(), stats.bytes(), books + ": bytes of the entries");
    assertEquals(items.get(), stats.items(), books + ": number of the entries");
  }

  private static void checkLoadExecutor(Group group, String books) {
    Object executor = field(field(group, "loads"), "executor");
    assertEquals(0, ((Collection<?>) field(executor, "running")).size(), books + ": permits held");
    assertEquals(0, ((Collection<?>) field(executor, "queue")).size(), books + ": loads queued");
    assertEquals(
        0, ((Collection<?>) field(executor, "borrowers")).size(), books + ": permits borrowed");
    assertEquals(0, ((Collection<?>) field(executor, "wanted")).size(), books + ": wanted keys");
  }

  private static Flights flights(Group group) {
    return group.gets().flights();
  }

  private static Object field(Object owner, String name) {
    try {
      Field field = owner.getClass().getDeclaredField(name);
      field.setAccessible(true);
      return field.get(owner);
    } catch (ReflectiveOperationException e) {
      throw new LinkageError(owner.getClass() + " has changed; so must Books", e);
    }
  }
}
