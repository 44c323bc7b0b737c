package io.dawncache.test;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.dawncache.core.BulkGetter;
import io.dawncache.core.Entry;
import io.dawncache.core.Getter;
import io.dawncache.core.Loaded;
import java.io.IOException;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Stands between the groups of a fleet and their origin: counts the loads of each key, and makes
 * the origin fail, or slow, for as long as a test wants.
 *
 * <p>One object is the origin of all members, so its counts are the fleet's. Give a group {@link
 * #of of(getter)} in place of {@code getter}. Safe for use by any thread; each call returns when
 * what it does is in force for the loads that begin after it.
 *
 * @since 0.1.0
 */
public final class TestOrigin {
  private enum State {
    UP,
    DOWN,
    HELD
  }

  @GuardedBy("this")
  private State state = State.UP;

  @GuardedBy("this")
  private @Nullable Exception failure; // null unless down

  @GuardedBy("this")
  private final Map<String, Integer> loads = new TreeMap<>();

  @GuardedBy("this")
  private int held;

  /** Makes an origin that answers as its getters do. */
  public TestOrigin() {}

  /**
   * {@return a getter that asks {@code getter} while this origin is up} It is a {@link BulkGetter}
   * if {@code getter} is one; a call for many keys then counts as a load of each.
   *
   * @param getter the application's, or one of the test
   */
  public Getter of(Getter getter) {
    Objects.requireNonNull(getter, "getter");
    return getter instanceof BulkGetter many ? new OfMany(this, many) : new OfOne(this, getter);
  }

  /**
   * Runs one load of {@code key}, as a getter of {@link #of} does; for an origin that is asked in
   * any other way.
   *
   * @param <T> what a load returns
   * @param key counts
   * @param load asks the real origin; not called while this one is down
   * @return what {@code load} returns
   * @throws Exception what {@code load} throws, the exception of {@link #fail(Exception)}, or an
   *     {@link InterruptedException} if the thread is interrupted while the load is held
   */
  public <T> T call(String key, Callable<T> load) throws Exception {
    enter(Set.of(key));
    return load.call();
  }

  /** Counts the keys, waits while the origin is held, and fails if it is down. */
  private synchronized void enter(Set<String> keys) throws Exception {
    keys.forEach(key -> loads.merge(key, 1, Integer::sum));
    held++;
    notifyAll();
    try {
      while (state == State.HELD) {
        wait();
      }
    } finally {
      held--;
    }
    if (failure != null) {
      throw failure;
    }
  }

  /** Makes every load fail with an {@link IOException}, those that are held too. */
  public void fail() {
    fail(new IOException("the test's origin is down"));
  }

  /**
   * Makes every load fail, those that are held too.
   *
   * @param failure what the getter throws
   */
  public synchronized void fail(Exception failure) {
    this.failure = Objects.requireNonNull(failure, "failure");
    state = State.DOWN;
    notifyAll();
  }

  /**
   * Makes the origin slow: every load that begins waits until {@link #recover} or {@link #fail}. A
   * group's load time-out ends such a load, as it ends any other.
   */
  public synchronized void hold() {
    failure = null;
    state = State.HELD;
  }

  /** Makes the origin answer again; what is held goes on. */
  public synchronized void recover() {
    failure = null;
    state = State.UP;
    notifyAll();
  }

  /** {@return how many loads wait at present, because the origin is held} */
  public synchronized int heldLoads() {
    return state == State.HELD ? held : 0;
  }

  /**
   * Waits until that many loads are held.
   *
   * @param count at least
   * @throws AssertionError if there are fewer after 30 s
   */
  public void awaitHeldLoads(int count) {
    BooleanSupplier enough = () -> heldLoads() >= count;
    Await.until(Await.PATIENCE, enough, () -> count + " held loads; there are " + heldLoads());
  }

  /**
   * {@return how many times {@code key} was loaded, by all members together, those loads included
   * that failed or are held}
   *
   * @param key any key
   */
  public synchronized int loads(String key) {
    return loads.getOrDefault(key, 0);
  }

  /** {@return how many times any key was loaded, by all members together} */
  public synchronized int loads() {
    return loads.values().stream().mapToInt(Integer::intValue).sum();
  }

  /** {@return how many times each key was loaded that was, in their order; a copy} */
  public synchronized Map<String, Integer> loadsByKey() {
    return new TreeMap<>(loads);
  }

  /** Counts from zero again. */
  public synchronized void resetLoads() {
    loads.clear();
  }

  /** {@return its state and its loads} */
  @Override
  public synchronized String toString() {
    return "origin " + state + ", loads " + loads;
  }

  private record OfOne(TestOrigin origin, Getter getter) implements Getter {
    @Override
    public Loaded load(String key) throws Exception {
      return origin.call(key, () -> getter.load(key));
    }

    @Override
    public Loaded reload(String key, Entry held) throws Exception {
      return origin.call(key, () -> getter.reload(key, held));
    }
  }

  private record OfMany(TestOrigin origin, BulkGetter getter) implements BulkGetter {
    @Override
    public Loaded load(String key) throws Exception {
      return origin.call(key, () -> getter.load(key));
    }

    @Override
    public Loaded reload(String key, Entry held) throws Exception {
      return origin.call(key, () -> getter.reload(key, held));
    }

    @Override
    public Map<String, Loaded> loadAll(Set<String> keys) throws Exception {
      origin.enter(keys);
      return getter.loadAll(keys);
    }
  }
}
