package io.dawncache.core;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.time.Duration;
import java.util.Collection;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One process's share of the cache: its groups, its present members, and the threads that loads and
 * callbacks run on.
 *
 * <p>A node without a {@link PeerPicker} stands alone and owns every key. Safe for use by any
 * thread; several nodes may live in one process and share nothing.
 */
public final class CacheNode implements AutoCloseable {
  /** The timer is late by more than load explains. */
  static final long STOPPED_NANOS = 20 * CoarseClock.TICK_NANOS;

  private final ConcurrentMap<String, Group> groups = new ConcurrentHashMap<>();
  private final HeapShares shares;
  private final ByteAccount bytesInFlight;
  private final LoadRoom loadRoom;
  private final AtomicReference<@Nullable PeerPicker> picker = new AtomicReference<>();
  private final CoarseClock clock;
  private final ExecutorService loadThreads;
  private final ScheduledExecutorService timer;
  private final Executor callbacks;
  private final @Nullable ExecutorService ownCallbacks;
  private final AtomicBoolean closed = new AtomicBoolean();

  /** What has to end when the node closes, and has no end in time of its own. */
  private final Set<Runnable> atClose = ConcurrentHashMap.newKeySet();

  /** The shortest life of a copy in any group, as long as there was such a group. */
  private final AtomicLong shortestHotLifeNanos = new AtomicLong(Long.MAX_VALUE);

  /**
   * A stack of tasks that no executor has surely taken; linked by themselves, to need no memory.
   */
  private final AtomicReference<@Nullable Task> notBegun = new AtomicReference<>();

  private long lastSweep = -1; // written and read by ticks alone

  private CacheNode(@Nullable Executor callbacks, LongSupplier nanoTime) {
    this(callbacks, nanoTime, Runtime.getRuntime().maxMemory());
  }

  private CacheNode(@Nullable Executor callbacks, LongSupplier nanoTime, long heapBytes) {
    this(
        callbacks,
        nanoTime,
        heapBytes,
        Threads.perTask("dawncache-load"),
        Threads.timer("dawncache-timer"));
  }

  private CacheNode(
      @Nullable Executor callbacks,
      LongSupplier nanoTime,
      long heapBytes,
      ExecutorService loadThreads,
      ScheduledExecutorService timer) {
    this.shares = new HeapShares(heapBytes);
    this.bytesInFlight = ByteAccount.ofHeap(heapBytes, nanoTime);
    this.loadRoom = new LoadRoom(bytesInFlight);
    this.clock = new CoarseClock(nanoTime);
    this.loadThreads = loadThreads;
    this.timer = timer;
    ownCallbacks = callbacks == null ? Threads.callbacks("dawncache-callback") : null;
    this.callbacks = ownCallbacks == null ? Objects.requireNonNull(callbacks) : ownCallbacks;
  }

  /**
   * Returns a node whose users' futures complete on threads of its own: a virtual thread each from
   * JDK 24 on, at most 64 threads before. There, callbacks that block are better given an
   * {@linkplain #create(Executor) executor of their own}.
   */
  public static CacheNode create() {
    return ticking(new CacheNode(null, System::nanoTime));
  }

  /**
   * Returns a node whose users' futures complete on {@code callbacks}, which stays the caller's to
   * shut down and must not run tasks on the thread that submits them.
   */
  public static CacheNode create(Executor callbacks) {
    return ticking(new CacheNode(Objects.requireNonNull(callbacks, "callbacks"), System::nanoTime));
  }

  /** Returns a node whose time is told by {@code nanoTime} and moved on by {@link #tick} alone. */
  static CacheNode withTime(LongSupplier nanoTime) {
    return new CacheNode(null, nanoTime);
  }

  /** Returns a node that takes its heap for one of so many bytes. */
  static CacheNode withHeap(long heapBytes) {
    return ticking(new CacheNode(null, System::nanoTime, heapBytes));
  }

