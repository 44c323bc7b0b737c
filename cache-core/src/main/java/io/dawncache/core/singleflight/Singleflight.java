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
 * Runs the work for a key once, however many ask for it while it runs, and tells them all how it
 * ended. Nothing is remembered: who asks after the end starts another flight.
 *
 * <p>Safe from any thread; no call blocks. A flight that ends by any means (value, error, an
 * exception out of the work, an answer against the rules) leaves nothing behind and tells everybody
 * who joined it. Only work that never ends its flight keeps its callers waiting, so give it a
 * deadline of its own.
 *
 * @param <K> the type of keys, with stable {@code equals} and {@code hashCode}
 * @param <V> the type of values
 */
public final class Singleflight<K, V> {

  /*
   * A flight is in the map while it may be joined, and holds its waiters in a stack after Treiber
   * (1986): one compare-and-set to join, one swap for null, the seal, to take them all and let
   * nobody join any more. There is no lock to wait on; keys meet only in the map's bins.
   *
   * Ending a flight takes three steps: (1) remove it from the map, (2) seal its stack, (3) tell the
   * waiters. Their order answers every race. A detached flight was removed before; it ends by (2)
   * and (3) alone.
   *
   * Two threads end the same flight. The seal, a swap, brings the stack to one of them; that one
   * goes on, the other's answer is ignored.
   *
   * A caller joins while the flight ends:
   *   1. the caller finds the flight in the map;
   *   2. the ending thread removes it;
   *   3. the caller pushes its waiter;
   *   4. the ending thread seals, finds the waiter, and calls it like the others.
   * Or, with 3 and 4 the other way round:
   *   3. the ending thread seals;
   *   4. the caller meets the seal, and looks into the map again. This flight is no longer
   *      there, because removal came before the seal; so the caller finds a later flight or starts
   *      one. Were it sealed first, the caller would spin until the ending thread got to run.
   *
   * A waiter calls join for the same key:
   *   1. the ending thread has removed and sealed, and calls the waiter;
   *   2. the waiter joins: the map is free, a new flight starts, and its work runs right here;
   *   3. the waiters after it get the first flight's end when it returns. They sit in a chain
   *      that nobody else can reach, so the new flight cannot take them along.
   *
   * A waiter may stop waiting (hasLeft). It is not taken out at once: a joiner that finds the stack
   * has grown enough since the last time sweeps it, and unlinks those that have left. So at most
   * twice as many as still wait, and FEWEST_TO_SWEEP, are held, and a join costs the same on average.
   * Only links below the top change, which joiners do not read. The ending thread does read them:
   *   1. a joiner begins to sweep: the state goes from OPEN to SWEEPING;
   *   2. the ending thread notes the outcome, seals, and swaps the state for ENDED;
   *   3. it finds SWEEPING, and leaves the stack to the joiner;
   *   4. the joiner cannot go back to OPEN, so it notifies the waiters itself.
   * Only the thread that holds the state follows the links, and no thread waits for another.
   *
   * Two callers start at once. putIfAbsent lets one in; the other joins it. The work starts after
   * that call has returned: work that ends at once finds its flight registered, and user code never
   * runs under the lock of a map's bin, as it would inside computeIfAbsent.
   */

  private final ConcurrentHashMap<K, Flight> flights = new ConcurrentHashMap<>();

  /** Makes one without any flights. */
  public Singleflight() {}

  /**
   * Joins the flight for {@code key}, or starts one.
   *
   * <p>If this call starts the flight, {@code work} runs on the calling thread before it returns.
   * {@code waiter} is called exactly once, unless it {@linkplain Waiter#hasLeft has left}: mostly
   * on the thread that ends the flight, maybe on one that joins it meanwhile, maybe before this
   * call returns. Waiters are called in the order in which they joined.
   *
   * @param work is started if no flight is there to join; else it is dropped
   * @param waiter called with the flight's end
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
      flights.remove(key, flight); // mostly gone already; the ending thread may have failed to
    }
  }

  /**
   * Joins the flight for {@code key}, or starts one by asking {@code function} on the calling
   * thread.
   *
   * <p>Every call answers a future of its own: cancelling it, completing it or letting it time out
   * touches neither the flight nor anybody else. Dependents of the future run on the thread that
   * ends the flight. Where the stage fails with a {@link CompletionException}, its cause is passed
   * on.
   *
   * @param function starts the work; if it throws, returns null, or returns a stage that completes
   *     with null, all futures of the flight fail
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
   * Lets nobody join the flight for {@code key} any more: who asks after this call starts another.
   * Those who have joined are told how it ends, as ever. O(1).
   */
  public void detach(K key) {
    flights.remove(requireNonNull(key, "key"));
  }

