package io.dawncache.core.lru;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The entries of a {@link ConcurrentLru}: their order of use, and their total weight.
 *
 * <p><b>Not thread-safe</b>: the caller guards every call with one lock, except {@link #find},
 * {@link #mark} and {@link #forEach}, which any thread may call at any time. So a reader finds an
 * entry without the lock and marks it; once the order is kept, {@link #use} moves the entry to the
 * front later, under the lock.
 *
 * <p>Every operation is O(1) unless its description differs.
 *
 * @param <K> the type of keys, with stable {@code equals} and {@code hashCode}
 * @param <V> the type of values
 */
final class Lru<K, V> {
  /*
   * The hash map finds an entry, the doubly linked list orders the entries; between calls both hold
   * the same entries. The list also keeps the weight: link adds an entry's bytes, unlink subtracts
   * the same number. An entry changes its weight only while it is unlinked, so overwriting cannot
   * make the sum drift (golang/groupcache#138).
   *
   * Evicted entries form a queue until the caller takes them; it reports them after it has released
   * the lock. They are linked by the references that the list no longer needs, so evicting
   * allocates nothing. If a put runs out of memory after it has evicted, the next call that takes
   * the queue gets these entries too.
   *
   * An entry may leave between find and use. It is then in no list and must not return to one; the
   * weight LEFT marks it.
   *
   * Moving entries is the most expensive part of a read, and while much of the bound is free no
   * caller needs the order. So until more than half of the bound is used, the list is in the order
   * of puts, and each use and each put only marks its entry with a number. Then the entries are
   * sorted by their marks, once, and after that every use moves its entry. Decision 0006 measures
   * what this saves.
   *
   * The sort can race with a use:
   *   1. a reader sees that uses are marked;
   *   2. a put passes the half, and the entries are sorted;
   *   3. the reader marks its entry.
   * This use has no effect. Its get and the put overlap, so it counts as the earlier of the two.
   *
   * A mark takes four bytes of an entry, which alignment usually leaves free. If the numbers run
   * out before the half is passed, after about two billion uses, the order is kept from then on.
   */
  private static final long LEFT = -1;

  private final Map<K, Entry<K, V>> entries = new ConcurrentHashMap<>();
  private final AccessClock clock;

  /** Whether uses move entries instead of marking them. Never false again; set under the lock. */
  private volatile boolean ordered;

  @Nullable Entry<K, V> mostRecent; // tests read the order from here
  private @Nullable Entry<K, V> leastRecent;
  private long maxBytes;
  private long bytes;
  private long evictions;

  private @Nullable Entry<K, V> firstEvicted;
  private @Nullable Entry<K, V> lastEvicted;

  /**
   * Makes an empty map.
   *
   * @param maxBytes the most that all entries may weigh together; 0 for no bound (other than {@link
   *     Long#MAX_VALUE})
   * @param clock numbers the uses and puts
   * @throws IllegalArgumentException if {@code maxBytes} is negative
   */
  Lru(long maxBytes, AccessClock clock) {
    this.maxBytes = boundOf(maxBytes);
    this.clock = clock;
  }

  private static long boundOf(long maxBytes) {
    if (maxBytes < 0) {
      throw new IllegalArgumentException("maxBytes: " + maxBytes + " (expected: >= 0)");
    }
    return maxBytes == 0 ? Long.MAX_VALUE : maxBytes;
  }

  /**
   * Returns the entry under {@code key}, or null; the order stays the same. Safe from any thread.
   */
  @Nullable Entry<K, V> find(K key) {
    return entries.get(key);
  }

  /**
   * Marks an entry as used now, if uses are marked. Safe from any thread.
   *
   * @return false if they are not; then {@link #use} must be called under the lock
   */
  boolean mark(Entry<K, V> entry) {
    if (ordered) {
      return false;
    }
    long number = clock.next();
    if (number > Integer.MAX_VALUE) {
      return false;
    }
    entry.mark = (int) number;
    return true;
  }

  /** Makes an entry the most recently used, unless it has left. The order is kept from now on. */
  void use(Entry<K, V> entry) {
    if (!ordered) {
      order();
    }
    if (entry != mostRecent && entry.weight != LEFT) {
      unlink(entry);
      link(entry);
    }
  }

  /**
   * Puts {@code value} under {@code key} as the most recently used entry, and evicts from the other
   * end until all entries weigh at most {@code maxBytes} again. O(1) and the number of entries
   * evicted.
   *
   * <p>An entry heavier than the whole bound is not kept and evicts nothing; an older value under
   * the same key is removed, because it is out of date.
   *
   * @param weight in bytes
   * @return whether the entry was kept
   * @throws IllegalArgumentException if {@code weight} is negative; nothing is changed
   */
  boolean put(K key, V value, long weight) {
    if (weight < 0) {
      throw new IllegalArgumentException("weight: " + weight + " (expected: >= 0)");
    }
    if (weight > maxBytes) {
      remove(key);
      return false;
    }
    orderIfHalfFull(weight);
    Entry<K, V> entry = entries.get(key);
    if (entry != null) {
      unlink(entry);
    }
    // Room first, then the entry: the bound always holds, and bytes + weight cannot overflow.
    evictDownTo(maxBytes - weight);
    if (entry == null) {
      entry = new Entry<>(key, value, weight);
      entries.put(key, entry);
    } else {
      entry.value = value;
      entry.weight = weight;
    }
    link(entry);
    if (!ordered) {
      entry.mark = (int) Math.min(Integer.MAX_VALUE, clock.nextForAll());
    }
    return true;
  }

  /** Removes the entry under {@code key}; returns its value, or null if there was none. */
  @Nullable V remove(K key) {
    Entry<K, V> entry = entries.get(key);
    if (entry == null) {
      return null;
    }
    takeOut(entry);
    return entry.value;
  }

  /**
   * Changes the bound, and evicts the least recently used entries until it holds. O(1) and the
   * number of entries evicted.
   *
   * @param maxBytes as for {@link #Lru}
   * @throws IllegalArgumentException if {@code maxBytes} is negative; nothing is changed
   */
  void resize(long maxBytes) {
    this.maxBytes = boundOf(maxBytes);
    orderIfHalfFull(0);
    evictDownTo(this.maxBytes);
  }

  /**
   * Returns the first of the entries that were evicted since the last call, or null; each refers to
   * the next by {@link Entry#newer}. They belong to the caller, which needs no lock to walk them.
   */
  @Nullable Entry<K, V> takeEvicted() {
    Entry<K, V> first = firstEvicted;
    firstEvicted = null;
    lastEvicted = null;
    return first;
  }

  /** Passes all entries to {@code action}, in no order; weakly consistent. Safe from any thread. */
  void forEach(BiConsumer<? super K, ? super V> action) {
    entries.values().forEach(entry -> action.accept(entry.key, entry.value));
  }

  /** Returns the values used last, the latest first, that weigh at most {@code most} together. */
  List<V> mostRecent(long most) {
    if (!ordered) {
      order();
    }
    List<V> values = new ArrayList<>();
    long left = most;
    for (Entry<K, V> entry = mostRecent; entry != null && entry.weight <= left; ) {
      values.add(entry.value);
      left -= entry.weight;
      entry = entry.older;
    }
    return values;
  }

  /** Returns the total weight of all entries, in bytes. */
  long bytes() {
    return bytes;
  }

  /** Returns the number of entries. */
  int size() {
    return entries.size();
  }

  /** Returns how many entries were ever evicted. */
  long evictions() {
    return evictions;
  }

  private void orderIfHalfFull(long comingBytes) {
    if (!ordered && bytes > maxBytes / 2 - comingBytes) {
      order();
    }
  }

  /** Sorts the entries by their marks; equal marks stay in order of puts. O(size * log size). */
  private void order() {
    long[] places = new long[entries.size()]; // the mark, and below it the place in the list
    List<Entry<K, V>> listed = new ArrayList<>(places.length);
    ordered = true; // before marks are read: a use that sees it moves its entry after the sort
    for (Entry<K, V> entry = leastRecent; entry != null; entry = entry.newer) {
      places[listed.size()] = (long) entry.mark << Integer.SIZE | listed.size();
      listed.add(entry);
    }
    Arrays.sort(places);
    for (long place : places) {
      use(listed.get((int) place));
    }
  }

  private void evictDownTo(long mostBytes) {
    while (bytes > mostBytes) { // more than 0, so there is an entry
      Entry<K, V> evicted = requireNonNull(leastRecent);
      takeOut(evicted);
      evictions++;
      if (lastEvicted == null) {
        firstEvicted = evicted;
      } else {
        lastEvicted.newer = evicted;
      }
      lastEvicted = evicted;
    }
  }

  private void takeOut(Entry<K, V> entry) {
    entries.remove(entry.key);
    unlink(entry);
    entry.weight = LEFT;
  }

  /** Makes {@code entry} the most recent and adds its weight. */
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

  /** Removes {@code entry} from the order and subtracts its weight. */
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
  static final class Entry<K, V> {
    final K key;

    /** Read by threads without the lock. An entry that has left keeps its last value. */
    volatile V value;

    /** The neighbours in the list; of an evicted entry, {@code newer} is the next in the queue. */
    @Nullable Entry<K, V> newer;

    @Nullable Entry<K, V> older;

    private long weight;

    /** The number of the last use or put; written by threads without the lock. */
    private int mark;

    private Entry(K key, V value, long weight) {
      this.key = key;
      this.value = value;
      this.weight = weight;
    }
  }
}