  /** As {@link #withTime}, and whose loads and timers are run by {@code threads}. */
  static CacheNode drivenBy(LongSupplier nanoTime, ScheduledExecutorService threads) {
    return new CacheNode(null, nanoTime, Runtime.getRuntime().maxMemory(), threads, threads);
  }

  /** As {@link #drivenBy(LongSupplier, ScheduledExecutorService)}, callbacks by the last. */
  static CacheNode drivenBy(
      LongSupplier nanoTime, ScheduledExecutorService threads, Executor callbacks) {
    return new CacheNode(callbacks, nanoTime, Runtime.getRuntime().maxMemory(), threads, threads);
  }

  private static CacheNode ticking(CacheNode node) {
    var unused =
        node.timer.scheduleAtFixedRate(
            node::tick, CoarseClock.TICK_NANOS, CoarseClock.TICK_NANOS, TimeUnit.NANOSECONDS);
    return node;
  }

  /** Adds a group with the default {@link GroupConfig}. */
  public Group addGroup(String name, Getter getter) {
    return addGroup(name, GroupConfig.builder().build(), getter);
  }

  /**
   * Adds a group.
   *
   * @param name any non-empty, well-formed text; the same at every node of the fleet
   * @throws IllegalArgumentException if there is a group of that name, or the name is empty, or the
   *     heap has no room for the group's budget beside those of the other groups
   * @see GroupConfig.Builder#maxBytes
   */
  public Group addGroup(String name, GroupConfig config, Getter getter) {
    Objects.requireNonNull(getter, "getter");
    return add(
        name,
        config,
        key -> CompletableFuture.completedFuture(getter.load(key)),
        getter instanceof BulkGetter bulk ? bulk : null);
  }

  /**
   * As {@link #addGroup(String, GroupConfig, Getter)}, for an origin with an asynchronous client.
   */
  public Group addAsyncGroup(String name, GroupConfig config, AsyncGetter getter) {
    return add(name, config, Objects.requireNonNull(getter, "getter"), null);
  }

  private Group add(
      String name, GroupConfig config, AsyncGetter getter, @Nullable BulkGetter bulkGetter) {
    Objects.requireNonNull(config, "config");
    if (name.isEmpty() || !UTF_8.newEncoder().canEncode(name)) {
      throw new IllegalArgumentException(
          "name: \"" + name + "\" (expected: a non-empty group name, well-formed UTF-16)");
    }
    if (groups.containsKey(name)) { // before other groups make room for it
      throw nameIsTaken(name);
    }
    HeapShares.Share share = shares.take(config);
    boolean added = false;
    Group group;
    try {
      group = new Group(name, config, share, getter, bulkGetter, this);
      added = groups.putIfAbsent(name, group) == null;
    } finally {
      if (!added) {
        share.giveBack();
      }
    }
    if (!added) {
      throw nameIsTaken(name);
    }
    shortestHotLifeNanos.accumulateAndGet(config.hotLife().toNanos(), Math::min);
    if (isClosed()) {
      group.close(); // closing may have missed it
    }
    return group;
  }

  private static IllegalArgumentException nameIsTaken(String name) {
    return new IllegalArgumentException(
        "name: \"" + name + "\" (expected: no group of that name yet)");
  }

  /**
   * Removes a group from this node: it forgets everything, ends every load with a {@link
   * GetFailedException}, and from then on refuses gets with the same and changes with an {@link
   * IllegalStateException}. Its name is free at once for another group, with which it shares
   * nothing. Fetches in flight end by themselves, and nothing of them is kept.
   *
   * <p>The group is removed here alone. Peers that ask this node for it are answered that it has no
   * such group, and ask the next owner; so remove a group at all nodes, and after its last use.
   * What members had yet to be told of its changes is dropped: their copies end with the hot life.
   *
   * @return whether there was a group of that name
   */
  public boolean removeGroup(String name) {
    Group removed = groups.remove(Objects.requireNonNull(name, "name"));
    if (removed != null) {
      removed.remove();
    }
    return removed != null;
  }

