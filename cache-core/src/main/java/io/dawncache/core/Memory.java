package io.dawncache.core;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What one group holds in memory, and the only place that changes it: <em>main</em>, the values of
 * this node's own keys, and for a while its guests, values that it has loaded or owned of keys that
 * another node owns now; <em>hot</em>, short-lived copies of values that other nodes own; and
 * <em>missing</em>, own keys that are known to be not found.
 */
final class Memory {
  /*
   * Invalidation against loads in flight. A load that began before a removal must not bring the old
   * value back after it:
   *   1. the load reads the old value at the origin;
   *   2. the user writes the origin, and removes the key here;
   *   3. the load lands.
   * So the keys are spread over stripes, each with a generation that its keys share. A caller notes
   * the generation before it looks for a value, and what it loads is kept only if the generation is
   * still the same. Comparing and putting is one step, under the lock of the key's stripe; so are
   * dropping, incrementing and detaching the flights. Keys of a stripe share its generation, so
   * sometimes a value is not kept although it could have been.
   *
   * A value that is put is held before the generation is incremented. The other order loses it:
   *   1. a put increments the generation, and its value is not held yet;
   *   2. a load notes the new generation, finds nothing, and calls the origin;
   *   3. the put holds its value;
   *   4. the load lands in its place.
   *
   * Reads take none of these locks. Code under a stripe's lock takes the locks of the budget, the
   * regions and the wheel. Code under those locks takes no stripe's lock. No user code runs under
   * any of these locks.
   */
  private static final int STRIPES = 1024; // a power of two

  /** How long a guest stays after it has stopped answering. */
  static final long GUEST_NANOS = FormerOwners.WINDOW_NANOS; // as long as it is peeked

  /** A generation, and the lock under which its keys change. */
  private static final class Stripe {
    volatile long generation;
  }

  /** Called, under locks, for entries that leave by themselves: only counts and queues. */
  interface Departures {
    void evicted(Entry entry);

    void expired(Entry entry);

    /** An own value was not kept because it is heavier than the budget allows. */
    void tooLarge(Entry entry);
  }

  private final PresentConfig config;
  private final CoarseClock clock;
  private final Departures departures;
  private final Stripe[] stripes = new Stripe[STRIPES];
  private final LocalCache<Entry.Own> main;
  private final HotCopies hot;
  private final LocalCache<Entry.Missing> missing;
  private final ExpiryWheel wheel;

  private final Budget budget;
  private final Budget.Part hotPart;
  private final Budget.Part missingPart;

  /** Read under a stripe's lock before anything is kept. */
  private volatile boolean closed;

  Memory(PresentConfig config, CoarseClock clock, Departures departures) {
    this.config = config;
    this.clock = clock;
    this.departures = departures;
    for (int i = 0; i < STRIPES; i++) {
      stripes[i] = new Stripe();
    }
    wheel = new ExpiryWheel(this::end, this::expire);
    GroupConfig first = config.now();
    main = LocalCache.of(first.policy(), first.maxBytes(), this::evicted);
    hot = new HotCopies(0, this::evicted);
    missing = LocalCache.of(CachePolicy.LRU, 1, this::evicted);
    budget = new Budget(first.maxBytes(), main::resize);
    hotPart = budget.part(first.hotBytes(), hot::resize);
    missingPart = budget.part(first.missingBytes(), missing::resize);
  }

  /** Changes the bounds to those of {@code resolved} and evicts what exceeds them. */
  synchronized void resize(GroupConfig resolved) {
    hotPart.resizeMost(resolved.hotBytes());
    missingPart.resizeMost(resolved.missingBytes());
    budget.resize(resolved.maxBytes());
  }

  /** Returns the value in main, own or guest, and notes the use, or null; it may have expired. */
  Entry.@Nullable Own own(String key) {
    return main.get(key);
  }

  /** Returns the copy of another node's value and notes the use, or null; it may have expired. */
  @Nullable Entry copy(String key) {
    return hot.get(key);
  }

  /** Returns the value under the key, expired or not, without noting a use, or null. */
  @Nullable Entry peek(String key) {
    Entry.Own own = main.peek(key);
    if (own == null || (own.isGuest() && !own.answersAt(clock.now()))) {
      return hot.peek(key);
    }
    return own.isGuest() ? own.copy() : own;
  }

