package io.dawncache.core;

import java.util.function.LongSupplier;
import org.jspecify.annotations.NullMarked;

/**
 * How a node keeps hot copies of other nodes' values, as shipped, opened to a simulation: the
 * memory of one group, its clock, and the rates at which other nodes ask. The loads, flights and
 * connections around them are left out, and the time is the simulation's.
 */
@NullMarked
public final class ShippedNode {
  private final GroupConfig config;
  private final CoarseClock clock;
  private final Memory memory;
  private final RateSketch rates;

  /** Makes a node that holds nothing. */
  public ShippedNode(GroupConfig config, LongSupplier nanoTime) {
    this.config = config;
    this.clock = new CoarseClock(nanoTime);
    this.memory = new Memory(new PresentConfig(config), clock, new Untold());
    this.rates = new RateSketch(config.maxBytes(), clock::exact);
  }

  /** Returns how much of {@link GroupConfig#hotBytes()} a copy takes. */
  public static long copyBytes(String key, ByteView value) {
    return Weight.of(new Entry.Copy(key, value, CoarseClock.NEVER)) + HotCopies.PLACE_BYTES;
  }

  /** Does what the node's timer does; call it a hundred times a second. */
  public void tick() {
    clock.tick(clock.exact());
    memory.tick();
  }

  /** Gets another node's key here; returns whether a copy has answered. */
  public boolean answers(String key) {
    Entry copy = memory.copy(key);
    return copy != null && !copy.isExpired(clock.now());
  }

  /** Fetches the key from its owner and keeps a copy if its rate earns a place. */
  public void fetch(String key, ByteView value, ShippedNode owner) {
    long generation = memory.generation(key);
    double minuteQps = owner.rates.count(key, 1 + memory.takeCopyGets(key));
    long end = CoarseClock.end(clock.exact(), config.hotTtl().toNanos());
    memory.keepCopy(new Entry.Copy(key, value, end), minuteQps, generation);
  }

  private static final class Untold implements Memory.Departures {
    @Override
    public void evicted(Entry entry) {}

    @Override
    public void expired(Entry entry) {}

    @Override
    public void tooLarge(Entry entry) {}
  }
}