  /** Returns the group of that name, or null. */
  public @Nullable Group group(String name) {
    return groups.get(name);
  }

  /** Returns the groups added so far, in no particular order; a live, unmodifiable view. */
  public Collection<Group> groups() {
    return Collections.unmodifiableCollection(groups.values());
  }

  /** Returns the account of what is in flight at this node, for a server of it. */
  public ByteAccount bytesInFlight() {
    return bytesInFlight;
  }

  /** Returns the bound on what the running loads of all groups are expected to need. */
  LoadRoom loadRoom() {
    return loadRoom;
  }

  /**
   * Makes this node a member of a fleet: from now on {@code picker} names the owners of keys.
   * Entries that this node does not own by it become copies, now and after each of its changes. It
   * may take the place of one that {@linkplain PeerPicker#isClosed() has ended}.
   *
   * @throws IllegalStateException if a picker is registered already and has not ended
   */
  public void registerPeerPicker(PeerPicker picker) {
    Objects.requireNonNull(picker, "picker");
    PeerPicker present = this.picker.get();
    if ((present != null && !present.isClosed()) || !this.picker.compareAndSet(present, picker)) {
      throw new IllegalStateException(
          "a PeerPicker is registered already (expected: none, or one that is closed)");
    }
    picker.onChange(this::rehome);
    rehome();
  }

  /**
   * Forgets everything that the groups hold, ends every load with a {@link GetFailedException},
   * refuses later ones and every change, and stops the node's threads. Nothing is kept from then
   * on, so a closed node answers with no value that it was not told to forget. Closing again does
   * nothing.
   *
   * <p>A server of this node is to be closed before: it answers what is in flight, and then its
   * peers ask other nodes. Of a node closed first they would hear that their gets have failed.
   */
  @Override
  public void close() {
    if (closed.getAndSet(true)) {
      return;
    }
    eachGroup(Group::close);
    atClose.forEach(Runnable::run);
    timer.shutdownNow();
    loadThreads.shutdownNow();
    callBackAll();
    if (ownCallbacks != null) {
      ownCallbacks.shutdown();
    }
  }

  /** Has {@code ending} run, at least once, when the node closes or if it has; must not throw. */
  void atClose(Runnable ending) {
    atClose.add(ending);
    if (isClosed()) {
      ending.run();
    }
  }

  void neverMindClosing(Runnable ending) {
    atClose.remove(ending);
  }

  boolean isClosed() {
    return closed.get();
  }

  Iterator<Peer> owners(String key) {
    PeerPicker present = picker.get();
    return present == null ? Collections.emptyIterator() : present.owners(key);
  }

  /** Returns all members, this node among them; none if it stands alone. */
  Collection<Peer> peers() {
    PeerPicker present = picker.get();
    return present == null ? List.of() : present.peers();
  }

  /** Returns the nodes, by URL, that hold another member list. */
  List<String> otherLists() {
    PeerPicker present = picker.get();
    return present == null ? List.of() : present.otherLists();
  }

  /** Returns whether this node is the first owner of {@code key}, or stands alone. */
  boolean owns(String key) {
    Iterator<Peer> owners = owners(key);
    return !owners.hasNext() || owners.next().isSelf();
  }

  /** Runs a load on a thread of its own; how many there are is the groups' business. */
  void startLoad(Runnable load) {
    loadThreads.execute(load);
  }

  /** Runs {@code task}, which does not block, on another thread if there is one to be had. */
  void startSoon(Task task) {
    try {
      loadThreads.execute(task);
    } catch (Throwable t) { // refused, or no memory for a thread
      task.run();
    }
  }

  /** Runs {@code task} as by {@link #startSoon} after {@code delay}; never, if the node closes. */
  Future<?> startAfter(Duration delay, Task task) {
    return after(delay, () -> startSoon(task));
  }

