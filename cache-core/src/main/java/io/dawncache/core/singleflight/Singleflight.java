package io.dawncache.core.singleflight;

import static java.util.Objects.requireNonNull;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Runs the work for a key once, however many callers join while it runs, and notifies all of them
 * when it ends. It stores no results: a caller after the end starts another flight.
 *
 * <p>Safe from any thread; no call blocks. A flight may end with a value, an error, an exception
 * thrown by the work, or an answer that breaks the rules. In each case it leaves nothing behind and
 * notifies every caller that joined. If the work never ends its flight, the callers wait for ever,
 * so give the work a deadline of its own.
 *
 * @param <K> the type of keys, with stable {@code equals} and {@code hashCode}
 * @param <V> the type of values
 * @since 0.1.0
 */
public final class Singleflight<K, V> {

  /*
   * A flight is in the map while callers may join it. It holds its waiters in a Treiber stack
   * (1986): a caller joins with one compare-and-set. One swap for null, the seal, takes all waiters
   * and lets no caller join after it. There is no lock to wait for; different keys meet only in the
   * map's bins.
   *
   * Ending a flight takes three steps: (1) remove it from the map, (2) seal its stack, (3) notify
   * the waiters. This order answers every race. A detached flight was removed before; it ends with
   * (2) and (3) alone.
   *
   * Two threads end the same flight. Sealing is a swap, so only one thread gets the stack. That
   * thread goes on; the other's answer is ignored.
   *
   * A caller joins while the flight ends:
   *   1. the caller finds the flight in the map;
   *   2. the ending thread removes it;
   *   3. the caller pushes its waiter;
   *   4. the ending thread seals, finds the waiter, and calls it like the others.
   * Or, with 3 and 4 in the other order:
   *   3. the ending thread seals;
   *   4. the caller finds the seal, and looks into the map again. This flight is no longer there,
   *      because removal came before the seal; so the caller finds a later flight or starts one. If
   *      sealing came first, the caller would spin until the ending thread ran again.
   *
   * A waiter calls join for the same key:
   *   1. the ending thread has removed and sealed, and calls the waiter;
   *   2. the waiter joins: the map has no flight, a new one starts, and its work runs inside this
   *      call;
   *   3. when it returns, the later waiters get the first flight's result. They are in a chain that
   *      only the ending thread can reach, so the new flight cannot take them.
   *
   * A waiter may stop waiting (hasLeft). It is not removed at once. A joiner that finds that the
   * stack has grown enough since the last sweep sweeps it, and unlinks the waiters that have left.
   * So a flight holds at most twice the waiters that still wait, plus FEWEST_TO_SWEEP, and the
   * average cost of a join stays the same. A sweep changes only links below the top, which joiners
   * do not read. The ending thread does read them:
   *   1. a joiner begins to sweep: the state goes from OPEN to SWEEPING;
   *   2. the ending thread notes the outcome, seals, and swaps the state for ENDED;
   *   3. it finds SWEEPING, and leaves the stack to the joiner;
   *   4. the joiner cannot go back to OPEN, so it notifies the waiters itself.
   * Only the thread that holds the state follows the links, and no thread waits for another.
   *
   * Two callers start at once. putIfAbsent lets one start the flight; the other joins it. The work
   * starts after putIfAbsent has returned. So work that ends at once finds its flight registered,
   * and user code never runs under the lock of a map's bin, as it would inside computeIfAbsent.
   */

  private final ConcurrentHashMap<K, Flight> flights = new ConcurrentHashMap<>();

  /** Makes an instance without flights. */
  public Singleflight() {}

  /**
   * Joins the flight for {@code key}, or starts one.
   *
   * <p>If this call starts the flight, {@code work} runs on the calling thread before the call
   * returns. {@code waiter} is called exactly once, unless it {@linkplain Waiter#hasLeft has left}:
   * usually on the thread that ends the flight, sometimes on a thread that joins it meanwhile, and
   * possibly before this call returns. Waiters are called in the order in which they joined.
   *
   * @param key the key whose flight it is
   * @param work started if there is no flight to join; else ignored
   * @param waiter called when the flight ends
   * @return true if this call started the flight
   */
  public boolean join(K key, Work<? super K, V> work, Waiter<? super V> waiter) {
    requireNonNull(key, "key");
    requireNonNull(work, "work");
    requireNonNull(waiter, "waiter");
    while (true) {
      Flight flight = flights.get(key);
      if (flight == null) {
        Flight started = new Flight(key, waiter);
        flight = flights.putIfAbsent(key, started);
        if (flight == null) {
          started.run(work);
          return true;
        }
      }
      if (flight.add(waiter)) {
        return false;
      }
      flights.remove(key, flight); // usually gone, unless the ending thread failed to remove it
    }
  }

