package io.dawncache.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.AbstractMap;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Whatever throws, and wherever the core calls out: everybody who waits is notified, permits come
 * back, no key and no turn is stuck, and the books balance.
 *
 * <p>One run of a node's whole life counts how often the core calls out. Then the same life is run
 * again once for each of these calls, and that call throws.
 */
@Timeout(600) // half a minute, where it has a core of its own
class SeamsTest {
  private static final Duration DEADLINE = Duration.ofSeconds(3);

  @Test
  void whateverThrowsWhereverEverybodyIsNotifiedAndTheBooksBalance() {
    int calls = new Life(Integer.MAX_VALUE, AssertionError::new).live();
    assertTrue(calls > 300, "calls of seams: " + calls);
    List<Supplier<Throwable>> kinds =
        List.of(
            () -> new OutOfMemoryError("injected"),
            IllegalStateException::new,
            ExceptionWithoutText::new);
    for (int failing = 0; failing < calls; failing++) {
      var unused = new Life(failing, kinds.get(failing % kinds.size())).live();
    }
  }

  /** An exception of a user's that cannot even say what it is. */
  private static final class ExceptionWithoutText extends RuntimeException {
    private static final long serialVersionUID = 1;

    @Override
    public String getMessage() {
      throw new IllegalStateException("no text");
    }
  }

  /** One life of a node, on one thread and by a clock of its own, with one call that throws. */
  private static final class Life {
    private final int failing;
    private final Supplier<Throwable> kind;
    private final AtomicInteger calls = new AtomicInteger();
    private volatile String failed = "nothing";

    private final AtomicLong nanos = new AtomicLong();
    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final Map<String, AtomicInteger> waiters = new ConcurrentHashMap<>();
    private final Set<String> origin = ConcurrentHashMap.newKeySet();
    private Runnable nodeTick = () -> {};

    private final HandThreads threads =
        new HandThreads(tasks::add, nanos::get) {
          @Override
          public void execute(Runnable task) {
            seam("a thread");
            super.execute(task);
          }

          @Override
          public ScheduledFuture<?> schedule(Runnable task, long delay, TimeUnit unit) {
            seam("a timer");
            return super.schedule(task, delay, unit);
          }
        };

    Life(int failing, Supplier<Throwable> kind) {
      this.failing = failing;
      this.kind = kind;
    }

    /** Is called wherever the core calls out. */
    private void seam(String what) {
      if (calls.getAndIncrement() == failing) {
        failed = what;
        Life.<RuntimeException>sneak(kind.get());
      }
    }

    @SuppressWarnings("unchecked")
    private static <E extends Throwable> void sneak(Throwable thrown) throws E {
      throw (E) thrown;
    }

    /** Returns how often the core has called out. */
    int live() {
      Thread thread = Thread.currentThread();
      Thread.UncaughtExceptionHandler before = thread.getUncaughtExceptionHandler();
      thread.setUncaughtExceptionHandler((t, e) -> seam("the uncaught exception handler"));
      try {
        return liveQuietly();
      } catch (Throwable t) {
        throw new AssertionError(
            "call " + failing + ", " + failed + ", threw " + kind.get().getClass(), t);
      } finally {
        thread.setUncaughtExceptionHandler(before);
      }
    }

    private int liveQuietly() {
      LongSupplier time =
          () -> {
            seam("the clock");
            return nanos.get();
          };
      Executor callbacks =
          task -> {
            seam("the callback executor");
            tasks.add(task);
          };
      CacheNode node;
      try {
        node =
            CacheNode.builder().nanoTime(time).threads(threads).callbackExecutor(callbacks).build();
      } catch (Throwable t) {
        return calls.get(); // there is nobody yet who could wait
      }
      nodeTick = node::tick;
      Picker picker = new Picker();
      attempt(() -> node.registerPeerPicker(picker));
      Group scores = add(node, "scores", new Origin());
      Group names = add(node, "names", this::load);
      origin.add("Tom");
      List.of(scores, names).forEach(group -> attempt(() -> change(group)));
      List.of(scores, names).forEach(group -> attempt(() -> use(group)));
      passAll();
      picker.changed();
      attempt(() -> use(names));
      passAll();
      origin.clear(); // it fails from now on, and older values answer
      attempt(() -> use(scores));
      passAll();
      int counted = calls.get();
      assertAllNotified();

      calls.set(Integer.MIN_VALUE); // the fault is over, and nothing must be left of it
      origin.add("Tom");
      List.of(scores, names).forEach(this::useAgain);
      passAll();
      assertAllNotified();
      node.close();
      passAll();
      assertAllNotified();
      Books.check(node);
      return counted;
    }

