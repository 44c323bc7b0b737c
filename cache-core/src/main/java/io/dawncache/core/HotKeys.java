package io.dawncache.core;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/**
 * The keys of one group that are asked for most at this node, in a fixed size for any number of
 * keys. Safe for use by any thread; counting never waits, and allocates nothing.
 */
final class HotKeys {
  /*
   * Space-Saving (Metwally, Agrawal and El Abbadi 2005): PLACES keys have a count. A key without a
   * place takes that of the least count, and goes on from it: so a count is too high by at most what
   * it was when the key took the place, which is noted as its error. A key with more than one get in
   * PLACES always has a place.
   *
   * One get in SAMPLED is counted, for SAMPLED gets; which one is random. A thread that finds the
   * lock taken drops its sample. So a hit pays for a random number and, one time in 64, for a walk
   * through the places, and never for another thread. What peers report of their copies' gets comes
   * in larger numbers, which are counted whole.
   *
   * After every period all counts are halved, and so is the time in which they were counted, as in
   * RateSketch.
   */
  static final int SAMPLED = 64; // a power of two
  static final int PLACES = 128;
  private static final int MOST_KEY_CHARS = 1024;
  private static final long PERIOD_NANOS = TimeUnit.SECONDS.toNanos(30);
  private static final long LEAST_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final int MOST_HALVINGS = 64; // after which nothing is left

  private final LongSupplier nanoTime;
  private final ReentrantLock lock = new ReentrantLock();

  @GuardedBy("lock")
  private String[] keys = {}; // the places are made at the first sample

  @GuardedBy("lock")
  private int[] hashes = {};

  @GuardedBy("lock")
  private double[] counts = {};

  @GuardedBy("lock")
  private double[] errors = {};

  @GuardedBy("lock")
  private int taken;

  @GuardedBy("lock")
  private double all;

  @GuardedBy("lock")
  private long periodBeganNanos;

  @GuardedBy("lock")
  private double nanosBefore; // the time of earlier periods, halved like their counts

  HotKeys(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    this.periodBeganNanos = nanoTime.getAsLong();
  }

  /** Notes one get. */
  void got(String key) {
    if ((ThreadLocalRandom.current().nextInt() & (SAMPLED - 1)) == 0) {
      count(key, SAMPLED);
    }
  }

  /** Notes {@code gets} gets. */
  void got(String key, long gets) {
    if (gets >= SAMPLED) {
      count(key, (double) gets);
    } else if (ThreadLocalRandom.current().nextInt(SAMPLED) < gets) {
      count(key, SAMPLED);
    }
  }

  void count(String key, double gets) {
    if (key.length() <= MOST_KEY_CHARS && lock.tryLock()) {
      try {
        halveIfDue();
        all += gets;
        int place = place(key); // first: it may make the arrays
        counts[place] += gets;
      } finally {
        lock.unlock();
      }
    }
  }

  /** Returns the key's place; takes one if it has none. */
  @GuardedBy("lock")
  private int place(String key) {
    int hash = key.hashCode();
    for (int i = 0; i < taken; i++) {
      if (hashes[i] == hash && keys[i].equals(key)) {
        return i;
      }
    }
    int place = taken < PLACES ? taken : least();
    if (taken < PLACES) {
      makePlaces();
      taken++;
    }
    errors[place] = counts[place];
    hashes[place] = hash;
    keys[place] = key;
    return place;
  }

  @GuardedBy("lock")
  private void makePlaces() {
    if (keys.length == 0) {
      keys = new String[PLACES];
      hashes = new int[PLACES];
      counts = new double[PLACES];
      errors = new double[PLACES];
    }
  }

  @GuardedBy("lock")
  private int least() {
    int least = 0;
    for (int i = 1; i < PLACES; i++) {
      least = counts[i] < counts[least] ? i : least;
    }
    return least;
  }

  @GuardedBy("lock")
  private void halveIfDue() {
    long over = (nanoTime.getAsLong() - periodBeganNanos) / PERIOD_NANOS;
    if (over <= 0) {
      return;
    }
    periodBeganNanos += over * PERIOD_NANOS;
    int halvings = (int) Math.min(over, MOST_HALVINGS);
    double part = Math.scalb(1.0, -halvings);
    nanosBefore = part * nanosBefore + (1 - part) * PERIOD_NANOS;
    all *= part;
    for (int i = 0; i < taken; i++) {
      counts[i] *= part;
      errors[i] *= part;
    }
  }

  /** Returns the hottest keys, the hottest first. */
  List<HotKey> top(int most) {
    List<HotKey> hot = new ArrayList<>();
    lock.lock();
    try {
      halveIfDue();
      double nanos = nanosBefore + (nanoTime.getAsLong() - periodBeganNanos);
      double perMinute = TimeUnit.MINUTES.toNanos(1) / Math.max(nanos, (double) LEAST_NANOS);
      for (int i = 0; i < taken; i++) {
        double sure = counts[i] - errors[i];
        if (sure * perMinute >= 1) {
          hot.add(new HotKey(keys[i], sure * perMinute, errors[i] * perMinute, sure / all));
        }
      }
    } finally {
      lock.unlock();
    }
    hot.sort(Comparator.comparingDouble(HotKey::minuteGets).reversed());
    return List.copyOf(hot.subList(0, Math.min(most, hot.size())));
  }
}
