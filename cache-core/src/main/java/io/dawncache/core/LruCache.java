package io.dawncache.core;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.dawncache.core.lru.Lru;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Strict least-recently-used order: one {@link Lru} behind one lock that guards nothing else. */
final class LruCache implements LocalCache {
  private static final HeapLayout HEAP = HeapLayout.RUNNING;

  /**
   * What an entry takes beside itself: the list's node, the map's, and two slots of its table,
   * which is between three and six eighths full.
   */
  static final long PLACE_BYTES =
      HEAP.objectBytes(4, 1, 0) + HEAP.objectBytes(3, 0, 4) + 2L * HEAP.referenceBytes();

  private final Consumer<? super Entry> onEvicted;
  private final ReentrantLock lock = new ReentrantLock();

  @GuardedBy("lock")
  private final Lru<String, Entry> lru;

  /** What the present call has taken out; {@link #takePurged} empties it before the call ends. */
  @GuardedBy("lock")
  private final List<Entry> purged = new ArrayList<>();

  LruCache(long maxBytes, Consumer<? super Entry> onEvicted) {
    this.onEvicted = onEvicted;
    this.lru = new Lru<>(maxBytes, (key, entry) -> weigh(entry), (key, entry) -> notePurged(entry));
  }

  @SuppressWarnings("GuardedBy") // the list tells of it within a call to it, so under the lock
  private void notePurged(Entry entry) {
    purged.add(entry);
  }

  @Override
  public @Nullable Entry get(String key) {
    lock.lock();
    try {
      return lru.get(key);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public @Nullable Entry peek(String key) {
    lock.lock();
    try {
      return lru.peek(key);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public boolean put(Entry entry) {
    boolean kept;
    List<Entry> left;
    lock.lock();
    try {
      kept = lru.put(entry.key(), entry);
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
    lock.lock();
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
    lock.lock();
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
    lock.lock();
    try {
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
    lock.lock();
    try {
      return new CacheStats(lru.bytes(), lru.size(), lru.evictions());
    } finally {
      lock.unlock();
    }
  }

  @GuardedBy("lock")
  private List<Entry> takePurged() {
    List<Entry> taken = List.copyOf(purged);
    purged.clear();
    return taken;
  }
}
