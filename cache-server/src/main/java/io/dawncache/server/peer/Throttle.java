package io.dawncache.server.peer;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.concurrent.TimeUnit;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;

/**
 * Sends a peer that refuses fetches of one group as overloaded fewer of them: about twice as many
 * as it answers. Safe for use by any thread.
 */
final class Throttle {
  /*
   * Which fetches would be refused is not known beforehand, so each is held back by chance, and the
   * chance comes from the fetches of the last second: those that were wanted, held back or not, and
   * those that were answered. While the peer answers at least every second one, or has refused FEW
   * or fewer, none is held back. Below that as many are sent as keep it so. What is answered shows
   * when the peer has recovered: the fetches of before count half as much after each half second.
   *
   * Source: client-side throttling, Site Reliability Engineering (O'Reilly 2016), chapter 21.
   */
  private static final double SENT_FOR_ONE_ANSWERED = 2;
  private static final double HALF_LIFE_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

  /** That many refusals are too few to hold anything back. */
  private static final double FEW = 10;

  private final LongSupplier nanoTime;
  private final DoubleSupplier random;

  private volatile boolean active; // else nothing is counted: most peers never refuse a fetch

  @GuardedBy("this")
  private double wanted;

  @GuardedBy("this")
  private double answered;

  @GuardedBy("this")
  private long countedNanos;

  /**
   * Begins with a peer that has refused nothing.
   *
   * @param random draws from 0 to 1, without 1
   */
  Throttle(LongSupplier nanoTime, DoubleSupplier random) {
    this.nanoTime = nanoTime;
    this.random = random;
    this.countedNanos = nanoTime.getAsLong(); // any number, also far below 0
  }

  /** Returns whether a fetch may be sent now. */
  boolean allows() {
    return !active || draws();
  }

  private synchronized boolean draws() {
    fade();
    wanted++;
    double excess = wanted - SENT_FOR_ONE_ANSWERED * answered - FEW;
    return random.getAsDouble() >= excess / wanted;
  }

  /** A fetch that was sent has ended: refused by the peer as overloaded, or otherwise. */
  void ended(boolean overloaded) {
    if (overloaded || active) {
      count(overloaded);
    }
  }

  private synchronized void count(boolean overloaded) {
    fade();
    if (!overloaded) {
      answered++;
    } else if (!active) {
      active = true;
      wanted++;
    }
  }

  @GuardedBy("this")
  private void fade() {
    long now = nanoTime.getAsLong();
    double factor = Math.pow(0.5, (now - countedNanos) / HALF_LIFE_NANOS);
    wanted *= factor;
    answered *= factor;
    countedNanos = now;
    if (wanted - answered < 0.5) { // what was refused, or is on its way
      active = false;
      wanted = 0;
      answered = 0;
    }
  }
}
