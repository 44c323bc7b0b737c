package io.dawncache.core;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Short-lived copies of values that other nodes own, so that the owner of a popular key does not
 * have to answer every get of the fleet.
 *
 * <p>Holds a copy until it is removed or outranked. The group decides when a copy expires and which
 * keys other nodes own. Safe for use by any thread; {@link #get} and {@link #peek} take no lock.
 */
final class HotCopies {
  /*
   * A place here is worth the fetches that it saves. So it goes to the copy with the most gets per
   * minute and byte, as its owner measures them over the whole fleet; if the owner is in another
   * zone, Keeper multiplies the rate. A new copy gets in if its rate is higher than that of every
   * copy that must leave for it. So one comparison refuses most values that are fetched once, and
   * no copy leaves for a key that does not get in. groupcache's dice let in one fetched value in
   * ten, whatever its rate, and the least recently used copy leaves.
   *
   * If the owner counted only fetches, a key would seem cold as soon as every node holds a copy. So
   * copies count the gets that they answer, and the next fetch reports them. That fetch usually
   * comes after the copy has expired, and its count must outlive it: see UnreportedGets.
   *
   * All changes are made under one lock, which a fetch takes twice and a hit never. Readers use
   * only the concurrent map:
   *   1. A finds a copy;
   *   2. B evicts it and takes its count;
   *   3. A counts its get, and no thread takes this count any more.
   * A rate may lack such gets, and gets that two threads count at the same instant; it is only a
   * measurement. The bound is exact: a copy leaves the map before the next one is put.
   */
  private static final HeapLayout HEAP = HeapLayout.RUNNING;

  /**
   * What a copy takes besides its entry: its {@link Copy}, the tree's node, the map's node, and two
   * slots of the map's table, which is between three and six eighths full.
   */
  static final long PLACE_BYTES =
      HEAP.objectBytes(1, 2, 0)
          + HEAP.objectBytes(5, 0, 1)
          + HEAP.objectBytes(3, 0, 4)
          + 2L * HEAP.referenceBytes();

  private final Consumer<? super Entry> onEvicted;
  private final Map<String, Copy> copies = new ConcurrentHashMap<>();
  private final ReentrantLock lock = new ReentrantLock();

  /** The same copies, in the order in which they leave. */
  @GuardedBy("lock")
  private final TreeSet<Copy> worstFirst =
      new TreeSet<>(
          Comparator.comparingDouble((Copy copy) -> copy.rank)
              .thenComparing(copy -> copy.entry.key()));

  @GuardedBy("lock")
  private final UnreportedGets unreported = new UnreportedGets();

  @GuardedBy("lock")
  private long maxBytes;

  @GuardedBy("lock")
  private long bytes;

  @GuardedBy("lock")
  private long evictions;

  /**
   * Makes an empty instance.
   *
   * @param maxBytes the bound, exact at every moment; 0 keeps nothing, Long.MAX_VALUE has no bound
   * @param onEvicted called for each copy that leaves to make room, on the thread that needs it,
   *     after the change and under no lock
   */
  HotCopies(long maxBytes, Consumer<? super Entry> onEvicted) {
    this.maxBytes = maxBytes;
    this.onEvicted = onEvicted;
    this.unreported.makeRoomFor(maxBytes);
  }

  /** Returns the copy under {@code key} and counts the get, or null; the copy may have expired. */
  @Nullable Entry get(String key) {
    Copy copy = copies.get(key);
    if (copy == null) {
      return null;
    }
    copy.entry.countGet();
    return copy.entry;
  }

  /** As {@link #get}, but counts nothing. */
  @Nullable Entry peek(String key) {
    Copy copy = copies.get(key);
    return copy == null ? null : copy.entry;
  }

  /**
   * Keeps the copy if it is worth a place; an older copy of the key is dropped in either case.
   *
   * @param minuteQps how many gets per minute its owner measures; 0 if the owner sends no rate
   * @return whether it was kept
   */
  boolean offer(Entry.Copy entry, double minuteQps) {
    long weightBytes = weigh(entry);
    Copy copy = new Copy(entry, weightBytes, rank(minuteQps, weightBytes));
    List<Entry> evicted = new ArrayList<>();
    lock.lock();
    try {
      drop(copies.get(entry.key()));
      if (!earnsPlace(copy)) {
        return false;
      }
      makeRoom(copy.weightBytes, evicted);
      copies.put(entry.key(), copy);
      worstFirst.add(copy);
      bytes += copy.weightBytes;
    } finally {
      lock.unlock();
    }
    evicted.forEach(onEvicted);
    return true;
  }

  /** A negative, infinite or NaN rate counts as 0: a peer may send anything. */
  private static double rank(double minuteQps, long weightBytes) {
    return minuteQps > 0 && minuteQps < Double.POSITIVE_INFINITY ? minuteQps / weightBytes : 0;
  }

  @GuardedBy("lock")
  private boolean earnsPlace(Copy copy) {
    if (copy.weightBytes > maxBytes) {
      return false;
    }
    long room = maxBytes - bytes;
    if (room >= copy.weightBytes) {
      return true;
    }
    for (Copy other : worstFirst) {
      if (other.rank >= copy.rank) {
        return false;
      }
      room += other.weightBytes;
      if (room >= copy.weightBytes) {
        return true;
      }
    }
    throw new AssertionError("all copies together leave too little room: " + room);
  }

  /** Evicts until {@code roomBytes} are free; {@code roomBytes} is at most the bound. */
  @GuardedBy("lock")
  private void makeRoom(long roomBytes, List<Entry> evicted) {
    while (bytes > maxBytes - roomBytes) {
      Copy worst = worstFirst.first();
      drop(worst);
      evictions++;
      evicted.add(worst.entry);
    }
  }

  @GuardedBy("lock")
  private void drop(@Nullable Copy copy) {
    if (copy != null) {
      copies.remove(copy.entry.key());
      worstFirst.remove(copy);
      bytes -= copy.weightBytes;
      unreported.add(copy.entry.key(), copy.entry.takeGets());
    }
  }

  /** Removes and returns the copy under {@code key}, or null. */
  @Nullable Entry remove(String key) {
    lock.lock();
    try {
      Copy copy = copies.get(key);
      drop(copy);
      return copy == null ? null : copy.entry;
    } finally {
      lock.unlock();
    }
  }

  /** Removes exactly this copy; returns whether it was there. */
  boolean remove(Entry entry) {
    lock.lock();
    try {
      Copy copy = copies.get(entry.key());
      if (copy == null || copy.entry != entry) {
        return false;
      }
      drop(copy);
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** Removes copies; {@code unwanted} runs under no lock. */
  void removeIf(Predicate<? super Entry> unwanted) {
    forEach(
        entry -> {
          if (unwanted.test(entry)) {
            remove(entry);
          }
        });
  }

  /** Passes all copies to {@code action}, which runs under no lock. Weakly consistent. */
  void forEach(Consumer<? super Entry> action) {
    copies.values().forEach(copy -> action.accept(copy.entry));
  }

  /**
   * Returns how many gets the copies of {@code key} have answered since the last call, including
   * copies that have left. Some gets may be lost; none is returned twice.
   */
  long takeGets(String key) {
    lock.lock();
    try {
      Copy copy = copies.get(key);
      return unreported.take(key) + (copy == null ? 0 : copy.entry.takeGets());
    } finally {
      lock.unlock();
    }
  }

  /** Changes the bound; the lowest-ranked copies leave before this returns. */
  void resize(long maxBytes) {
    List<Entry> evicted = new ArrayList<>();
    lock.lock();
    try {
      this.maxBytes = maxBytes;
      unreported.makeRoomFor(maxBytes);
      makeRoom(0, evicted);
    } finally {
      lock.unlock();
    }
    evicted.forEach(onEvicted);
  }

  /** Returns the copy's cost in bytes of heap, including its place here. */
  long weigh(Entry entry) {
    return Weight.of(entry) + PLACE_BYTES;
  }

  /** Returns what is held; evictions are the copies that left to make room. */
  CacheStats stats() {
    lock.lock();
    try {
      return new CacheStats(bytes, copies.size(), evictions);
    } finally {
      lock.unlock();
    }
  }

  /** A copy and its place in the order. */
  private static final class Copy {
    final Entry.Copy entry;
    final long weightBytes;

    final double rank; // its place: gets a minute and byte

    Copy(Entry.Copy entry, long weightBytes, double rank) {
      this.entry = entry;
      this.weightBytes = weightBytes;
      this.rank = rank;
    }
  }
}
