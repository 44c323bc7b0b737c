package io.dawncache.node.origin;

import io.dawncache.core.BulkGetter;
import io.dawncache.core.Entry;
import io.dawncache.core.Getter;
import io.dawncache.core.Loaded;
import io.dawncache.core.OverloadedException;
import io.dawncache.node.origin.OriginCounts.Outcome;
import io.dawncache.node.origin.OriginException.Extent;
import io.dawncache.node.origin.OriginHealth.State;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The open origin of one group as the node uses it: not more loads ask it at a time than it bears,
 * and one a second while it is down; they are counted, and what they say of the origin's health is
 * kept. Safe for use by several threads.
 *
 * @since 0.1.0
 */
public final class GuardedOrigin implements AutoCloseable {
  /*
   * A load first takes one of the permits, then asks the circuit: what waits for a permit while the
   * origin goes down fails as soon as the circuit opens, since refused loads hold their permits for
   * no time.
   */
  private static final System.Logger LOG = System.getLogger(GuardedOrigin.class.getName());

  private final OriginSettings settings;
  private final OpenOrigin origin;
  private final Getter getter;
  private final Duration maxWait;
  private final @Nullable Semaphore permits;
  private final @Nullable Circuit circuit;
  private final LoadTally tally = new LoadTally();
  private final @Nullable Future<?> checks;
  private volatile OriginHealth health = new OriginHealth(State.NOT_NEEDED, null, Instant.now());

  private GuardedOrigin(OriginSettings settings, OpenOrigin origin, LongSupplier nanoTime) {
    Guard guard = origin.guard();
    this.settings = settings;
    this.origin = origin;
    this.getter =
        origin.getter() instanceof BulkGetter bulk ? new OfMany(bulk) : new OfOne(origin.getter());
    this.maxWait = guard.maxWait();
    this.permits =
        guard.maxConcurrent() == Integer.MAX_VALUE
            ? null
            : new Semaphore(guard.maxConcurrent(), true);
    this.circuit = guard.circuit() ? new Circuit(settings.group(), nanoTime) : null;
    OpenOrigin.Check check = origin.check();
    this.checks = check == null ? null : Checks.everySecond(() -> check(check));
  }

  /** Returns {@code origin}, opened with {@code settings}, guarded. */
  static GuardedOrigin of(OriginSettings settings, OpenOrigin origin) {
    return of(settings, origin, System::nanoTime);
  }

  /** As above; {@code nanoTime} says when a second is over. */
  static GuardedOrigin of(OriginSettings settings, OpenOrigin origin, LongSupplier nanoTime) {
    return new GuardedOrigin(settings, origin, nanoTime);
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

  /**
   * Tells the origin which keys this node owns.
   *
   * @param fleet safe for use by several threads
   */
  public void join(Ownership fleet) {
    origin.join(fleet);
  }

  /** Closes the origin; loads that still run fail. */
  @Override
  public void close() {
    if (checks != null) {
      checks.cancel(true);
    }
    origin.close();
  }

  private <T> T load(int keys, Callable<T> load, Function<T, Outcome> outcome) throws Exception {
    long startNanos = System.nanoTime();
    if (permits != null && !permits.tryAcquire(maxWait.toNanos(), TimeUnit.NANOSECONDS)) {
      tally.add(Outcome.OVERLOADED, keys, System.nanoTime() - startNanos);
      throw new OriginException("too many loads at a time", settings.toString(), null);
    }
    try {
      if (circuit != null && !circuit.permits()) {
        tally.add(Outcome.REFUSED, keys, System.nanoTime() - startNanos);
        throw whileDown(
            new OriginException(
                "it does not answer, and is asked once a second", settings.toString(), null));
      }
      return ask(keys, load, outcome, startNanos);
    } finally {
      if (permits != null) {
        permits.release();
      }
    }
  }

  private <T> T ask(int keys, Callable<T> load, Function<T, Outcome> outcome, long startNanos)
      throws Exception {
    try {
      T loaded = load.call();
      long nanos = System.nanoTime() - startNanos;
      tally.add(outcome.apply(loaded), keys, nanos);
      answered(nanos);
      return loaded;
    } catch (Throwable e) {
      long nanos = System.nanoTime() - startNanos;
      if (isOfThisNode(e)) {
        tally.add(Outcome.OVERLOADED, keys, nanos);
        if (circuit != null) {
          circuit.notAsked();
        }
        throw e;
      }
      tally.add(Outcome.FAILED, keys, nanos);
      if (e instanceof OriginException known && known.extent() == Extent.KEY) {
        answered(nanos);
      } else {
        failed(nanos, e);
      }
      if (circuit != null && !circuit.isClosed() && e instanceof Exception failure) {
        throw whileDown(failure);
      }
      throw e;
    }
  }

  /** Returns the failure of a load while the circuit is open. */
  private static OriginException whileDown(Exception failure) {
    return OriginException.whileDown(failure, Circuit.PROBE_INTERVAL);
  }

  /** Returns whether the node had no room for the value: that says nothing about the origin. */
  private static boolean isOfThisNode(Throwable failure) {
    return failure instanceof OverloadedException
        || (failure instanceof InterruptedException
            && !(failure instanceof OriginInterruptedException));
  }

  /** Runs each second on a thread of the checks. */
  private void check(OpenOrigin.Check check) {
    if (health.state() == State.REACHABLE || (circuit != null && !circuit.permits())) {
      return;
    }
    long startNanos = System.nanoTime();
    try {
      check.run();
      answered(System.nanoTime() - startNanos);
    } catch (Exception e) {
      failed(System.nanoTime() - startNanos, e);
    }
  }

  private void answered(long nanos) {
    if (circuit != null) {
      circuit.succeeded(nanos);
    }
    if (health.state() != State.REACHABLE && (circuit == null || circuit.isClosed())) {
      OriginHealth before = health;
      health = new OriginHealth(State.REACHABLE, null, Instant.now());
      if (before.state() == State.UNREACHABLE) {
        LOG.log(
            Level.INFO,
            () ->
                "group %s: the origin answers again, after %d s"
                    .formatted(
                        settings.group(),
                        Duration.between(before.since(), Instant.now()).toSeconds()));
      }
    }
  }

  private void failed(long nanos, Throwable failure) {
    if (circuit != null) {
      boolean isDown = failure instanceof OriginException known && known.extent() == Extent.PLACE;
      circuit.failed(nanos, failure, isDown);
      if (circuit.isClosed()) {
        return;
      }
    }
    if (health.state() != State.UNREACHABLE) {
      String reason = OriginException.reason(failure);
      health = new OriginHealth(State.UNREACHABLE, reason, Instant.now());
      if (circuit != null) { // else the group's log says what there is to say
        LOG.log(
            Level.WARNING,
            () -> "group %s: %s; it is asked once a second".formatted(settings.group(), reason));
      }
    }
  }

  private static Outcome outcome(@Nullable Loaded loaded) {
    if (loaded == null) {
      return Outcome.FAILED; // as the group counts it
    }
    if (loaded.rejection() != null) {
      return Outcome.REJECTED;
    }
    return loaded.value() != null || loaded.isUnchanged() ? Outcome.VALUE : Outcome.NOT_FOUND;
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

    @Override
    public Loaded reload(String key, Entry held) throws Exception {
      return GuardedOrigin.this.load(1, () -> one.reload(key, held), GuardedOrigin::outcome);
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