    private Group add(CacheNode node, String name, Getter getter) {
      GroupConfig config =
          GroupConfig.builder()
              .maxLoads(2)
              .loadTimeout(Duration.ofSeconds(2))
              .ttl(Duration.ofSeconds(20))
              .refreshAfterWrite(Duration.ofSeconds(10))
              .staleIfError(Duration.ofHours(1))
              .negativeTtl(Duration.ofSeconds(5))
              .build();
      while (true) {
        try {
          Group group = node.addGroup(name, config, getter);
          group.addListener(event -> seam("a listener"));
          return group;
        } catch (IllegalArgumentException e) {
          return Objects.requireNonNull(node.group(name)); // added, and then its listener failed
        } catch (Throwable t) {
          // The one fault of this life; the next try is without.
        }
      }
    }

    /** What throws at its caller has notified it. */
    private void attempt(Runnable use) {
      try {
        use.run();
      } catch (Throwable t) {
        if (t instanceof AssertionError) {
          throw t;
        }
      }
    }

    private void use(Group group) {
      for (String key : List.of("own Tom", "own nobody", "other Tom", "lost Tom", "odd Tom")) {
        future(group, "getAsync " + key, () -> group.getAsync(key));
        future(group, "getAsync in time " + key, () -> group.getAsync(key, DEADLINE));
        callback(group, "get " + key, told -> group.forServers().get(key, DEADLINE, told));
        callback(
            group, "peer's get " + key, told -> group.forServers().getForPeer(key, null, 3, told));
      }
      getAll(group, List.of("own 1", "own Tom", "own 2", "other 1", "other 2", "lost 1", "odd 1"));
      getAllForPeer(group, List.of("own 3", "own Tom", "other 3", "own 4"));
      passAll();
      change(group);
      future(
          group,
          "warm",
          () -> group.warm(List.of("own 5", "other 5"), 1e9, any -> seam("a listener of warm")));
      passAll();
    }

    private void change(Group group) {
      for (String key : List.of("own Tom", "other Tom", "odd Tom")) {
        future(group, "put " + key, () -> group.putAsync(key, ByteView.ofUtf8("630")));
        future(group, "remove " + key, () -> group.removeAsync(key));
        callback(
            group,
            "coordinate " + key,
            waiter ->
                group
                    .forServers()
                    .coordinate(
                        Operation.remove(group.name(), key), result -> waiter.value(null, 0)));
      }
      future(group, "clear", group::clearAsync);
      attempt(() -> group.forServers().forget(Forget.key(group.name(), "own Tom")));
    }

    /** Everything works once the fault is over. */
    private void useAgain(Group group) {
      for (String key : List.of("own Tom", "other Tom", "lost Tom", "odd Tom", "own 1", "own 3")) {
        CompletableFuture<ByteView> got = new CompletableFuture<>();
        callback(
            group,
            "get again " + key,
            told ->
                group
                    .forServers()
                    .get(
                        key,
                        null,
                        new GetCallback() {
                          @Override
                          public void value(Entry entry, double minuteQps) {
                            got.complete(entry.value());
                            told.value(entry, minuteQps);
                          }

                          @Override
                          public void error(GetException error) {
                            got.completeExceptionally(error);
                            told.error(error);
                          }
                        }));
        passAll();
        assertTrue(got.isDone(), () -> group.name() + ": no end of " + key);
        got.join();
      }
      future(group, "put again", () -> group.putAsync("own Tom", ByteView.ofUtf8("1")));
      future(group, "clear again", group::clearAsync);
    }

