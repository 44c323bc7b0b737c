package io.dawncache.bench.memory;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.dawncache.core.ByteView;
import io.dawncache.core.CachePolicy;
import io.dawncache.core.Entry;
import io.dawncache.core.ShippedCache;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;

/**
 * Lets many threads write large values into one cache while another looks at what it holds. Prints
 * the most bytes seen there at one moment, the weight of one value, and the number of moments.
 */
final class HeldInMotion {
  /*
   * The entries in the cache are measured, not its statistics. A walk through a map that changes
   * meanwhile may meet entries that were never present together. Two walks, one after the other,
   * are exact: what both have met was present at the moment between them, because no entry is put
   * twice. So the figure is never too large, and is too small only if no two walks surround the
   * worst moment; writers that are stopped in mid-put make such moments long.
   */
  private static final int PUTS_A_WRITER = 200;

  /** A cache that the writers race on. */
  private interface Held {
    void put(String key, ByteView value);

    /** Adds all entries held, each a distinct object. */
    void addTo(Set<Object> entries);
  }

  private HeldInMotion() {}

  /**
   * Takes a policy or {@code CAFFEINE}, a number of writers, value bytes, and a budget in bytes.
   */
  public static void main(String[] args) throws InterruptedException {
    int writers = Integer.parseInt(args[1]);
    int valueBytes = Integer.parseInt(args[2]);
    long maxBytes = Long.parseLong(args[3]);
    boolean baseline = args[0].equals("CAFFEINE");
    CachePolicy policy = baseline ? CachePolicy.TINY_LFU : CachePolicy.valueOf(args[0]);
    ShippedCache shipped = new ShippedCache(policy, maxBytes);
    long weight = shipped.weigh(key(0, 0), ByteView.copyOf(new byte[valueBytes]));
    Held held = baseline ? caffeine(maxBytes, weight) : held(shipped);

    CountDownLatch writing = new CountDownLatch(writers);
    List<Thread> threads = new ArrayList<>();
    for (int writer = 0; writer < writers; writer++) {
      int number = writer;
      threads.add(
          new Thread(
              () -> {
                for (int i = 0; i < PUTS_A_WRITER; i++) {
                  held.put(key(number, i), ByteView.copyOf(new byte[valueBytes]));
                }
                writing.countDown();
              }));
    }
    threads.forEach(Thread::start);
    long most = 0;
    long moments = 0;
    for (Set<Object> before = walk(held); writing.getCount() > 0; moments++) {
      Set<Object> after = walk(held);
      before.retainAll(after);
      most = Math.max(most, before.size());
      before = after;
    }
    for (Thread thread : threads) {
      thread.join();
    }
    System.out.println(most * weight + " " + weight + " " + moments);
  }

  private static String key(int writer, int i) {
    return String.format("%04d/%06d", writer, i);
  }

  private static Set<Object> walk(Held held) {
    Set<Object> entries = Collections.newSetFromMap(new IdentityHashMap<>());
    held.addTo(entries);
    return entries;
  }

  private static Held held(ShippedCache cache) {
    return new Held() {
      @Override
      public void put(String key, ByteView value) {
        cache.put(key, value);
      }

      @Override
      public void addTo(Set<Object> entries) {
        cache.forEach((Entry entry) -> entries.add(entry));
      }
    };
  }

  /** Returns the baseline: plain Caffeine with the same weights, its upkeep on the writer. */
  private static Held caffeine(long maxBytes, long weight) {
    Cache<String, ByteView> cache =
        Caffeine.newBuilder()
            .maximumWeight(maxBytes)
            .weigher((String key, ByteView value) -> Math.toIntExact(weight))
            .executor(Runnable::run)
            .build();
    return new Held() {
      @Override
      public void put(String key, ByteView value) {
        cache.put(key, value);
      }

      @Override
      public void addTo(Set<Object> entries) {
        entries.addAll(cache.asMap().values());
      }
    };
  }
}
