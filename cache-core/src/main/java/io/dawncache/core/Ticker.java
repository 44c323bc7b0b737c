package io.dawncache.core;

/**
 * A source of time for a {@link CacheNode}, so that a test need not sleep to see what a TTL does:
 *
 * <pre>{@code
 * AtomicLong time = new AtomicLong();
 * CacheNode node = CacheNode.builder().ticker(time::get).build();
 * ...
 * time.addAndGet(Duration.ofMinutes(10).toNanos());
 * }</pre>
 *
 * <p>Called by any thread, at each get that finds a value, and must be safe for that.
 *
 * @since 0.1.0
 * @see CacheNode.Builder#ticker
 */
@FunctionalInterface
public interface Ticker {
  /** {@return the time in nanoseconds since any moment; it never goes back} */
  long nanos();
}