    private void future(Group group, String what, Supplier<CompletableFuture<?>> use) {
      AtomicInteger times = waiter(group, what);
      try {
        var unused = use.get().whenComplete((value, error) -> times.incrementAndGet());
      } catch (Throwable t) {
        times.incrementAndGet();
      }
    }

    private void callback(Group group, String what, Consumer<GetCallback> use) {
      AtomicInteger times = waiter(group, what);
      try {
        use.accept(
            new GetCallback() {
              @Override
              public void value(Entry entry, double minuteQps) {
                times.incrementAndGet();
                seam("a callback");
              }

              @Override
              public void error(GetException error) {
                times.incrementAndGet();
                seam("a callback");
              }
            });
      } catch (Throwable t) {
        times.compareAndSet(0, 1);
      }
    }

    private void getAll(Group group, List<String> keys) {
      Map<String, AtomicInteger> each = new HashMap<>();
      keys.forEach(key -> each.put(key, waiter(group, "getAll " + key)));
      try {
        group.getAll(
            keys,
            DEADLINE,
            (key, result) -> {
              Objects.requireNonNull(each.get(key)).incrementAndGet();
              seam("a callback of getAll");
            });
      } catch (Throwable t) {
        passAll(); // those that were asked for end by themselves
        each.values().forEach(times -> times.compareAndSet(0, 1));
      }
      future(group, "getAllAsync", () -> group.getAllAsync(keys, null));
    }

    private void getAllForPeer(Group group, List<String> keys) {
      Map<String, AtomicInteger> each = new HashMap<>();
      keys.forEach(key -> each.put(key, waiter(group, "peer's getAll " + key)));
      List<PeerRequest> requests = new ArrayList<>();
      keys.forEach(key -> requests.add(new PeerRequest(group.name(), key, DEADLINE, 0)));
      try {
        group
            .forServers()
            .getAllForPeer(
                requests,
                (request, result) -> {
                  Objects.requireNonNull(each.get(request.key())).incrementAndGet();
                  seam("a callback of a peer's getAll");
                });
      } catch (Throwable t) {
        passAll();
        each.values().forEach(times -> times.compareAndSet(0, 1));
      }
    }

    private AtomicInteger waiter(Group group, String what) {
      AtomicInteger times = new AtomicInteger();
      waiters.put(group.name() + ": " + what + " #" + waiters.size(), times);
      return times;
    }

    private void assertAllNotified() {
      Map<String, Integer> wrong = new LinkedHashMap<>();
      waiters.forEach(
          (what, times) -> {
            if (times.get() != 1) {
              wrong.put(what, times.get());
            }
          });
      assertEquals(Map.of(), wrong, "who was notified how often, if not once");
    }

    /** Runs what is to run, and lets time pass until all that has an end in time has ended. */
    private void passAll() {
      runAll();
      for (int second = 0; second < 4; second++) {
        nanos.addAndGet(TimeUnit.SECONDS.toNanos(1) / 3); // less than a stop
        attempt(nodeTick);
        runAll();
        nanos.addAndGet(2 * TimeUnit.SECONDS.toNanos(1) / 3);
        threads.wake();
        runAll();
      }
    }

    private void runAll() {
      do {
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
          attempt(task);
        }
        var unused = ForkJoinPool.commonPool().awaitQuiescence(10, TimeUnit.SECONDS);
      } while (!tasks.isEmpty());
    }

    private Loaded load(String key) {
      seam("a getter");
      if (key.endsWith("nobody")) {
        return Loaded.notFound();
      }
      if (origin.isEmpty()) {
        throw new IllegalStateException("the origin is down");
      }
      return Loaded.ofUtf8("value of " + key);
    }

    /** An origin whose maps are odd, too. */
    private final class Origin implements BulkGetter {
      @Override
      public Loaded load(String key) {
        return Life.this.load(key);
      }

