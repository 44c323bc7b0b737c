package io.dawncache.core;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Who owned the keys before the latest changes of owners, and which members are known to have
 * received all changes since. Safe for use by any thread; reading takes no lock unless a change was
 * a moment ago.
 */
final class FormerOwners {
  /** How long a former owner is peeked; its memory keeps its guests as long. */
  static final long WINDOW_NANOS = TimeUnit.SECONDS.toNanos(60);

  private static final int MOST_STATES = 4; // each holds a ring

  /** Names the former owner of a key, and when it ceased to be the owner. */
  private record State(Function<String, @Nullable Owner> owner, long endNanos) {}

  private final LongSupplier nanoTime;
  private volatile List<State> states = List.of(); // the latest first
  private volatile boolean used;

  /** For each member, the members that it reported hints for. */
  @GuardedBy("this")
  private final Map<String, Set<String>> hintsReportedBy = new HashMap<>();

  FormerOwners(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  /** Notes that owners have changed; {@code owner} names the former acting owner of a key. */
  synchronized void changed(Function<String, @Nullable Owner> owner) {
    List<State> after = new ArrayList<>();
    after.add(new State(owner, nanoTime.getAsLong()));
    after.addAll(states.subList(0, Math.min(states.size(), MOST_STATES - 1)));
    states = List.copyOf(after);
    hintsReportedBy.clear();
    used = false;
  }

  /** Returns the last member but this node that owned the key within the window, or null. */
  Owner.@Nullable Remote of(String key) {
    List<State> present = states;
    if (present.isEmpty()) {
      return null;
    }
    long now = nanoTime.getAsLong();
    for (State state : present) {
      if (now - state.endNanos > WINDOW_NANOS) {
        forget(present);
        return null;
      }
      if (state.owner.apply(key) instanceof Owner.Remote former) {
        return former;
      }
    }
    return null;
  }

  /** Drops states that have ended, so that their rings may be collected. */
  private synchronized void forget(List<State> seen) {
    if (states == seen) {
      long now = nanoTime.getAsLong();
      states = states.stream().filter(state -> now - state.endNanos <= WINDOW_NANOS).toList();
    }
  }

  /** Returns true once after each change: then the members must be asked which hints they hold. */
  synchronized boolean isFirstUse() {
    boolean first = !used;
    used = true;
    return first;
  }

  /**
   * Notes a member's report.
   *
   * @param askedNanos when it was asked
   * @param membersWithHints the members that it holds hints for
   */
  synchronized void reported(String url, long askedNanos, Collection<String> membersWithHints) {
    if (!states.isEmpty() && askedNanos - states.get(0).endNanos >= 0) {
      hintsReportedBy.put(url, Set.copyOf(membersWithHints));
    }
  }

  /** Returns whether all these members have reported no hints for the member at {@code url}. */
  synchronized boolean isUpToDate(String url, Collection<Owner> members) {
    for (Owner member : members) {
      if (member instanceof Owner.Remote && !member.url().equals(url)) {
        Set<String> reported = hintsReportedBy.get(member.url());
        if (reported == null || reported.contains(url)) {
          return false;
        }
      }
    }
    return true;
  }
}
