package io.dawncache.core.lru;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A map bounded by weight that evicts what was used least recently.
 *
 * <p><b>Not thread-safe</b>: even {@link #get} reorders entries. Whoever shares an instance guards
 * every call with one lock, but for {@link #find}, which any thread may call at any time. So
 * readers need not wait for each other: they find without the lock, and what they found is brought
 * to the front later, under it, one by one by {@link #use}, or all at once by {@link
 * #orderByMarks}.
 *
 * <p>The listener is told of <em>every</em> entry purged, once each: evicted for weight, removed,
 * cleared, or dropped because its successor was too heavy. It is not told of a value that was
 * overwritten, since the entry stays, nor of one that was never kept. It runs on the calling thread
 * after all changes of the call are made, so it sees books that add up and may call back into this
 * instance. If it throws, the exception reaches the caller; entries not yet told of are told of by
 * the next call that changes the map.
 *
 * <p>Keys and values are never null. Every operation is O(1) except where it says otherwise.
 *
 * @param <K> the type of keys, with stable {@code equals} and {@code hashCode}
 * @param <V> the type of values
 */
public final class Lru<K, V> {

  /*
   * The hash map finds an entry, the doubly linked list orders them; both hold the same entries
   * whenever the listener runs. The list also keeps the weight: link adds an entry's bytes, unlink
   * takes the same number off again. An entry changes its weight only while it is unlinked, so
   * overwriting cannot make the count drift (golang/groupcache#138).
   *
   * Purged entries wait in a queue of their own, chained by the links they no longer need, until
   * the change that purged them is complete. A listener that re-enters and purges more appends to
   * the same queue: everybody is told once, in order.
   *
   * What find has found may leave before it is used. Such an entry is in no list, and must not come
   * back into one; its weight, which nobody asks for any more, says so.
   */
  private static final long LEFT = -1;

  private final Weigher<? super K, ? super V> weigher;
  private final BiConsumer<? super K, ? super V> onEvicted;
  private final Map<K, Entry<K, V>> entries = new ConcurrentHashMap<>();

  private @Nullable Entry<K, V> mostRecent;
  private @Nullable Entry<K, V> leastRecent;
  private long maxBytes;
  private long bytes;
  private long evictions;

  private @Nullable Entry<K, V> firstPurged;
  private @Nullable Entry<K, V> lastPurged;

  /**
   * Makes an empty map that tells nobody what it purges.
   *
   * @see #Lru(long, Weigher, BiConsumer)
   */
  public Lru(long maxBytes, Weigher<? super K, ? super V> weigher) {
    this(maxBytes, weigher, (key, value) -> {});
  }

  /**
   * Makes an empty map.
   *
   * @param maxBytes the most that all entries may weigh together, 0 for no bound (short of {@link
   *     Long#MAX_VALUE}, which counts as one)
   * @param weigher says what an entry weighs, asked once for each {@link #put}
   * @param onEvicted is told of every entry purged; see the class comment
   * @throws IllegalArgumentException if {@code maxBytes} is negative
   */
  public Lru(
      long maxBytes,
      Weigher<? super K, ? super V> weigher,
      BiConsumer<? super K, ? super V> onEvicted) {
    this.maxBytes = boundOf(maxBytes);
    this.weigher = requireNonNull(weigher, "weigher");
    this.onEvicted = requireNonNull(onEvicted, "onEvicted");
  }

  private static long boundOf(long maxBytes) {
    if (maxBytes < 0) {
      throw new IllegalArgumentException("maxBytes: " + maxBytes + " (expected: >= 0)");
    }
    return maxBytes == 0 ? Long.MAX_VALUE : maxBytes;
  }

  /** Returns the value under {@code key}, now the most recently used, or null if there is none. */
  public @Nullable V get(K key) {
    Entry<K, V> entry = entries.get(key);
    if (entry == null) {
      return null;
    }
    use(entry);
    return entry.value;
  }

  /**
   * Returns the entry under {@code key}, or null if there is none, and leaves the order alone. Safe
   * from any thread.
   */
  public @Nullable Entry<K, V> find(K key) {
    return entries.get(key);
  }

  /** Makes an entry of this map the most recently used, unless it has left. */
  public void use(Entry<K, V> entry) {
    if (entry != mostRecent && entry.weight != LEFT) {
      unlink(entry);
      link(entry);
    }
  }

  /** Returns the value under {@code key}, or null if there is none, and leaves the order alone. */
  public @Nullable V peek(K key) {
    Entry<K, V> entry = entries.get(key);
    return entry == null ? null : entry.value;
  }

  /**
   * Brings all entries into the order of their {@linkplain Entry#mark marks}, the highest in front;
   * those with equal marks stay as they stand to each other. O(size * log size).
   */
  public void orderByMarks() {
    long[] order = new long[entries.size()]; // the mark, and below it where the entry stands now
    List<Entry<K, V>> standing = new ArrayList<>(order.length);
    for (Entry<K, V> entry = leastRecent; entry != null; entry = entry.newer) {
      order[standing.size()] = (long) entry.mark << Integer.SIZE | standing.size();
      standing.add(entry);
    }
    Arrays.sort(order);
    for (long place : order) {
      use(standing.get((int) place));
    }
  }

  /**
   * Puts {@code value} under {@code key} as the most recently used entry and evicts from the other
   * end until all weigh at most {@code maxBytes} again.
   *
   * <p>An entry heavier than the whole budget is not kept and evicts no other; but an older value
   * under the same key goes, for it is out of date. The answer is whether the entry was kept, which
   * the caller cannot know otherwise; a caller who needs the previous value {@linkplain #peek
   * peeks} first.
   *
   * <p>O(1) and the number of entries evicted.
   *
   * @return true if the entry was kept, false if it is heavier than the whole budget
   * @throws IllegalArgumentException if the weigher answers a negative weight; nothing is changed
   */
  public boolean put(K key, V value) {
    requireNonNull(key, "key");
    requireNonNull(value, "value");
    long weight = weigher.weigh(key, value);
    if (weight < 0) {
      throw new IllegalArgumentException("weight: " + weight + " (expected: >= 0)");
    }
    if (weight > maxBytes) {
      remove(key);
      return false;
    }
    Entry<K, V> entry = entries.get(key);
    if (entry != null) {
      unlink(entry);
      entry.value = value;
      entry.weight = weight;
    }
    // Room first, then the entry: neither side can overflow, as bytes + weight could.
    evictDownTo(maxBytes - weight);
    if (entry == null) {
      entry = new Entry<>(key, value, weight);
      entries.put(key, entry);
    }
    link(entry);
    tellPurged();
    return true;
  }

  /**
   * Changes what all entries may weigh together and evicts, from the least recently used, until
   * they do. O(1) and the number of entries evicted.
   *
   * @param maxBytes as for {@link #Lru(long, Weigher, BiConsumer)}
   * @throws IllegalArgumentException if {@code maxBytes} is negative
   */
  public void resize(long maxBytes) {
    this.maxBytes = boundOf(maxBytes);
    evictDownTo(this.maxBytes);
    tellPurged();
  }

  /** Evicts until the rest weighs at most {@code mostBytes}; that of nothing is never too much. */
  private void evictDownTo(long mostBytes) {
    while (bytes > mostBytes) {
      purge(requireNonNull(leastRecent));
      evictions++;
    }
  }

  /** Removes the entry under {@code key}; returns its value, or null if there was none. */
  public @Nullable V remove(K key) {
    Entry<K, V> entry = entries.get(key);
    if (entry == null) {
      return null;
    }
    purge(entry);
    tellPurged();
    return entry.value;
  }

  /**
   * Removes every entry whose key {@code unwanted} accepts, from least to most recent. O(size).
   *
   * @param unwanted must not touch this instance; if it throws, entries accepted so far are gone
   * @return how many entries were removed
   */
  public int removeIf(Predicate<? super K> unwanted) {
    int before = entries.size();
    int after;
    try {
      Entry<K, V> entry = leastRecent;
      while (entry != null) {
        Entry<K, V> newer = entry.newer; // purging would cut the link
        if (unwanted.test(entry.key)) {
          purge(entry);
        }
        entry = newer;
      }
    } finally {
      after = entries.size();
      tellPurged();
    }
    return before - after;
  }

  /** Removes all entries, from least to most recent. O(size). */
  public void clear() {
    while (leastRecent != null) {
      purge(leastRecent);
    }
    tellPurged();
  }

  /** Shows all entries, from most to least recent; {@code action} must not change this instance. */
  public void forEach(BiConsumer<? super K, ? super V> action) {
    for (Entry<K, V> entry = mostRecent; entry != null; entry = entry.older) {
      action.accept(entry.key, entry.value);
    }
  }

  /** Returns what all entries weigh together, in bytes. */
  public long bytes() {
    return bytes;
  }

  /** Returns the number of entries. */
  public int size() {
    return entries.size();
  }

  /** Returns how many entries were ever evicted for weight; removing and clearing do not count. */
  public long evictions() {
    return evictions;
  }

  @Override
  public String toString() {
    return "Lru[" + size() + " entries, " + bytes + " of " + maxBytes + " bytes]";
  }

  /** Takes an entry out and queues it for {@link #tellPurged}, which must follow. */
  private void purge(Entry<K, V> entry) {
    entries.remove(entry.key);
    unlink(entry);
    entry.weight = LEFT;
    if (lastPurged == null) {
      firstPurged = entry;
    } else {
      lastPurged.newer = entry;
    }
    lastPurged = entry;
  }

  private void tellPurged() {
    while (firstPurged != null) {
      Entry<K, V> entry = firstPurged;
      firstPurged = entry.newer;
      if (firstPurged == null) {
        lastPurged = null;
      }
      onEvicted.accept(entry.key, entry.value);
    }
  }

  /** Makes {@code entry} the most recent and counts its weight. */
  private void link(Entry<K, V> entry) {
    entry.older = mostRecent;
    if (mostRecent == null) {
      leastRecent = entry;
    } else {
      mostRecent.newer = entry;
    }
    mostRecent = entry;
    bytes += entry.weight;
  }

  /** Takes {@code entry} out of the order and its weight out of the count. */
  private void unlink(Entry<K, V> entry) {
    Entry<K, V> newer = entry.newer;
    Entry<K, V> older = entry.older;
    if (newer == null) {
      mostRecent = older;
    } else {
      newer.older = older;
    }
    if (older == null) {
      leastRecent = newer;
    } else {
      older.newer = newer;
    }
    entry.newer = null;
    entry.older = null;
    bytes -= entry.weight;
  }

  /**
   * One key's place in the order.
   *
   * @param <K> the type of the key
   * @param <V> the type of the value
   */
  public static final class Entry<K, V> {
    private final K key;
    private volatile V value; // found by threads without the lock
    private int mark; // written by them

    // Linked in the list or chained in the queue, never both.
    private @Nullable Entry<K, V> newer;
    private @Nullable Entry<K, V> older;
    private long weight;

    private Entry(K key, V value, long weight) {
      this.key = key;
      this.value = value;
      this.weight = weight;
    }

    /** Returns the value; that of an entry that has left is its last. Safe from any thread. */
    public V value() {
      return value;
    }

    /**
     * Notes, in place of a use, when it was; {@link Lru#orderByMarks} goes by it. Safe from any
     * thread.
     */
    public void mark(int when) {
      mark = when;
    }
  }
}