  /**
   * Joins the flight for {@code key}, or starts one by calling {@code function} on the calling
   * thread.
   *
   * <p>Every call returns a future of its own. Cancelling it, completing it or letting it time out
   * affects neither the flight nor any other caller. Dependents of the future run on the thread
   * that ends the flight. If the stage fails with a {@link CompletionException}, the future gets
   * its cause.
   *
   * @param key the key whose flight it is
   * @param function starts the work; if it throws, returns null, or returns a stage that completes
   *     with null, all futures of the flight fail
   * @return a future of this call's own
   */
  public CompletableFuture<V> join(
      K key, Function<? super K, ? extends @Nullable CompletionStage<? extends V>> function) {
    requireNonNull(function, "function");
    var future = new CompletableFuture<V>();
    join(
        key,
        (k, flight) -> {
          CompletionStage<? extends V> stage = function.apply(k);
          if (stage == null) {
            throw new IllegalStateException(
                "flight for " + k + ": null from its function (expected: a stage)");
          }
          stage.whenComplete((value, error) -> flight.ended(value, causeOf(error)));
        },
        (value, error) -> {
          if (error == null) {
            future.complete(value);
          } else {
            future.completeExceptionally(error);
          }
        });
    return future;
  }

  /**
   * Lets no more callers join the flight for {@code key}: the next caller starts another. The
   * callers that have joined still get its result. O(1).
   *
   * @param key the key whose flight it is
   */
  public void detach(K key) {
    flights.remove(requireNonNull(key, "key"));
  }

  /**
   * {@return whether a caller that joins now would join a flight that has started}
   *
   * @param key the key whose flight it is
   */
  public boolean isInFlight(K key) {
    return flights.containsKey(requireNonNull(key, "key"));
  }

  /** {@linkplain #detach Detaches} every flight that had started before this call. */
  public void detachAll() {
    flights.clear();
  }

  /** {@return how many flights callers may join: an estimate under concurrent use, else exact} */
  public int inFlight() {
    return flights.size();
  }

  /**
   * A stage that depends on another wraps the failure that it passes on; waiters get the failure.
   */
  private static @Nullable Throwable causeOf(@Nullable Throwable error) {
    return error instanceof CompletionException && error.getCause() != null
        ? error.getCause()
        : error;
  }

  /**
   * Called once when a flight ends: exactly one of value and error is non-null.
   *
   * <p>Runs on the thread that ends the flight or on one that joins it meanwhile, before the
   * waiters that joined later, so it should be short. An exception that it throws goes to that
   * thread's uncaught exception handler, and the later waiters are still called. It may call {@code
   * join} again, also for the same key.
   *
   * @param <V> the type of the value
   */
  @FunctionalInterface
  public interface Waiter<V> {
    /**
     * Called when the flight has ended.
     *
     * @param value the result, or null if the flight failed
     * @param error why the flight failed, or null if it did not
     */
    void ended(@Nullable V value, @Nullable Throwable error);

    /**
     * {@return whether this waiter has stopped waiting} Once true, it must stay true: the flight
     * may drop the waiter and never call {@link #ended}. Any thread may call this at any time; it
     * must not block.
     */
    default boolean hasLeft() {
      return false;
    }
  }

  /**
   * The work of a flight.
   *
   * @param <K> the type of the key
   * @param <V> the type of the value
   */
  @FunctionalInterface
  public interface Work<K, V> {

    /**
     * Starts the work, which must call {@code flight.ended} exactly once, from any thread, now or
     * later. If it passes both a value and an error, the error counts; if it passes neither, that
     * is an error, too. Later calls are ignored.
     *
     * @param key the key whose flight it is
     * @param flight ended by the work, once
     * @throws Exception this, or any other throwable, ends the flight as an error
     */
    void start(K key, Waiter<V> flight) throws Exception;
  }

  /** Which thread may follow the links of a flight's stack; see the essay. */
  private enum State {
    OPEN,
    SWEEPING,
    ENDED
  }

  /** One run for one key, and its waiters. */
  private final class Flight implements Waiter<V> {
    private static final int FEWEST_TO_SWEEP = 16;

    private final K key;

    /** The top of the stack. There is always a first waiter, so null can only mean sealed. */
    private final AtomicReference<@Nullable Waiting<V>> lastJoined;

