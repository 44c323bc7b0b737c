package io.dawncache.node.origin;

import io.dawncache.core.BulkGetter;
import io.dawncache.core.Getter;
import io.dawncache.core.Loaded;
import io.dawncache.node.origin.OriginCounts.Outcome;
import io.dawncache.node.origin.OriginException.Extent;
import io.dawncache.node.origin.OriginHealth.State;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The open origin of one group as the node uses it: its loads are counted, and what they say of the
 * origin's health is kept. Safe for use by several threads.
 *
 * @since 0.1.0
 */
public final class GuardedOrigin implements AutoCloseable {
  private final OriginSettings settings;
  private final OpenOrigin origin;
  private final Getter getter;
  private final LoadTally tally = new LoadTally();
  private volatile OriginHealth health = new OriginHealth(State.NOT_NEEDED, null, Instant.now());

  private GuardedOrigin(OriginSettings settings, OpenOrigin origin) {
    this.settings = settings;
    this.origin = origin;
    this.getter =
        origin.getter() instanceof BulkGetter bulk ? new OfMany(bulk) : new OfOne(origin.getter());
  }

  /** Returns {@code origin}, opened with {@code settings}, guarded. */
  static GuardedOrigin of(OriginSettings settings, OpenOrigin origin) {
    return new GuardedOrigin(settings, origin);
  }

  /** {@return what it was opened with} */
  public OriginSettings settings() {
    return settings;
  }

  /**
   * {@return the getter of the origin, a {@link BulkGetter} if it answers for many keys at once}
   */
  public Getter getter() {
    return getter;
  }

  /** {@return whether the origin answers} */
  public OriginHealth health() {
    return health;
  }

  /** {@return what the loads came to} */
  public OriginCounts counts() {
    return tally.counts();
  }

  /**
   * Starts to tell {@code listener} which values change at the origin, if it can.
   *
   * @param listener safe for use by several threads
   */
  public void listen(ChangeListener listener) {
    origin.listen(listener);
  }

  /** Closes the origin; loads that still run fail. */
  @Override
  public void close() {
    origin.close();
  }

  private <T> T load(int keys, Callable<T> load, Function<T, Outcome> outcome) throws Exception {
    long startNanos = System.nanoTime();
    try {
      T loaded = load.call();
      tally.add(outcome.apply(loaded), keys, System.nanoTime() - startNanos);
      become(State.REACHABLE, null);
      return loaded;
    } catch (Exception e) {
      tally.add(Outcome.FAILED, keys, System.nanoTime() - startNanos);
      if (e instanceof OriginException known && known.extent() == Extent.KEY) {
        become(State.REACHABLE, null);
      } else if (!(e instanceof InterruptedException)) {
        become(State.UNREACHABLE, OriginException.reason(e));
      }
      throw e;
    }
  }

  private void become(State state, @Nullable String reason) {
    if (health.state() != state) {
      health = new OriginHealth(state, reason, Instant.now());
    }
  }

  private static Outcome outcome(@Nullable Loaded loaded) {
    if (loaded == null) {
      return Outcome.FAILED; // as the group counts it
    }
    if (loaded.rejection() != null) {
      return Outcome.REJECTED;
    }
    return loaded.value() == null ? Outcome.NOT_FOUND : Outcome.VALUE;
  }

  private class OfOne implements Getter {
    private final Getter one;

    OfOne(Getter one) {
      this.one = one;
    }

    @Override
    public Loaded load(String key) throws Exception {
      return GuardedOrigin.this.load(1, () -> one.load(key), GuardedOrigin::outcome);
    }
  }

  private final class OfMany extends OfOne implements BulkGetter {
    private final BulkGetter many;

    OfMany(BulkGetter many) {
      super(many);
      this.many = many;
    }

    @Override
    public Map<String, Loaded> loadAll(Set<String> keys) throws Exception {
      return GuardedOrigin.this.load(
          keys.size(), () -> many.loadAll(keys), loaded -> Outcome.VALUE);
    }
  }
}