  /** As {@link #own}, without noting a use. */
  Entry.@Nullable Own peekMain(String key) {
    return main.peek(key);
  }

  /** As {@link #copy}, without noting a use. */
  @Nullable Entry peekCopy(String key) {
    return hot.peek(key);
  }

  /** Returns the marker that the key was not found, or null; it may have expired. */
  @Nullable Entry peekMissing(String key) {
    return missing.peek(key);
  }

  /** Returns whether the key is remembered as not found. */
  boolean isMissing(String key) {
    Entry marker = missing.peek(key);
    return marker != null && !marker.isExpired(clock.now());
  }

  /** Returns the key's generation, to be noted before a caller asks for its value. */
  long generation(String key) {
    return stripe(key).generation;
  }

  /** Keeps an own value if its key still has the noted generation; returns whether it did. */
  boolean keepOwn(Entry.Own entry, long generation) {
    Stripe stripe = stripe(entry.key());
    synchronized (stripe) {
      return stripe.generation == generation && putOwn(entry);
    }
  }

  /** As {@link #keepOwn}, for a value of a key that another node owns. */
  boolean keepGuest(Entry.Own entry, long generation) {
    entry.becomeGuest(guestEnd());
    return keepOwn(entry, generation);
  }

  /** As {@link #keepOwn}, for a copy, if its rate is high enough for a place. */
  boolean keepCopy(Entry.Copy copy, double minuteQps, long generation) {
    Stripe stripe = stripe(copy.key());
    synchronized (stripe) {
      return stripe.generation == generation && offer(copy, minuteQps);
    }
  }

  /** As {@link #keepOwn}, for a marker that the key is not found; an older value is dropped. */
  void keepMissing(Entry.Missing marker, long generation) {
    Stripe stripe = stripe(marker.key());
    synchronized (stripe) {
      if (stripe.generation != generation || closed) {
        return;
      }
      drop(marker.key());
      if (!marker.isExpired(clock.now())) {
        missingPart.grow(missing.stats().bytes() + missing.weigh(marker));
        wheel.add(marker);
        if (!missing.put(marker)) {
          wheel.remove(marker);
        }
      }
    }
  }

  /** Drops what is held under the key if the generation is the same: the origin rejects the key. */
  void drop(String key, long generation) {
    Stripe stripe = stripe(key);
    synchronized (stripe) {
      if (stripe.generation == generation) {
        drop(key);
      }
    }
  }

  /**
   * Returns the own value under the key if it may still be answered and the generation is the same,
   * or null.
   */
  Entry.@Nullable Own held(String key, long generation) {
    Stripe stripe = stripe(key);
    synchronized (stripe) {
      return stripe.generation == generation ? held(key) : null;
    }
  }

  /** Returns the own value under the key if it may still be answered, expired or not, or null. */
  Entry.@Nullable Own held(String key) {
    Entry.Own entry = main.peek(key);
    return entry == null || entry.isGuest() || clock.now() >= end(entry) ? null : entry;
  }

  /**
   * Returns the value under the key for a node that owns it now: own or guest, if valid; or null.
   * One that may have missed a change is not passed on: the other node asks only whether this one
   * has missed any.
   */
  Entry.@Nullable Own peekOwn(String key) {
    Entry.Own entry = main.peek(key);
    if (entry == null || entry instanceof Entry.Unsure) {
      return null;
    }
    return entry.isExpired(clock.now()) ? null : entry;
  }

  /**
   * Returns the entry that holds exactly these bytes under the key, own, guest or copy, or null.
   */
  @Nullable Entry holderOf(String key, ByteView bytes) {
    Entry own = main.peek(key);
    if (own != null && own.value().isSame(bytes)) {
      return own;
    }
    Entry copy = hot.peek(key);
    return copy != null && copy.value().isSame(bytes) ? copy : null;
  }

  /** Returns the values of main that would leave last, the hottest first. */
  List<Entry.Own> hottest(long maxBytes) {
    return main.hottest(maxBytes);
  }

  /** Forgets the key; {@code detach} runs in the same step. */
  void forget(String key, Runnable detach) {
    forgetThen(key, null, detach);
  }

