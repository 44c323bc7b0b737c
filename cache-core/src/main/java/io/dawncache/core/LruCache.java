package io.dawncache.core;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.dawncache.core.lru.Lru;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Strict least-recently-used order: an {@link Lru} whose readers take no lock; one thread alone
 * sees the exact order, get by get.
 */
final class LruCache implements LocalCache {
  /*
   * A hit finds its entry in a concurrent map and notes the use; the order is made good later, under
   * the lock: by a reader whose buffer fills, and by every change before it decides anything. So what
   * a change evicts is what was used least recently by all gets that returned before it. Only between
   * threads that read at the same time has the order some play: up to a buffer's length.
   *
   * To bring entries to the front costs more than to find them, and while much of the budget is free
   * nobody asks for the order. Until half of it is used a hit only marks its entry with the number of
   * the use; then the entries are sorted by it, once, and from there on the order is kept.
   *
   * An entry may leave between its use and its turn; then the use is void, see Lru.use. It is held by
   * the buffer until then, and that is bounded: a change empties the buffers before it lets an entry
   * go, so an entry that has left is in there at most once for each thread that was reading it at
   * that very moment, until the next change.
   *
   * The sorting against a hit: a reader finds no order kept, the entries are sorted, the reader marks
   * its entry. That use is lost; its get and the put that sorted were under way at the same time, and
   * it counts as the earlier one.
   */
  private static final HeapLayout HEAP = HeapLayout.RUNNING;

  /**
   * What an entry takes beside itself: the list's node, the map's, and two slots of its table,
   * which is between three and six eighths full.
   */
  static final long PLACE_BYTES =
      HEAP.objectBytes(4, 1, 4) + HEAP.objectBytes(3, 0, 4) + 2L * HEAP.referenceBytes();

  private final Consumer<? super Entry> onEvicted;
  private final ReentrantLock lock = new ReentrantLock();

  /** Guarded by the lock, but for what it lets any thread do. */
  private final Lru<String, Entry> lru;

  private final UseClock clock = new UseClock();
  private final Uses<Lru.Entry<String, Entry>> uses;

  /**
   * Whether uses go into the order, and not into marks. Once true, always; written under the lock.
   */
  private volatile boolean ordered;

  @GuardedBy("lock")
  private long maxBytes;

  /** What the present call has taken out; {@link #takePurged} empties it before the call ends. */
  @GuardedBy("lock")
  private final List<Entry> purged = new ArrayList<>();

  LruCache(long maxBytes, Consumer<? super Entry> onEvicted) {
    this.onEvicted = onEvicted;
    this.maxBytes = maxBytes;
    this.lru = new Lru<>(maxBytes, (key, entry) -> weigh(entry), (key, entry) -> notePurged(entry));
    this.uses = new Uses<>(lock, lru::use);
  }

  @SuppressWarnings("GuardedBy") // the list tells of it within a call to it, so under the lock
  private void notePurged(Entry entry) {
    purged.add(entry);
  }

  @Override
  public @Nullable Entry get(String key) {
    Lru.Entry<String, Entry> found = lru.find(key);
    if (found == null) {
      return null;
    }
    if (ordered || !mark(found)) {
      uses.note(found);
    }
    return found.value();
  }

  /**
   * Marks a use with its number; returns false if there are no more numbers, and order is kept now.
   */
  private boolean mark(Lru.Entry<String, Entry> used) {
    long number = clock.next();
    if (number > Integer.MAX_VALUE) {
      order();
      return false;
    }
    used.mark((int) number);
    return true;
  }

  private void order() {
    lock.lock();
    try {
      if (!ordered) {
        ordered = true; // first: who has seen it notes uses that come after the sorting
        lru.orderByMarks();
      }
    } finally {
      lock.unlock();
    }
  }

  @Override
  public @Nullable Entry peek(String key) {
    Lru.Entry<String, Entry> found = lru.find(key);
    return found == null ? null : found.value();
  }

  @Override
  public boolean put(Entry entry) {
    boolean kept;
    List<Entry> left;
    lockInOrder();
    try {
      orderIfHalfFull(entry);
      kept = lru.put(entry.key(), entry);
      markPut(entry.key());
      left = takePurged();
    } finally {
      lock.unlock();
    }
    if (kept) { // else it is the older one that left, and not for room
      left.forEach(onEvicted);
    }
    return kept;
  }

  @Override
  public @Nullable Entry remove(String key) {
    lockInOrder();
    try {
      Entry removed = lru.remove(key);
      purged.clear();
      return removed;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public boolean remove(Entry entry) {
    lock.lock();
    try {
      return lru.peek(entry.key()) == entry && remove(entry.key()) != null;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void removeIf(Predicate<? super Entry> unwanted) {
    entries().stream().filter(unwanted).forEach(this::remove);
  }

  @Override
  public void forEach(Consumer<? super Entry> action) {
    entries().forEach(action);
  }

  private List<Entry> entries() {
    lockInOrder();
    try {
      List<Entry> entries = new ArrayList<>(lru.size());
      lru.forEach((key, entry) -> entries.add(entry));
      return entries;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void resize(long maxBytes) {
    List<Entry> left;
    lockInOrder();
    try {
      this.maxBytes = maxBytes;
      orderIfHalfFull(null);
      lru.resize(maxBytes);
      left = takePurged();
    } finally {
      lock.unlock();
    }
    left.forEach(onEvicted);
  }

  @Override
  public long weigh(Entry entry) {
    return Weight.of(entry) + PLACE_BYTES;
  }

  @Override
  public CacheStats stats() {
    lockInOrder();
    try {
      return new CacheStats(lru.bytes(), lru.size(), lru.evictions());
    } finally {
      lock.unlock();
    }
  }

  /** Takes the lock and brings all uses noted before into the order. */
  private void lockInOrder() {
    lock.lock();
    uses.actOnAll();
  }

  /** Has the order kept from now on if it may soon be asked for. */
  @GuardedBy("lock")
  private void orderIfHalfFull(@Nullable Entry coming) {
    if (ordered || maxBytes == 0) {
      return;
    }
    if (lru.bytes() > maxBytes / 2 - (coming == null ? 0 : weigh(coming))) {
      order();
    }
  }

  /** Marks what has just been put as used after all before and before all later uses. */
  @GuardedBy("lock")
  private void markPut(String key) {
    Lru.Entry<String, Entry> put = ordered ? null : lru.find(key);
    if (put != null) {
      put.mark((int) Math.min(Integer.MAX_VALUE, clock.nextOfAll()));
    }
  }

  @GuardedBy("lock")
  private List<Entry> takePurged() {
    List<Entry> taken = List.copyOf(purged);
    purged.clear();
    return taken;
  }
}