      @Override
      public Map<String, Loaded> loadAll(Set<String> keys) {
        seam("a bulk getter");
        Map<String, Loaded> found = new HashMap<>();
        keys.forEach(key -> found.put(key, load(key)));
        return new OddMap(found);
      }
    }

    /** A map that may throw when it is read. */
    private final class OddMap extends AbstractMap<String, Loaded> {
      private final Map<String, Loaded> found;

      OddMap(Map<String, Loaded> found) {
        this.found = found;
      }

      @Override
      public Loaded get(Object key) {
        seam("a bulk getter's map");
        return found.get(key);
      }

      @Override
      public Set<Map.Entry<String, Loaded>> entrySet() {
        return found.entrySet();
      }
    }

    /** Names owners by the first word of a key. */
    private final class Picker implements PeerPicker {
      private final Owner self = new Owner.Self("http://self:1");
      private final Owner other =
          new Owner.Remote("http://other:1", new Other(PeerResult.Status.VALUE));
      private final Owner lost =
          new Owner.Remote("http://lost:1", new Other(PeerResult.Status.NOT_ASKED));
      private final Owner odd =
          new Owner.Remote("http://odd:1", new Other(PeerResult.Status.UNCLEAR));
      private final List<Runnable> listeners = new ArrayList<>();
      private boolean isChanged;

      void changed() {
        isChanged = true;
        listeners.forEach(Life.this::attempt);
      }

      @Override
      public Iterator<Owner> owners(String key) {
        seam("a picker");
        List<Owner> owners =
            switch (key.substring(0, key.indexOf(' '))) {
              case "own" -> List.of(self, other);
              case "other" -> List.of(isChanged ? self : other, lost);
              case "lost" -> List.of(lost, self);
              default -> List.of(odd, lost);
            };
        return owners.iterator();
      }

      @Override
      public Collection<Owner> peers() {
        seam("a picker's list");
        return List.of(self, other, lost, odd);
      }

      @Override
      public void onChange(Runnable listener) {
        listeners.add(listener);
      }
    }

    /** Another node, which answers some time later. */
    private final class Other implements PeerGetter {
      private final PeerResult.Status status;

      Other(PeerResult.Status status) {
        this.status = status;
      }

      private PeerResult answer(PeerRequest request) {
        return status == PeerResult.Status.VALUE
            ? PeerResult.value(ByteView.ofUtf8(request.key()), Long.MAX_VALUE, false, 60)
            : PeerResult.of(status, "as it is");
      }

      @Override
      public void fetch(PeerRequest request, Consumer<? super PeerResult> callback) {
        seam("a peer's fetch");
        tasks.add(() -> callback.accept(answer(request)));
        seam("a peer's fetch, after it has begun");
      }

      @Override
      public void fetchAll(
          List<PeerRequest> requests, BiConsumer<PeerRequest, ? super PeerResult> callback) {
        seam("a peer's fetchAll");
        for (PeerRequest request : requests) {
          tasks.add(() -> callback.accept(request, answer(request)));
          seam("a peer's fetchAll, after it has begun");
        }
      }

      @Override
      public boolean isInAnotherZone() {
        seam("a peer's zone");
        return true;
      }

      @Override
      public void forget(
          Forget what, Duration timeout, Consumer<? super OperationResult> callback) {
        seam("a peer's forget");
        tasks.add(
            () ->
                callback.accept(
                    status == PeerResult.Status.NOT_ASKED
                        ? OperationResult.of(OperationResult.Status.NOT_ASKED, "lost")
                        : OperationResult.done(List.of())));
        seam("a peer's forget, after it has begun");
      }

      @Override
      public void coordinate(
          Operation operation, Duration timeout, Consumer<? super OperationResult> callback) {
        seam("a peer's coordinate");
        tasks.add(() -> callback.accept(OperationResult.done(List.of())));
        seam("a peer's coordinate, after it has begun");
      }
    }
  }
}
