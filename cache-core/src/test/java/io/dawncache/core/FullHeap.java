package io.dawncache.core;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * A program whose loads and changes end while its heap is full to the last byte. It then makes room
 * again, and prints how often everybody was notified who waited.
 */
final class FullHeap {
  private static final int OF_EACH = 3;
  private static final long MOST_WAIT_SECONDS = 30;

  private final CompletableFuture<Loaded> origin = new CompletableFuture<>();
  private final CountDownLatch asked = new CountDownLatch(2);
  private final Loaded loaded = Loaded.ofUtf8("630");
  private final HeldPeer member = new HeldPeer();
  private final Map<String, AtomicInteger> waiters = new ConcurrentHashMap<>();

  private FullHeap() {}

  /** Runs the program; its one line of output ends with "all once" if all is well. */
  public static void main(String[] args) throws Exception {
    Thread.setDefaultUncaughtExceptionHandler((thread, thrown) -> {});
    // Once with heap enough: the classes that an end needs are loaded then. One whose loading runs
    // out of heap could never be used again, which is the JVM's affair and not ours.
    new FullHeap().live(false);
    Uncaught.report(new IllegalStateException("loads its class"));

    FullHeap life = new FullHeap();
    life.live(true);

    Map<String, Integer> wrong = life.wrong();
    System.out.write(
        (life.waiters.size() + " waiters: " + (wrong.isEmpty() ? "all once" : wrong))
            .getBytes(UTF_8));
    System.out.flush();
    Runtime.getRuntime().halt(0);
  }

  private void live(boolean fillsHeap) throws Exception {
    CacheNode node = CacheNode.create();
    GroupConfig config = GroupConfig.builder().maxBytes(1 << 20).maxLoads(100).build();
    Group group = node.addAsyncGroup("scores", config, this::load);
    node.registerPeerPicker(
        new HandPicker(HandPicker.SELF, new Owner.Remote("http://other:1", member)));
    for (int i = 0; i < OF_EACH; i++) {
      use(group, i);
    }
    AtomicInteger blocked = waiter("get, blocked");
    Thread caller =
        new Thread(
            () -> {
              try {
                group.get("Tom");
              } catch (GetException e) {
                // For want of heap.
              } finally {
                blocked.incrementAndGet();
              }
            });
    caller.start();
    asked.await();
    while (caller.getState() != Thread.State.WAITING) {
      Thread.onSpinWait();
    }

    CountDownLatch full = new CountDownLatch(fillsHeap ? 1 : 0);
    AtomicBoolean over = new AtomicBoolean(!fillsHeap);
    Thread hoarder = new Thread(() -> hoard(full, over));
    hoarder.start();
    full.await();
    endAll();
    over.set(true);
    hoarder.join();

    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(MOST_WAIT_SECONDS);
    while (!wrong().isEmpty() && System.nanoTime() < until) {
      node.tick(); // the node's own timer may have died: to wait for its next task needs heap, too
      endAll(); // what was begun meanwhile, and what the origin's own future could not pass on
    }
  }

  private CompletionStage<Loaded> load(String key) {
    asked.countDown();
    return origin;
  }

  private void use(Group group, int i) {
    future("getAsync " + i, () -> group.getAsync("Tom"));
    future("getAsync in time " + i, () -> group.getAsync("Sam", Duration.ofHours(1)));
    future("getAllAsync " + i, () -> group.getAllAsync(List.of("Tom", "Sam"), null));
    callback("get " + i, told -> group.forServers().get("Tom", null, told));
    callback("peer's get " + i, told -> group.forServers().getForPeer("Sam", null, 0, told));
    AtomicInteger tom = waiter("getAll: Tom " + i);
    AtomicInteger sam = waiter("getAll: Sam " + i);
    group.getAll(
        List.of("Tom", "Sam"),
        null,
        (key, result) -> (key.equals("Tom") ? tom : sam).incrementAndGet());
    future("removeAsync " + i, () -> group.removeAsync("changed " + i));
    future("next removeAsync " + i, () -> group.removeAsync("changed " + i));
    future("clearAsync " + i, group::clearAsync);
  }

  /**
   * Fills the heap with ever smaller objects, until not even an empty array fits; and again with
   * what others have let go of meanwhile.
   */
  private static void hoard(CountDownLatch full, AtomicBoolean over) {
    Object[] first = new Object[1];
    Object[] last = first;
    while (!over.get()) {
      for (int length = 1 << 16; length >= 1 && !over.get(); length /= 2) {
        try {
          while (true) {
            Object[] next = new Object[length];
            last[0] = next;
            last = next;
          }
        } catch (OutOfMemoryError e) {
          // No room for this length.
        }
      }
      full.countDown();
    }
    first[0] = null;
  }

  private void endAll() {
    try {
      origin.complete(loaded);
    } catch (Throwable t) {
      // There is no heap to say so.
    }
    member.answerAll();
  }

  private Map<String, Integer> wrong() {
    Map<String, Integer> wrong = new TreeMap<>();
    waiters.forEach(
        (what, times) -> {
          if (times.get() != 1) {
            wrong.put(what, times.get());
          }
        });
    return wrong;
  }

  private AtomicInteger waiter(String what) {
    AtomicInteger times = new AtomicInteger();
    waiters.put(what, times);
    return times;
  }

  private void future(String what, Supplier<CompletableFuture<?>> use) {
    AtomicInteger times = waiter(what);
    var unused = use.get().whenComplete((value, error) -> times.incrementAndGet());
  }

  private interface Use {
    void by(GetCallback callback);
  }

  private void callback(String what, Use use) {
    AtomicInteger times = waiter(what);
    use.by(
        new GetCallback() {
          @Override
          public void value(Entry entry, double minuteQps) {
            times.incrementAndGet();
          }

          @Override
          public void error(GetException error) {
            times.incrementAndGet();
          }
        });
  }

  /** A member that answers changes when it is told to. */
  private static final class HeldPeer implements PeerGetter {
    private final List<Consumer<? super OperationResult>> waiting =
        Collections.synchronizedList(new ArrayList<>(1_000));
    private final OperationResult done = OperationResult.done(List.of());

    @Override
    public void fetch(PeerRequest request, Consumer<? super PeerResult> callback) {
      throw new AssertionError("it owns no key");
    }

    @Override
    public void forget(Forget what, Duration timeout, Consumer<? super OperationResult> callback) {
      waiting.add(callback);
    }

    void answerAll() {
      while (!waiting.isEmpty()) {
        var next = waiting.remove(waiting.size() - 1);
        try {
          next.accept(done);
        } catch (Throwable t) {
          // There is no heap to say so.
        }
      }
    }
  }
}
