package io.dawncache.core;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.time.Duration;
import java.util.Collection;
import java.util.Collections;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicLong;
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
  private final ConcurrentMap<String, Group> groups = new ConcurrentHashMap<>();
  private final HeapShares shares;
  private final ByteAccount bytesInFlight;
  private final CoarseClock clock;
  private final NodeThreads threads;
  private final NodeResources resources;
  private final Owners owners = new Owners();

  /** The shortest TTL of a copy in any group, as long as there was such a group. */
  private final AtomicLong shortestHotTtlNanos = new AtomicLong(Long.MAX_VALUE);

  private long lastSweep = -1; // written and read by ticks alone

  private CacheNode(Builder builder) {
    this.shares = new HeapShares(builder.heapBytes);
    this.threads = builder.nodeThreads();
    this.clock = new CoarseClock(builder.clock());
    this.bytesInFlight = ByteAccount.ofHeap(builder.heapBytes, builder.clock());
    this.resources = new NodeResources(clock, threads, bytesInFlight);
  }

  /** Returns a node with the defaults of the {@linkplain #builder() builder}. */
  public static CacheNode create() {
    return builder().build();
  }

  /** Returns a builder with the defaults. */
  public static Builder builder() {
    return new Builder();
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
      group = new Group(name, config, share, getter, bulkGetter, resources, owners);
      added = groups.putIfAbsent(name, group) == null;
    } finally {
      if (!added) {
        share.giveBack();
      }
    }
    if (!added) {
      throw nameIsTaken(name);
    }
    shortestHotTtlNanos.accumulateAndGet(config.hotTtl().toNanos(), Math::min);
    if (threads.isClosed()) {
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
   * What members had yet to be told of its changes is dropped: their copies end with the hot TTL.
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

  /** Returns what the groups share. */
  NodeResources resources() {
    return resources;
  }

  /** Returns the account of what is in flight at this node, for a server of it. */
  public ByteAccount bytesInFlight() {
    return bytesInFlight;
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
    owners.register(picker);
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
    if (threads.beginClosing()) {
      eachGroup(Group::close);
      threads.close();
    }
  }

  /**
   * For a server, before it answers what it has just read: if this process was stopped and its
   * timer has not run since, moves the time on, so that nothing is answered that ended meanwhile.
   * Costs one reading of the time.
   */
  public void wakeUp() {
    if (clock.behindNanos(clock.exact()) > CoarseClock.STOPPED_NANOS) {
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
    threads.callBackAll();
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
    boolean wasStopped = behind > shortestHotTtlNanos.get();
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

  /** Collects what a {@link CacheNode} runs on; refuses a bad value at once. Not thread-safe. */
  @SuppressWarnings("exports") // CanIgnoreReturnValue is for compilers that know it
  public static final class Builder {
    private static final long LEAST_HEAP_BYTES = 1 << 20;

    private @Nullable Executor callbackExecutor; // threads of the node's own
    private long heapBytes = Runtime.getRuntime().maxMemory();
    private @Nullable LongSupplier nanoTime; // the system's, and a timer moves the time on
    private @Nullable ScheduledExecutorService threads; // threads of the node's own

    private Builder() {}

    /**
     * Sets the executor that completes users' futures and calls their listeners. It stays the
     * caller's to shut down, and must not run tasks on the thread that submits them.
     *
     * <p>By default these run on threads of the node's own: a virtual thread each from JDK 24 on,
     * at most 64 threads before, where callbacks that block are better given an executor.
     */
    @CanIgnoreReturnValue
    public Builder callbackExecutor(Executor callbackExecutor) {
      this.callbackExecutor = Objects.requireNonNull(callbackExecutor, "callbackExecutor");
      return this;
    }

    /**
     * Sets how many bytes of heap the node takes the heap for; at least 1 MiB, by default all that
     * the JVM's heap may grow to. Of these the groups' budgets and what is in flight are shares, so
     * an application that needs much of the heap itself, or has several nodes in it, gives each
     * node its part.
     *
     * @see GroupConfig.Builder#maxBytes
     * @see CacheNode#bytesInFlight
     */
    @CanIgnoreReturnValue
    public Builder heapBytes(long heapBytes) {
      if (heapBytes < LEAST_HEAP_BYTES) {
        throw new IllegalArgumentException(
            "heapBytes: " + heapBytes + " (expected: >= " + LEAST_HEAP_BYTES + ")");
      }
      this.heapBytes = heapBytes;
      return this;
    }

    /** Sets who tells the time, which then {@link CacheNode#tick} alone moves on. */
    @CanIgnoreReturnValue
    Builder nanoTime(LongSupplier nanoTime) {
      this.nanoTime = nanoTime;
      return this;
    }

    /** Sets what runs the node's loads and timers. */
    @CanIgnoreReturnValue
    Builder threads(ScheduledExecutorService threads) {
      this.threads = threads;
      return this;
    }

    /** Starts the node. */
    public CacheNode build() {
      CacheNode node = new CacheNode(this);
      if (nanoTime == null) {
        node.threads.tickEvery(Duration.ofNanos(CoarseClock.TICK_NANOS), node::tick);
      }
      return node;
    }

    private LongSupplier clock() {
      return nanoTime == null ? System::nanoTime : nanoTime;
    }

    private NodeThreads nodeThreads() {
      return threads == null
          ? NodeThreads.create(callbackExecutor)
          : new NodeThreads(threads, threads, callbackExecutor);
    }
  }
}