  /** Forgets the key and holds {@code successor} instead; {@code detach} runs in the same step. */
  void replace(Entry.Own successor, Runnable detach) {
    forgetThen(successor.key(), successor, detach);
  }

  private void forgetThen(String key, Entry.@Nullable Own successor, Runnable detach) {
    Stripe stripe = stripe(key);
    synchronized (stripe) {
      boolean kept = false;
      try {
        kept = successor != null && putOwn(successor);
      } finally {
        if (!kept) {
          drop(key);
        }
        stripe.generation++;
        detach.run();
      }
    }
  }

  /**
   * Forgets the key if what is held under it equals {@code bytes}; {@code detach} runs in the same
   * step.
   */
  void forgetIfEqual(String key, ByteView bytes, Runnable detach) {
    Stripe stripe = stripe(key);
    synchronized (stripe) {
      Entry own = main.peek(key);
      Entry held = own == null ? hot.peek(key) : own;
      if (held != null && held.value().equals(bytes)) {
        drop(key);
        stripe.generation++;
        detach.run();
      }
    }
  }

  /** Forgets everything; {@code detach} runs once no older value can be kept any more. */
  void forgetAll(Runnable detach) {
    for (Stripe stripe : stripes) {
      synchronized (stripe) {
        stripe.generation++;
      }
    }
    detach.run();
    removeIf(entry -> true);
  }

  /**
   * Forgets everything, and keeps nothing from now on. A thread that took a stripe's lock before
   * this has put its value, which is removed with the rest. A thread that takes it after this finds
   * the memory closed.
   */
  void close() {
    closed = true;
    forgetAll(() -> {});
  }

  /**
   * Visits every value of main, and drops copies of keys that this node owns now, and markers of
   * keys that it does not.
   *
   * @param settle makes a value what it is now
   */
  void rehome(Predicate<String> owns, Consumer<? super Entry.Own> settle) {
    main.forEach(settle);
    hot.removeIf(copy -> owns.test(copy.key()) && retire(copy));
    missing.removeIf(marker -> !owns.test(marker.key()) && retire(marker));
  }

  /**
   * Makes an own value a guest, or a guest an own value.
   *
   * @param own what it is to be
   * @return whether the value is held, so that it is this now
   */
  boolean become(Entry.Own entry, boolean own) {
    synchronized (stripe(entry.key())) {
      if (main.peek(entry.key()) != entry) {
        return false;
      }
      wheel.remove(entry);
      if (own) {
        entry.becomeOwn(refreshDue());
      } else {
        entry.becomeGuest(guestEnd());
      }
      wheel.add(entry);
      if (main.peek(entry.key()) != entry) { // it was evicted meanwhile
        wheel.remove(entry);
      }
      return true;
    }
  }

  private long refreshDue() {
    Duration soft = config.now().refreshAfterWrite();
    return soft == null ? CoarseClock.NEVER : clock.endOf(soft.toNanos());
  }

  /** Returns until when a value that becomes a guest now answers: as long as a copy would. */
  private long guestEnd() {
    GroupConfig present = config.now();
    return present.hotBytes() == 0
        ? clock.now()
        : CoarseClock.end(clock.now(), present.hotTtl().toNanos());
  }

  /** Drops a copy of a key that this node now owns. */
  void dropCopy(Entry copy) {
    synchronized (stripe(copy.key())) {
      if (hot.remove(copy)) {
        wheel.remove(copy);
      }
    }
  }

  /** Returns how many gets the key's copies have answered since the last call. */
  long takeCopyGets(String key) {
    return hot.takeGets(key);
  }

  /** Removes expired entries, and returns room that the small regions do not use. */
  void tick() {
    wheel.advance(clock.now());
    if (hotPart.isAllotted()) {
      hotPart.shrink(hot.stats().bytes());
    }
    if (missingPart.isAllotted()) {
      missingPart.shrink(missing.stats().bytes());
    }
  }

  /** Passes all values to {@code action}; weakly consistent, under no lock. */
  void forEach(Consumer<? super Entry> action) {
    main.forEach(action);
    hot.forEach(action);
  }

