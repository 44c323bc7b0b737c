package io.dawncache.core.lru;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A map bounded by weight that evicts the least recently used entries. Safe from any thread; {@link
 * #get} and {@link #peek} take no lock and allocate nothing.
 *
 * <p>The order is that of gets and puts. A call evicts the least recently used entries by all gets
 * and puts that returned before it began; so for a single thread the order is exact, call by call.
 * Concurrent gets of several threads count in any order between these threads.
 *
 * <p>Keys and values are never null. Every operation is O(1) unless its description differs; a
 * change, and occasionally a get, also applies a bounded number of earlier gets to the order. The
 * first put or resize that uses more than half of the bound sorts all entries, once.
 *
 * @param <K> the type of keys, with stable {@code equals} and {@code hashCode}
 * @param <V> the type of values
 * @since 0.1.0
 */
public final class ConcurrentLru<K, V> {
  /*
   * A get finds its entry in a concurrent map. While at most half of the bound is used, a get only
   * marks the entry with the number of its use: see Lru. Later it adds the entry to the read buffer
   * instead. The entry moves to the front of the order when the buffer is drained, under the lock:
   * by a reader that fills a part of it, and by every change before it decides anything. So a
   * change evicts the least recently used entries by all gets that returned before it.
   *
   * An entry may leave between its use and the drain:
   *   1. a reader finds the entry;
   *   2. another thread removes it;
   *   3. the reader adds it to the read buffer, and a later drain takes it from there.
   * The use in 3 has no effect, see Lru.use. Until then the buffer keeps the entry reachable, but
   * not many entries: because 2 drains the buffer before it removes, an entry that has left is
   * there at most once for each thread that was between 1 and 3 at that moment.
   */
  private final Weigher<? super K, ? super V> weigher;
  private final BiConsumer<? super K, ? super V> onEvicted;
  private final ReentrantLock lock = new ReentrantLock();

  /** Guarded by the lock, except what it allows any thread to call. */
  private final Lru<K, V> lru;

  private final ReadBuffer<Lru.Entry<K, V>> reads;

  /**
   * Makes an empty map.
   *
   * @param maxBytes the most that all entries may weigh together; 0 for no bound (other than {@link
   *     Long#MAX_VALUE})
   * @param weigher returns the weight of an entry; called once for each {@link #put}
   * @param onEvicted called once for each evicted entry, after it has left, on the thread whose put
   *     or resize evicts it and before that call returns. No lock is held, so it may call back into
   *     this map. Not called for entries that are removed, overwritten or not kept. If it throws,
   *     the caller gets the exception, and it is not called for the other entries that the same
   *     call evicted.
   * @throws IllegalArgumentException if {@code maxBytes} is negative
   */
  public ConcurrentLru(
      long maxBytes,
      Weigher<? super K, ? super V> weigher,
      BiConsumer<? super K, ? super V> onEvicted) {
    this(maxBytes, weigher, onEvicted, new AccessClock());
  }

  ConcurrentLru(
      long maxBytes,
      Weigher<? super K, ? super V> weigher,
      BiConsumer<? super K, ? super V> onEvicted,
      AccessClock clock) {
    this.weigher = requireNonNull(weigher, "weigher");
    this.onEvicted = requireNonNull(onEvicted, "onEvicted");
    this.lru = new Lru<>(maxBytes, clock);
    this.reads = new ReadBuffer<>(lock, lru::use);
  }

  /**
   * {@return the value under {@code key}, now the most recently used, or null if there is none}
   *
   * @param key a key, not null
   */
  public @Nullable V get(K key) {
    Lru.Entry<K, V> found = lru.find(key);
    if (found == null) {
      return null;
    }
    if (!lru.mark(found)) {
      reads.add(found);
    }
    return found.value;
  }

  /**
   * {@return the value under {@code key}, or null if there is none, and leaves the order as it is}
   *
   * @param key a key, not null
   */
  public @Nullable V peek(K key) {
    Lru.Entry<K, V> found = lru.find(key);
    return found == null ? null : found.value;
  }

  /**
   * Puts {@code value} under {@code key} as the most recently used entry, and evicts the least
   * recently used until all entries weigh at most {@code maxBytes} again. Room is made before the
   * entry becomes visible: the bound holds at every moment.
   *
   * <p>An entry heavier than the whole bound is not kept and evicts nothing; an older value under
   * the same key is removed, because it is out of date.
   *
   * <p>O(1) and the number of entries evicted.
   *
   * @param key a key, not null
   * @param value a value, not null
   * @return whether the entry was kept
   * @throws IllegalArgumentException if the weigher returns a negative weight; nothing is changed
   */
  public boolean put(K key, V value) {
    requireNonNull(key, "key");
    requireNonNull(value, "value");
    long weight = weigher.weigh(key, value);
    boolean kept;
    Lru.Entry<K, V> evicted;
    lockInOrder();
    try {
      kept = lru.put(key, value, weight);
      evicted = lru.takeEvicted();
    } finally {
      lock.unlock();
    }
    reportEvicted(evicted);
    return kept;
  }

  /**
   * Removes the entry under {@code key}; returns its value, or null if there was none.
   *
   * @param key a key, not null
   * @return the value that was there, or null
   */
  public @Nullable V remove(K key) {
    lockInOrder();
    try {
      return lru.remove(key);
    } finally {
      lock.unlock();
    }
  }

  /**
   * Removes the entry under {@code key} if it holds exactly {@code value}; an equal object does not
   * count.
   *
   * @param key a key, not null
   * @param value the object that is to go
   * @return whether the entry was removed
   */
  public boolean remove(K key, V value) {
    lockInOrder();
    try {
      return peek(key) == value && lru.remove(key) != null;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Changes the bound, and evicts the least recently used entries until it holds. O(1) and the
   * number of entries evicted.
   *
   * @param maxBytes the most that all entries may weigh together; 0 for no bound
   * @throws IllegalArgumentException if {@code maxBytes} is negative; nothing is changed
   */
  public void resize(long maxBytes) {
    Lru.Entry<K, V> evicted;
    lockInOrder();
    try {
      lru.resize(maxBytes);
      evicted = lru.takeEvicted();
    } finally {
      lock.unlock();
    }
    reportEvicted(evicted);
  }

  /**
   * Passes all entries to {@code action}, in no order and under no lock; {@code action} may change
   * this map. Weakly consistent: an entry that is there all the time is passed once, others
   * perhaps. O(size).
   *
   * @param action called with each key and value
   */
  public void forEach(BiConsumer<? super K, ? super V> action) {
    lru.forEach(action);
  }

  /**
   * {@return the most recently used values, the latest first, that weigh at most {@code maxBytes}
   * together} O(size) at the first call, then O(values returned), under the lock.
   *
   * @param maxBytes the most that they may weigh
   */
  public List<V> mostRecent(long maxBytes) {
    lockInOrder();
    try {
      return lru.mostRecent(maxBytes);
    } finally {
      lock.unlock();
    }
  }

  /** {@return what the map holds at one moment, and how many entries it has evicted} */
  public Stats stats() {
    lock.lock();
    try {
      return new Stats(lru.bytes(), lru.size(), lru.evictions());
    } finally {
      lock.unlock();
    }
  }

  /** Takes the lock and applies all reads added so far to the order. */
  private void lockInOrder() {
    lock.lock();
    reads.drain();
  }

  private void reportEvicted(Lru.@Nullable Entry<K, V> first) {
    Lru.Entry<K, V> entry = first;
    while (entry != null) {
      Lru.Entry<K, V> next = entry.newer;
      entry.newer = null; // the read buffer may hold this entry, and must not hold the next as well
      onEvicted.accept(entry.key, entry.value);
      entry = next;
    }
  }

  /**
   * A map's size and evictions.
   *
   * @param bytes the weight of all entries together
   * @param size the number of entries
   * @param evictions the number of entries ever evicted; removed and overwritten ones do not count
   */
  public record Stats(long bytes, int size, long evictions) {}
}
