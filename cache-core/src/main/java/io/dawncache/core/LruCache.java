package io.dawncache.core;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.dawncache.core.lru.Lru;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Strict least-recently-used order: one {@link Lru} behind one lock that guards nothing else. */
final class LruCache implements LocalCache {
  private final ReentrantLock lock = new ReentrantLock();

  @GuardedBy("lock")
  private final Lru<String, ByteView> lru;

  LruCache(long maxBytes) {
    lru = new Lru<>(maxBytes, WEIGHER);
  }

  @Override
  public @Nullable ByteView get(String key) {
    lock.lock();
    try {
      return lru.get(key);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void put(String key, ByteView value) {
    lock.lock();
    try {
      lru.put(key, value);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void remove(String key) {
    lock.lock();
    try {
      lru.remove(key);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void removeIf(Predicate<? super String> keys) {
    // The predicate may ask a picker of the user's, so it does not run under the lock. An entry
    // that is put anew meanwhile may go too: a miss more, never a wrong answer.
    keys().stream().filter(keys).forEach(this::remove);
  }

  private List<String> keys() {
    lock.lock();
    try {
      List<String> keys = new ArrayList<>(lru.size());
      lru.forEach((key, value) -> keys.add(key));
      return keys;
    } finally {
      lock.unlock();
    }
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
}