    private final AtomicReference<State> state = new AtomicReference<>(State.OPEN);

    /** The stack is swept when this many waiters have joined it. Written by the sweeping thread. */
    private volatile long sweepAt = FEWEST_TO_SWEEP;

    // The outcome, written before the state becomes ENDED; both are null if the work broke the
    // rules.
    private @Nullable V value;
    private @Nullable Throwable error;

    /** The stack that the ending thread took, for the sweeping thread to finish. */
    private @Nullable Waiting<V> sealed;

    Flight(K key, Waiter<? super V> first) {
      this.key = key;
      this.lastJoined = new AtomicReference<>(new Waiting<>(first, null));
    }

    /** Pushes a waiter; returns false if the flight is sealed. */
    boolean add(Waiter<? super V> waiter) {
      while (true) {
        Waiting<V> last = lastJoined.get();
        if (last == null) {
          return false;
        }
        Waiting<V> joined = new Waiting<>(waiter, last);
        if (lastJoined.compareAndSet(last, joined)) {
          if (joined.number >= sweepAt && state.compareAndSet(State.OPEN, State.SWEEPING)) {
            sweep(joined);
          }
          return true;
        }
      }
    }

    /** Unlinks the waiters below {@code top} that have left; {@code top} stays. */
    private void sweep(Waiting<V> top) {
      try {
        long left = 0;
        Waiting<V> kept = top;
        for (Waiting<V> next = kept.link; next != null; next = next.link) {
          if (next.waiter.hasLeft()) {
            kept.link = next.link;
          } else {
            kept = next;
            left++;
          }
        }
        sweepAt = top.number + Math.max(FEWEST_TO_SWEEP, left);
      } catch (Throwable e) {
        report(e); // the waiter that has just joined stays in its flight
      } finally {
        if (!state.compareAndSet(State.SWEEPING, State.OPEN)) {
          notifyWaiters(sealed);
        }
      }
    }

    void run(Work<? super K, V> work) {
      try {
        work.start(key, this);
      } catch (Throwable e) {
        if (e instanceof InterruptedException) {
          Thread.currentThread().interrupt(); // the thread's interrupt, not only the waiters'
        }
        ended(null, e);
      }
    }

    @Override
    public void ended(@Nullable V value, @Nullable Throwable error) {
      try {
        flights.remove(key, this);
      } finally {
        seal(value, error); // even if a key's equals throws
      }
    }

    private void seal(@Nullable V value, @Nullable Throwable error) {
      Waiting<V> last = lastJoined.getAndSet(null);
      if (last == null) {
        return; // it has ended already
      }
      this.value = error == null ? value : null;
      this.error = error;
      this.sealed = last;
      if (state.getAndSet(State.ENDED) == State.OPEN) {
        notifyWaiters(last);
      }
    }

    private void notifyWaiters(@Nullable Waiting<V> last) {
      Throwable why = error == null && value == null ? ruleBroken() : error;
      for (Waiting<V> next = reversed(last); next != null; next = next.link) {
        try {
          next.waiter.ended(value, why);
        } catch (Throwable e) {
          report(e);
        }
      }
    }

    private Throwable ruleBroken() {
      try {
        return new IllegalStateException(
            "flight for " + key + ": ended with null (expected: a value or an error)");
      } catch (Throwable e) { // the key's toString throws
        return e;
      }
    }

    /** Reverses the sealed stack, which only this thread can reach, into the order of joining. */
    private @Nullable Waiting<V> reversed(@Nullable Waiting<V> sealed) {
      Waiting<V> last = sealed;
      Waiting<V> first = null;
      while (last != null) {
        Waiting<V> earlier = last.link;
        last.link = first;
        first = last;
        last = earlier;
      }
      return first;
    }

    private void report(Throwable e) {
      Thread thread = Thread.currentThread();
      try {
        thread.getUncaughtExceptionHandler().uncaughtException(thread, e);
      } catch (Throwable ignored) {
        // Ignored, as by the JVM; the later waiters must still be called.
      }
    }
  }

  /** A waiter in a flight's stack. */
  private static final class Waiting<V> {
    final Waiter<? super V> waiter;

    /**
     * The waiter that joined before this one; once the flight has ended, the one that joined after.
     */
    @Nullable Waiting<V> link;

    /** This waiter's number in the order of joining, from 1. */
    final long number;

    Waiting(Waiter<? super V> waiter, @Nullable Waiting<V> link) {
      this.waiter = waiter;
      this.link = link;
      this.number = link == null ? 1 : link.number + 1;
    }
  }
}
