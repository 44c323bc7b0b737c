package io.dawncache.bench.memory;

import io.dawncache.core.ByteView;
import io.dawncache.core.CacheNode;
import io.dawncache.core.CachePolicy;
import io.dawncache.core.CacheStats;
import io.dawncache.core.Group;
import io.dawncache.core.GroupConfig;
import io.dawncache.core.Loaded;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.util.Locale;

/**
 * Fills a group beyond its budget and prints what it then holds: the growth of the heap in use, the
 * bytes in its statistics, and its entries. A separate program, so that nothing else is on the heap
 * and the JVM's options decide its layout.
 */
final class HeapAtRest {
  private static final long WARM_BYTES = 1 << 20;
  private static final int STRIDE = 1_000;

  private HeapAtRest() {}

  /** Takes a policy, the length of the values, and a budget in bytes. */
  public static void main(String[] args) {
    CachePolicy policy = CachePolicy.valueOf(args[0]);
    byte[] value = new byte[Integer.parseInt(args[1])];
    long maxBytes = Long.parseLong(args[2]);
    try (CacheNode node = CacheNode.create()) {
      fill(group(node, "warm", policy, value, WARM_BYTES)); // what any program allocates anyway
      Group group = group(node, "measured", policy, value, maxBytes);
      long before = usedBytes();
      CacheStats stats = fill(group);
      long held = usedBytes() - before;
      System.out.println(held + " " + stats.bytes() + " " + stats.items());
    }
  }

  private static Group group(
      CacheNode node, String name, CachePolicy policy, byte[] value, long maxBytes) {
    return node.addGroup(
        name,
        GroupConfig.builder().policy(policy).maxBytes(maxBytes).build(),
        key -> Loaded.of(ByteView.copyOf(value)));
  }

  /** Gets keys of 16 chars, each once, until a large part has been evicted again. */
  private static CacheStats fill(Group group) {
    CacheStats stats = group.stats().mainCache();
    for (int i = 0; stats.evictions() <= stats.items() / 4; i++) {
      group.get(String.format(Locale.ROOT, "user/%011d", i));
      if (i % STRIDE == 0) {
        stats = group.stats().mainCache();
      }
    }
    return group.stats().mainCache();
  }

  /**
   * Returns the heap that reachable objects use; with the serial collector, exact to the kilobyte.
   */
  private static long usedBytes() {
    MemoryMXBean memory = ManagementFactory.getMemoryMXBean();
    memory.gc();
    memory.gc(); // again, for what the first only made unreachable
    return memory.getHeapMemoryUsage().getUsed();
  }
}
