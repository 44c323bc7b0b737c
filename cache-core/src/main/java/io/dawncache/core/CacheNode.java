package io.dawncache.core;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.time.Duration;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One process's part of the cache: its groups, its present members, and the threads that run loads
 * and callbacks.
 *
 * <p>A node without a {@link PeerPicker} stands alone and owns every key. Safe for use by any
 * thread; several nodes may be in one process and share nothing.
 *
 * @since 0.1.0
 */
public final class CacheNode implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(CacheNode.class.getName());

  private final ConcurrentMap<String, Group> groups = new ConcurrentHashMap<>();
  private final HeapShares shares;
  private final ByteAccount bytesInFlight;
  private final CoarseClock clock;
  private final NodeThreads threads;
  private final NodeResources resources;
  private final Owners owners = new Owners();

  /** The shortest TTL of copies in any group that was ever added. */
  private final AtomicLong shortestHotTtlNanos = new AtomicLong(Long.MAX_VALUE);

  private long lastSweep = -1; // written and read only by ticks

  /** Held while what has ended is removed; the timer alone, and {@link #cleanUp}, ever take it. */
  private final Object sweeping = new Object();

  private CacheNode(Builder builder) {
    this.shares = new HeapShares(builder.heapBytes);
    this.threads = builder.nodeThreads();
    this.clock = builder.clock();
    this.bytesInFlight = ByteAccount.ofHeap(builder.heapBytes, builder.nanoTime());
    this.resources = new NodeResources(clock, threads, bytesInFlight);
  }

  /**
   * {@return a node whose users' futures complete on its own threads: from JDK 24 on, a virtual
   * thread each; before, at most 64 threads} Before JDK 24, use an {@linkplain
   * Builder#callbackExecutor executor of your own} for callbacks that block.
   */
  public static CacheNode create() {
    return builder().build();
  }

  /** {@return a builder with the defaults} */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Adds a group with the default {@link GroupConfig}.
   *
   * @param name unique in this node
   * @param getter loads values from the origin
   * @return the group
   */
  public Group addGroup(String name, Getter getter) {
    return addGroup(name, GroupConfig.builder().build(), getter);
  }

  /**
   * Adds a group.
   *
   * @param name any non-empty, well-formed text; the same at every node of the fleet
   * @param config the group's bounds and policies
   * @param getter loads values from the origin
   * @return the group
   * @throws IllegalArgumentException if there is a group of that name, or the name is empty, or the
   *     heap has no room for the group's budget besides those of the other groups
   * @see GroupConfig.Builder#maxBytes
   */
  public Group addGroup(String name, GroupConfig config, Getter getter) {
    Objects.requireNonNull(getter, "getter");
    return add(name, config, Origin.of(getter));
  }

  /**
   * As {@link #addGroup(String, GroupConfig, Getter)}, for an origin with an asynchronous client.
   *
   * @param name unique in this node
   * @param config the group's bounds and policies
   * @param getter loads values from the origin
   * @return the group
   */
  public Group addAsyncGroup(String name, GroupConfig config, AsyncGetter getter) {
    return add(name, config, Origin.ofAsync(Objects.requireNonNull(getter, "getter")));
  }

  /**
   * Adds a group of a user's own keys and values, with the default {@link GroupConfig}.
   *
   * @param <K> the type of the keys
   * @param <V> the type of the values
   * @param name unique in this node
   * @param keys converts between keys and their texts
   * @param values converts between values and bytes
   * @param getter loads values from the origin
   * @return the group
   */
  public <K, V> TypedGroup<K, V> addGroup(
      String name, KeyCodec<K> keys, ValueCodec<V> values, TypedGetter<K, V> getter) {
    return addGroup(name, GroupConfig.builder().build(), keys, values, getter);
  }

  /**
   * Adds a group of a user's own keys and values.
   *
   * @param <K> the type of the keys
   * @param <V> the type of the values
   * @param name as in {@link #addGroup(String, GroupConfig, Getter)}
   * @param config the group's bounds and policies
   * @param keys converts between keys and their texts; the same at every node of the fleet
   * @param values converts between values and bytes
   * @param getter loads values from the origin; a text that is no key is rejected and never gets to
   *     it
   * @return the group
   * @throws IllegalArgumentException as in {@link #addGroup(String, GroupConfig, Getter)}
   */
  public <K, V> TypedGroup<K, V> addGroup(
      String name,
      GroupConfig config,
      KeyCodec<K> keys,
      ValueCodec<V> values,
      TypedGetter<K, V> getter) {
    Objects.requireNonNull(keys, "keys");
    Objects.requireNonNull(values, "values");
    Objects.requireNonNull(getter, "getter");
    return addGroup(name, config, TypedOrigin.of(name, keys, values, getter)).as(keys, values);
  }

  private Group add(String name, GroupConfig config, Origin origin) {
    Objects.requireNonNull(config, "config");
    if (name.isEmpty() || !UTF_8.newEncoder().canEncode(name)) {
      throw new IllegalArgumentException(
          "name: \"" + name + "\" (expected: a non-empty group name, well-formed UTF-16)");
    }
    if (groups.containsKey(name)) { // before other groups shrink for it
      throw nameIsTaken(name);
    }
    HeapShares.Share share = shares.take(config);
    boolean added = false;
    Group group;
    try {
      group = new Group(name, config, share, origin, resources, owners);
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
    String withoutEffect = config.withoutEffect();
    if (withoutEffect != null) {
      LOG.log(System.Logger.Level.WARNING, "group {0}: {1}", name, withoutEffect);
    }
    if (threads.isClosed()) {
      group.close(); // close may have missed it
    }
    return group;
  }

  private static IllegalArgumentException nameIsTaken(String name) {
    return new IllegalArgumentException(
        "name: \"" + name + "\" (expected: no group of that name yet)");
  }

  /**
   * Changes the bounds and policies of a group while it serves; nothing is forgotten except what a
   * smaller budget evicts before this returns.
   *
   * <p>The new TTLs, jitter, refresh age and negative TTL apply to values that are loaded or put
   * from now on. All other settings apply at once; a load that runs keeps its time-out. The
   * eviction policy of a group cannot change.
   *
   * @param name the name of a group
   * @param config the new bounds and policies, with the policy that the group was added with
   * @throws IllegalArgumentException if there is no group of that name, the policy is another, or
   *     the heap has no room for the budget besides those of the other groups; nothing has changed
   *     then
   * @throws IllegalStateException if the group is removed, or the node closed, meanwhile
   */
  public void reconfigureGroup(String name, GroupConfig config) {
    Group group = existing(name);
    shortestHotTtlNanos.accumulateAndGet(config.hotTtl().toNanos(), Math::min); // before its use
    group.reconfigure(config);
  }

  /**
   * Makes a group load its values from another origin, and forget at this node what it holds. A get
   * that begins after this returns sees no value that this node has loaded from the former origin.
   * Gets that wait for a load from there get its result; the value is not kept.
   *
   * <p>Only this node changes. Until the others have changed too, values of the former origin come
   * from the members that own them, and are kept as copies for the hot TTL.
   *
   * @param name the name of a group
   * @param getter loads values from the new origin
   * @throws IllegalArgumentException if there is no group of that name
   */
  public void changeOrigin(String name, Getter getter) {
    Objects.requireNonNull(getter, "getter");
    existing(name).changeOrigin(Origin.of(getter));
  }

  private Group existing(String name) {
    Group group = groups.get(Objects.requireNonNull(name, "name"));
    if (group == null) {
      throw new IllegalArgumentException(
          "name: \"" + name + "\" (expected: the name of a group of this node)");
    }
    return group;
  }

  /**
   * Removes a group from this node. The group forgets everything and ends every load with a {@link
   * GetFailedException}. From then on it refuses gets with the same exception and changes with an
   * {@link IllegalStateException}. Its name is free at once for another group, with which it shares
   * nothing. Fetches in flight end by themselves, and none of their values is kept.
   *
   * <p>Only this node removes the group. It answers peers that it has no such group, and they ask
   * the next owner; so remove a group at all nodes, and after its last use. Hints for its changes
   * are dropped, and members' copies end with their TTL.
   *
   * @param name the name of a group
   * @return whether there was a group of that name
   */
  public boolean removeGroup(String name) {
    Group removed = groups.remove(Objects.requireNonNull(name, "name"));
    if (removed != null) {
      removed.remove();
    }
    return removed != null;
  }

  /**
   * {@return the group of that name, or null}
   *
   * @param name the name of a group
   */
  public @Nullable Group group(String name) {
    return groups.get(name);
  }

  /** {@return the groups added so far, in no particular order; a live, unmodifiable view} */
  public Collection<Group> groups() {
    return Collections.unmodifiableCollection(groups.values());
  }

  /**
   * {@return what must be the same in the groups of all nodes, of the present groups} O(groups).
   */
  public GroupSemantics semantics() {
    Map<String, GroupConfig> configs = new HashMap<>();
    groups.forEach((name, group) -> configs.put(name, group.config()));
    return GroupSemantics.of(configs);
  }

  /** Returns the resources that the groups share. */
  NodeResources resources() {
    return resources;
  }

  /** {@return the account of the bytes in flight at this node, for its server} */
  public ByteAccount bytesInFlight() {
    return bytesInFlight;
  }

  /**
   * Makes this node a member of a fleet: from now on {@code picker} names the owners of keys. Now
   * and after each change of the picker, entries that this node does not own become guests. The
   * picker may replace one that {@linkplain PeerPicker#isClosed() has ended}.
   *
   * @param picker names the owners of keys
   * @throws IllegalStateException if a picker is registered already and has not ended
   */
  public void registerPeerPicker(PeerPicker picker) {
    Objects.requireNonNull(picker, "picker");
    owners.register(picker);
    picker.onChange(this::rehome);
    rehome();
  }

  /**
   * {@return the URLs of the members that have not received all changes that this node has made or
   * passed on; it sends them again}
   */
  public Set<String> membersWithHints() {
    Set<String> members = new TreeSet<>();
    groups.values().forEach(group -> members.addAll(group.handOff().membersWithHints()));
    return members;
  }

  /**
   * Offers the hottest values that this node holds to the members that own their keys now. For a
   * server that leaves its fleet: call it when {@link Membership#leave} has made others the acting
   * owners, and while peers may still ask this node. Also for a server whose members join or come
   * back.
   *
   * @param members the URLs of the members to which values are offered
   * @param maxBytes how much the offered values of all groups may weigh in heap
   * @param timeout how long new offers are made
   * @param done called once, on any thread, when all offers are answered or given up
   */
  public void offerValues(
      Collection<String> members, long maxBytes, Duration timeout, Runnable done) {
    Set<String> receivers = Set.copyOf(members);
    long endNanos = CoarseClock.end(clock.exact(), timeout.toNanos());
    List<Group> all = List.copyOf(groups.values());
    double held = 0;
    for (Group group : all) {
      held += group.heldBytes();
    }
    Countdown left = new Countdown(all.size(), done);
    for (Group group : all) {
      long share = held == 0 ? 0 : (long) (maxBytes * (group.heldBytes() / held));
      group.offers().start(receivers, share, endNanos, left::countDown);
    }
  }

  /**
   * Hands the changes that members have not received, and those that members which join must
   * receive, to members that stay. For a server that leaves its fleet; call it as late as peers can
   * be asked.
   *
   * @param done called once, on any thread, with the URLs of the members whose changes no member
   *     has accepted
   */
  public void handOverChanges(Consumer<? super Set<String>> done) {
    List<Group> all = List.copyOf(groups.values());
    Set<String> lost = new ConcurrentSkipListSet<>();
    Countdown left = new Countdown(all.size(), () -> done.accept(lost));
    for (Group group : all) {
      group
          .changeHandOver()
          .start(
              urls -> {
                lost.addAll(urls);
                left.countDown();
              });
    }
  }

  /**
   * Forgets everything that the groups hold, ends every load with a {@link GetFailedException},
   * refuses later loads and every change, and stops the node's threads. Nothing is kept from then
   * on, so a closed node answers with no value that has been removed. Closing again does nothing.
   *
   * <p>Close a server of this node first: it answers the requests in flight, and then its peers ask
   * other nodes. If the node is closed first, its peers get failures.
   */
  @Override
  public void close() {
    if (threads.beginClosing()) {
      eachGroup(Group::close);
      threads.close();
    }
  }

  /**
   * Called by a server before it answers requests that it has just read. If this process was
   * stopped and its timer has not run since, advances the time, so that no value that ended
   * meanwhile is answered. Costs one reading of the time.
   */
  public void wakeUp() {
    if (clock.behindNanos(clock.exact()) > CoarseClock.STOPPED_NANOS) {
      moveOn();
    }
  }

  /**
   * Advances the time, removes what has ended, and sends members their hints. Runs on the timer
   * thread, which would never tick again after an exception.
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
   * Removes from memory what ended a quarter of a second ago or earlier, and reports it to
   * listeners, without a wait for the timer. Nothing that has ended is answered anyway; this is for
   * tests that look at statistics or events, see {@link Builder#ticker}.
   */
  public void cleanUp() {
    moveOn();
    sweepNow();
  }

  /**
   * Removes what has ended from the groups: once per tick of their wheels, which is longer than the
   * clock's, so that thousands of idle groups cost almost nothing. May take long, so it runs under
   * no lock that others take: an event loop may need to advance the time.
   */
  private void sweep() {
    long present = clock.now() >> ExpiryWheel.TICK_SHIFT;
    if (present != lastSweep) {
      lastSweep = present;
      sweepNow();
    }
  }

  private void sweepNow() {
    synchronized (sweeping) {
      eachGroup(Group::tick);
    }
  }

  /**
   * Advances the time.
   *
   * <p>A process that was stopped missed changes meanwhile. The values that may be out of date are
   * forgotten before the time advances, so another thread that checks the clock waits here for
   * that. If a group fails to forget them, the time does not advance until it succeeds, at a later
   * tick.
   */
  private synchronized void moveOn() {
    long now = clock.exact(); // read once: a stop after this shows at the next reading
    long behind = clock.behindNanos(now);
    boolean wasStopped = behind > shortestHotTtlNanos.get();
    if (!wasStopped || eachGroup(group -> group.wasStopped(behind)) == null) {
      clock.tick(now);
    }
  }

  /** Calls {@code action} for every group, even if some calls throw; returns the last exception. */
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

  /** {@return the names of the groups, and whether the node is closed} */
  @Override
  public String toString() {
    return "node with the groups "
        + new TreeSet<>(groups.keySet())
        + (threads.isClosed() ? ", closed" : "");
  }

  /** Collects what a {@link CacheNode} runs on; refuses a bad value at once. Not thread-safe. */
  @SuppressWarnings("exports") // CanIgnoreReturnValue is for compilers that know it
  public static final class Builder {
    private static final long LEAST_HEAP_BYTES = 1 << 20;

    private @Nullable Executor callbackExecutor; // threads of the node's own
    private long heapBytes = Runtime.getRuntime().maxMemory();
    private @Nullable LongSupplier nanoTime; // the system's, and a timer moves the time on
    private @Nullable Ticker ticker; // the same, and a timer moves the time on
    private @Nullable ScheduledExecutorService threads; // threads of the node's own

    private Builder() {}

    /**
     * Sets the executor that completes users' futures and calls their listeners. It stays the
     * caller's to shut down, and must not run tasks on the thread that submits them.
     *
     * <p>By default these run on threads of the node's own: a virtual thread each from JDK 24 on,
     * at most 64 threads before, where callbacks that block are better given an executor.
     *
     * @param callbackExecutor completes the futures and calls the listeners
     * @return this builder
     */
    @CanIgnoreReturnValue
    public Builder callbackExecutor(Executor callbackExecutor) {
      this.callbackExecutor = Objects.requireNonNull(callbackExecutor, "callbackExecutor");
      return this;
    }

    /**
     * Sets the heap size that the node assumes; at least 1 MiB, by default all that the JVM's heap
     * may grow to. The groups' budgets and what is in flight are shares of it, so an application
     * that needs much of the heap itself, or has several nodes in it, gives each node its part.
     *
     * @param heapBytes the number of bytes
     * @return this builder
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

    /**
     * Sets the time by which values live, for tests: TTL and jitter, refresh, stale and negative
     * TTL, copies of other nodes' values, the time between tries of a failed load, rates and ages.
     * When the ticker is moved, the next get sees it, without a wait, and what was due between is
     * due then. However far it is moved at once, that is not taken for a stop of the process.
     *
     * <p>How long somebody waits goes by the real time: time-outs of loads, fetches and gets. So
     * does the timer that removes what has ended; {@link CacheNode#cleanUp} does it now.
     *
     * @param ticker the time; in production leave it as it is, which costs a hit no reading of the
     *     system's time
     * @return this builder
     */
    @CanIgnoreReturnValue
    public Builder ticker(Ticker ticker) {
      this.ticker = Objects.requireNonNull(ticker, "ticker");
      return this;
    }

    /** Sets the time source; only {@link CacheNode#tick} then advances the node's time. */
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

    /**
     * Starts the node.
     *
     * @return the node, which runs until it is closed
     */
    public CacheNode build() {
      CacheNode node = new CacheNode(this);
      if (nanoTime == null) {
        node.threads.tickEvery(Duration.ofNanos(CoarseClock.TICK_NANOS), node::tick);
      }
      return node;
    }

    private CoarseClock clock() {
      return ticker == null ? new CoarseClock(nanoTime()) : CoarseClock.by(ticker);
    }

    private LongSupplier nanoTime() {
      return nanoTime == null ? System::nanoTime : nanoTime;
    }

    private NodeThreads nodeThreads() {
      return threads == null
          ? NodeThreads.create(callbackExecutor)
          : new NodeThreads(threads, threads, callbackExecutor);
    }
  }
}
