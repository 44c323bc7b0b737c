package io.dawncache.core;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.dawncache.core.consistenthash.Ring;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
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

  /** How long a report of hints counts: less than {@link Peeks} remembers changes since. */
  private static final long FRESH_NANOS = TimeUnit.SECONDS.toNanos(60);

  private static final int MOST_STATES = 16;
  private static final int MOST_RINGS = 4; // a ring of 1,000 members takes some megabytes

  /** Who owned which keys, until a moment. */
  private record State(MembershipSnapshot view, long endNanos) {
    /** Returns whether the keys had the same owners at another time. */
    boolean hasOwnersOf(MembershipSnapshot other) {
      return view.ring() == other.ring() && view.ejected().equals(other.ejected());
    }
  }

  /** For which members another one holds hints. */
  private record Report(long askedNanos, Set<String> membersWithHints) {}

  private final LongSupplier nanoTime;
  private volatile List<State> states = List.of(); // the latest first
  private volatile boolean used;

  /** The last report of each member. */
  @GuardedBy("this")
  private final Map<String, Report> reports = new HashMap<>();

  FormerOwners(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  /** Notes that owners have changed; {@code before} is the view that has ended. */
  synchronized void changed(MembershipSnapshot before) {
    List<State> after = new ArrayList<>();
    after.add(new State(before, nanoTime.getAsLong()));
    Set<Ring> rings = Collections.newSetFromMap(new IdentityHashMap<>());
    rings.add(before.ring());
    for (State state : states) {
      // A member that comes and goes makes the same two views again and again.
      if (!state.hasOwnersOf(before)) {
        rings.add(state.view().ring());
        if (after.size() == MOST_STATES || rings.size() > MOST_RINGS) {
          break;
        }
        after.add(state);
      }
    }
    states = List.copyOf(after);
    reports.values().removeIf(report -> !isFresh(report));
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
      if (state.view.actingOwner(key) instanceof Owner.Remote former) {
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
    reports.put(url, new Report(askedNanos, Set.copyOf(membersWithHints)));
  }

  private boolean isFresh(Report report) {
    return nanoTime.getAsLong() - report.askedNanos <= FRESH_NANOS;
  }

  /** Returns whether all these members have reported lately no hints for that at {@code url}. */
  synchronized boolean isUpToDate(String url, Collection<Owner> members) {
    for (Owner member : members) {
      if (member instanceof Owner.Remote && !member.url().equals(url)) {
        Report report = reports.get(member.url());
        if (report == null || !isFresh(report) || report.membersWithHints.contains(url)) {
          return false;
        }
      }
    }
    return true;
  }
}
