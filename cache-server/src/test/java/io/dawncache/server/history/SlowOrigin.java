package io.dawncache.server.history;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** The origin of a fleet: a part of its loads end only when some rounds have passed. */
final class SlowOrigin {
  /** One load in so many is slow. */
  private static final int SLOW = 4;

  private static final int MOST_ROUNDS = 100;

  private record Held(int untilRound, String value, Consumer<String> answer) {}

  private final History history;
  private final Random random = new Random();
  private final List<Held> held = new ArrayList<>();
  private int round;
  private boolean hurried;

  SlowOrigin(History history) {
    this.history = history;
  }

  /** Begins a load; {@code answer} is told its value now or in a later round. */
  void load(String key, Consumer<String> answer) {
    String value = history.load(key);
    synchronized (this) {
      if (!hurried && random.nextInt(SLOW) == 0) {
        held.add(new Held(round + 1 + random.nextInt(MOST_ROUNDS), value, answer));
        return;
      }
    }
    answer.accept(value);
  }

  /** The next round begins. */
  void nextRound() {
    int now;
    synchronized (this) {
      now = ++round;
    }
    end(load -> load.untilRound <= now);
  }

  /** Ends the load that has been held for longest, if there is one. */
  void endOldest() {
    boolean[] any = new boolean[1];
    end(load -> !any[0] && (any[0] = true));
  }

  /** From now on no load is slow, until {@link #relax}. */
  void hurry() {
    synchronized (this) {
      hurried = true;
    }
    end(load -> true);
  }

  synchronized void relax() {
    hurried = false;
  }

  private void end(Predicate<Held> over) {
    List<Held> ended = new ArrayList<>();
    synchronized (this) {
      held.removeIf(load -> over.test(load) && ended.add(load));
    }
    ended.forEach(load -> load.answer.accept(load.value));
  }
}