  /**
   * Runs {@code task}, which calls a user's code, on the callback executor. An executor that
   * refuses, because it is full, shut down or out of threads, must not leave a caller waiting: the
   * common pool steps in. That, too, may lose a task if a thread of its own runs out of heap, so
   * the task is handed over anew with every tick until it has begun.
   */
  void callBack(Task task) {
    try {
      callbacks.execute(task);
    } catch (Throwable t) {
      callBackLater(task);
      try {
        ForkJoinPool.commonPool().execute(task);
      } catch (Throwable t2) { // no memory
        if (isClosed()) { // no tick comes
          task.run();
        }
      }
    }
  }

  /** As {@link #callBack}, with the next tick, unless the task has begun by then. */
  void callBackLater(Task task) {
    if (task.enterStack()) {
      do {
        task.below = notBegun.get();
      } while (!notBegun.compareAndSet(task.below, task));
    }
  }

  private void callBackAll() {
    Task task = notBegun.getAndSet(null);
    while (task != null) {
      Task next = task.leaveStack();
      if (!task.hasBegun()) {
        callBack(task);
      }
      task = next;
    }
  }

  /** Runs {@code task} on the timer thread after {@code delay}; never, if the node closes first. */
  Future<?> after(Duration delay, Runnable task) {
    try {
      return timer.schedule(task, TimeUnit.NANOSECONDS.convert(delay), TimeUnit.NANOSECONDS);
    } catch (RejectedExecutionException e) {
      return CompletableFuture.completedFuture(null);
    }
  }

  CoarseClock clock() {
    return clock;
  }

  /**
   * For a server, before it answers what it has just read: if this process was stopped and its
   * timer has not run since, moves the time on, so that nothing is answered that ended meanwhile.
   * Costs one reading of the time.
   */
  public void wakeUp() {
    if (clock.behindNanos(clock.exact()) > STOPPED_NANOS) {
      moveOn();
    }
  }

  /**
   * Moves the time on, lets go of what has ended by it, and tells members what they are owed. Runs
   * on the timer thread, which would never tick again after an exception.
   */
  void tick() {
    try {
      moveOn();
      sweep();
    } catch (Throwable t) {
      Uncaught.report(t);
    }
    callBackAll();
  }

  /**
   * Lets groups go of what has ended: once in a tick of their wheels, which are coarser than the
   * clock's, so that thousands of idle groups cost next to nothing. May take long, so under no
   * lock: an event loop may be about to move the time on.
   */
  private void sweep() {
    long present = clock.now() >> ExpiryWheel.TICK_SHIFT;
    if (present != lastSweep) {
      lastSweep = present;
      eachGroup(Group::tick);
    }
  }

  /**
   * Moves the time on.
   *
   * <p>A process that was stopped was told nothing meanwhile. What it then no longer trusts goes
   * before the time moves on, so another thread that looks at the clock waits for that here; and if
   * a group could not let go of it, the time stands still until it can, at the next tick.
   */
  private synchronized void moveOn() {
    long now = clock.exact(); // once: a stop after this reading shows at the next
    long behind = clock.behindNanos(now);
    boolean wasStopped = behind > shortestHotLifeNanos.get();
    if (!wasStopped || eachGroup(group -> group.wasStopped(behind)) == null) {
      clock.tick(now);
    }
  }

  /** Gives every group its turn whatever another's throws; returns what was thrown last. */
  @CanIgnoreReturnValue
  private @Nullable Throwable eachGroup(Consumer<Group> action) {
    Throwable thrown = null;
    for (Group group : groups.values()) {
      try {
        action.accept(group);
      } catch (Throwable t) {
        thrown = t;
        Uncaught.report(t);
      }
    }
    return thrown;
  }

  private void rehome() {
    Throwable thrown = eachGroup(Group::rehome);
    if (thrown != null) {
      throw new IllegalStateException("a picker threw: " + thrown, thrown);
    }
  }
}