  /** {@linkplain #detach Detaches} every flight that had started before this call. */
  public void detachAll() {
    flights.clear();
  }

  /** Returns how many flights may be joined. Under concurrent use an estimate, else exact. */
  public int inFlight() {
    return flights.size();
  }

  /** A stage that depends on another wraps the failure it passes on; waiters get the failure. */
  private static @Nullable Throwable causeOf(@Nullable Throwable error) {
    return error instanceof CompletionException && error.getCause() != null
        ? error.getCause()
        : error;
  }

  /**
   * Is told once how a flight ended: exactly one of value and error is non-null.
   *
   * <p>Runs on the thread that ends the flight or on one that joins it meanwhile, before the
   * waiters that joined later, so it should be brief. What it throws goes to that thread's uncaught
   * exception handler and keeps nobody else from being told. It may call {@code join} again, for
   * the same key too.
   *
   * @param <V> the type of the value
   */
  @FunctionalInterface
  public interface Waiter<V> {
    /**
     * The flight has ended.
     *
     * @param value what it brought, or null if it failed
     * @param error why it failed, or null if it did not
     */
    void ended(@Nullable V value, @Nullable Throwable error);

    /**
     * Returns whether this waiter no longer waits, which stays true from then on: its flight may
     * drop it and never call {@link #ended}. Called now and then, by any thread; must not block.
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
     * later. An error outweighs a value; neither is an error, too. Later calls are ignored.
     *
     * @throws Exception or any other throwable, which ends the flight as an error
     */
    void start(K key, Waiter<V> flight) throws Exception;
  }

  /** Who may follow the links of a flight's stack; see the essay. */
  private enum State {
    OPEN,
    SWEEPING,
    ENDED
  }

  /** One run for one key, and those who wait for it. */
  private final class Flight implements Waiter<V> {
    private static final int FEWEST_TO_SWEEP = 16;

    private final K key;

    /** The top of the stack. There is always a first waiter, so null can only mean sealed. */
    private final AtomicReference<@Nullable Waiting<V>> lastJoined;

    private final AtomicReference<State> state = new AtomicReference<>(State.OPEN);

    /** The stack is swept when this many have joined it. Written by who sweeps. */
    private volatile long sweepAt = FEWEST_TO_SWEEP;

    // The outcome, written before the state becomes ENDED; null and null if it broke the rules.
    private @Nullable V value;
    private @Nullable Throwable error;

    /** What the ending thread has taken, if it left it to who sweeps. */
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

    /** Unlinks those that have left, below {@code top}, which stays. */
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
        report(e); // the waiter that has just joined is in its flight all the same
      } finally {
        if (!state.compareAndSet(State.SWEEPING, State.OPEN)) {
          tell(sealed);
        }
      }
    }

    void run(Work<? super K, V> work) {
      try {
        work.start(key, this);
      } catch (Throwable e) {
        if (e instanceof InterruptedException) {
          Thread.currentThread().interrupt(); // the thread's business, not only the waiters'
        }
        ended(null, e);
      }
    }

    @Override
    public void ended(@Nullable V value, @Nullable Throwable error) {
      try {
        flights.remove(key, this);
      } finally {
        seal(value, error); // whatever a key's equals throws
      }
    }

    private void seal(@Nullable V value, @Nullable Throwable error) {
      Waiting<V> last = lastJoined.getAndSet(null);
      if (last == null) {
        return; // it has ended before
      }
      this.value = error == null ? value : null;
      this.error = error;
      this.sealed = last;
      if (state.getAndSet(State.ENDED) == State.OPEN) {
        tell(last);
      }
    }

    private void tell(@Nullable Waiting<V> last) {
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
      } catch (Throwable e) { // a key whose text cannot be had
        return e;
      }
    }

    /** Turns the stack, ours alone once sealed, into the order of joining. */
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
        // As the JVM does; the waiters after this one still have to be told.
      }
    }
  }

  /** A waiter in a flight's stack. */
  private static final class Waiting<V> {
    final Waiter<? super V> waiter;

    /** The one that joined before; once the flight has ended, the one that joined after. */
    @Nullable Waiting<V> link;

    /** How many had joined the flight with this one. */
    final long number;

    Waiting(Waiter<? super V> waiter, @Nullable Waiting<V> link) {
      this.waiter = waiter;
      this.link = link;
      this.number = link == null ? 1 : link.number + 1;
    }
  }
}
