package io.dawncache.core;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.dawncache.core.ReadBytes.Reading;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The objects that one {@link TypedGroup} has decoded, each on the bytes that it was decoded from.
 */
final class NearCache<V> {
  /*
   * The object is not looked up by key: it hangs on the value of the entry in Memory (ReadBytes).
   * A typed get finds the entry as every get does, and then the object, if there is one, in its
   * value. So nothing has to be kept in step: what answers is what Memory answers with, by the
   * same rules for its end, its changes, its use and its count, and an object cannot be older than
   * the bytes it was decoded from. A key that is removed, replaced or expired has no entry, or
   * another one, and so no object.
   *
   * The value of an entry is exchanged for equal bytes in a plain field. A reader sees either, and
   * both are right. ReadBytes has final fields, so who sees it also sees the object in it.
   *
   * The bound is a ring of readings with a hand (CLOCK). A new reading takes the place that the hand
   * points to. A reading there that was used since the hand last passed is passed over, once; the
   * others are evicted: the entry gets its plain bytes back. A hit only sets a flag, and reads it
   * before. Readings whose entries have left memory stay in the ring until the hand passes.
   */
  private final int maxEntries;
  private final Memory memory;
  private final ReentrantLock lock = new ReentrantLock();
  private final LongAdder decodes = new LongAdder();

  @GuardedBy("lock")
  private final @Nullable Reading[] ring;

  @GuardedBy("lock")
  private int hand;

  @GuardedBy("lock")
  private int items;

  @GuardedBy("lock")
  private long evictions;

  /**
   * Makes an empty cache.
   *
   * @param maxEntries how many objects it holds at most; 0 for none
   */
  NearCache(int maxEntries, Memory memory) {
    this.maxEntries = maxEntries;
    this.ring = new @Nullable Reading[maxEntries];
    this.memory = memory;
  }

  /** Returns the object of these bytes, and notes its use, or null. */
  @SuppressWarnings("unchecked") // a reading of this reader has what put has decoded
  @Nullable V get(ByteView bytes) {
    return bytes instanceof ReadBytes read ? (V) read.readBy(this) : null;
  }

  /** Holds what was decoded from {@code bytes} if they are in memory. */
  void put(String key, ByteView bytes, V object) {
    if (maxEntries == 0) {
      return;
    }
    Entry entry = memory.holderOf(key, bytes);
    if (entry == null) {
      return;
    }
    decodes.increment();
    Reading reading = new Reading(this, object, entry);
    lock.lock();
    try {
      entry.isRead(reading);
      add(reading);
    } finally {
      lock.unlock();
    }
  }

  /**
   * Notes that {@code bytes} cannot be read, although they have been loaded here. No bound: a codec
   * that does not read what it writes is a fault to be mended.
   */
  void refuse(String key, ByteView bytes) {
    Entry entry = memory.holderOf(key, bytes);
    if (entry != null) {
      entry.isRead(new Reading(this, null, entry));
    }
  }

  /** Returns whether these bytes have been loaded here and could not be read. */
  boolean isRefused(ByteView bytes) {
    return bytes instanceof ReadBytes read && read.isOf(this) && read.reading().hasFailed();
  }

  @GuardedBy("lock")
  private void add(Reading reading) {
    Reading before = ring[hand];
    for (int i = 0; i < maxEntries && isInUse(before); i++) {
      hand = (hand + 1) % maxEntries;
      before = ring[hand];
    }
    if (before == null) {
      items++;
    } else {
      evict(before);
    }
    ring[hand] = reading;
    hand = (hand + 1) % maxEntries;
  }

  /** Returns whether it was used since the hand last passed, and its bytes are in memory. */
  private static boolean isInUse(@Nullable Reading reading) {
    return reading != null && reading.get() != null && reading.takeUsed();
  }

  @GuardedBy("lock")
  private void evict(Reading reading) {
    reading.evict();
    Entry entry = reading.get();
    if (entry != null && entry.isReadNoMore(reading)) {
      evictions++;
    }
  }

  NearStats stats() {
    lock.lock();
    try {
      return new NearStats(items, decodes.sum(), evictions);
    } finally {
      lock.unlock();
    }
  }
}