  /** Returns the keys of up to {@code count} values, each with the same probability. */
  List<String> sampleKeys(int count) {
    // Vitter's algorithm R: of n keys seen so far, each is in the sample with probability count/n.
    List<String> sample = new ArrayList<>();
    AtomicLong seen = new AtomicLong();
    forEach(
        entry -> {
          long place = ThreadLocalRandom.current().nextLong(seen.incrementAndGet());
          if (sample.size() < count) {
            sample.add(entry.key());
          } else if (place < count) {
            sample.set((int) place, entry.key());
          }
        });
    return sample;
  }

  CacheStats mainStats() {
    return main.stats();
  }

  CacheStats hotStats() {
    return hot.stats();
  }

  CacheStats missingStats() {
    return missing.stats();
  }

  private Stripe stripe(String key) {
    int hash = key.hashCode();
    return stripes[(hash ^ (hash >>> 16)) & (STRIPES - 1)];
  }

  /** Under the stripe's lock. Adds to the wheel first: a put entry may be evicted at once. */
  private boolean putOwn(Entry.Own entry) {
    if (closed) {
      return false;
    }
    String key = entry.key();
    Entry.Own before = main.peek(key);
    dropCopyOf(key);
    dropMarkerOf(key);
    entry.keptAt(clock.now());
    wheel.add(entry);
    boolean kept = main.put(entry);
    if (!kept) {
      wheel.remove(entry);
      if (!budget.fits(main.weigh(entry))) {
        departures.tooLarge(entry);
      }
    }
    if (before != null) {
      wheel.remove(before);
    }
    return kept;
  }

  /** Under the stripe's lock. */
  private boolean offer(Entry.Copy copy, double minuteQps) {
    if (closed) {
      return false;
    }
    dropCopyOf(copy.key());
    hotPart.grow(hot.stats().bytes() + hot.weigh(copy));
    wheel.add(copy);
    boolean kept = hot.offer(copy, minuteQps);
    if (!kept) {
      wheel.remove(copy);
    }
    return kept;
  }

  /** Under the stripe's lock. */
  private void drop(String key) {
    Entry own = main.remove(key);
    if (own != null) {
      wheel.remove(own);
    }
    dropCopyOf(key);
    dropMarkerOf(key);
  }

  private void dropCopyOf(String key) {
    Entry copy = hot.remove(key);
    if (copy != null) {
      wheel.remove(copy);
    }
  }

  private void dropMarkerOf(String key) {
    Entry marker = missing.remove(key);
    if (marker != null) {
      wheel.remove(marker);
    }
  }

  private void removeIf(Predicate<Entry> unwanted) {
    main.removeIf(entry -> unwanted.test(entry) && retire(entry));
    hot.removeIf(entry -> unwanted.test(entry) && retire(entry));
    missing.removeIf(entry -> unwanted.test(entry) && retire(entry));
  }

  private boolean retire(Entry entry) {
    wheel.remove(entry);
    return true;
  }

  /** Runs on the timer thread, outside the wheel's lock. */
  private void expire(Entry entry) {
    boolean held;
    synchronized (stripe(entry.key())) {
      wheel.remove(entry); // a guest may have become an own value, with another end, meanwhile
      held =
          (entry instanceof Entry.Own own && main.remove(own))
              || (entry instanceof Entry.Copy copy && hot.remove(copy))
              || (entry instanceof Entry.Missing marker && missing.remove(marker));
    }
    if (held) {
      departures.expired(entry);
    }
  }

  private void evicted(Entry entry) {
    wheel.remove(entry);
    departures.evicted(entry);
  }

  /**
   * Returns when an entry leaves: an own value may still be answered as stale for a while unless it
   * may have missed a change, and a guest peeked.
   */
  long end(Entry entry) {
    if (!(entry instanceof Entry.Own own)) {
      return entry.endNanos();
    } else if (own.isGuest()) {
      return Math.min(own.expiresNanos(), CoarseClock.end(own.guestEndNanos(), GUEST_NANOS));
    }
    return own instanceof Entry.Unsure
        ? own.expiresNanos()
        : CoarseClock.end(own.expiresNanos(), graceNanos(own));
  }

  private long graceNanos(Entry.Own own) {
    return own instanceof Entry.Graced graced
        ? graced.graceNanos()
        : config.now().staleIfError().toNanos();
  }
}
