package io.dawncache.core;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Whom each change of a history reached, and so which gets may still see what it was to end. */
final class Reach implements History.Excuses {
  /*
   * What was promised:
   *   - A member that was reached sees nothing older than the change, but for what it fetches from
   *     one of the key's two owners that was not reached; where members are ejected, any member
   *     may act as an owner.
   *   - Copies end with the hot TTL: on a member that was not reached, and of what came from such
   *     an owner.
   *   - Who was not reached, or was no member, is told later, and from then on holds nothing older.
   *   - Where member lists differed or changed meanwhile, only that all this comes true in the end.
   */

  /**
   * The member lists of all nodes.
   *
   * @param changes how often any of them has changed so far
   * @param members in all of them, or null if they differ
   * @param ring names the owners by that list
   */
  record Lists(int changes, @Nullable List<String> members, @Nullable PeerPicker ring) {}

  private record Moment(long moment, long nanos) {}

  private static final class Circumstances {
    final Lists lists;
    final List<String> owners = new ArrayList<>();
    final Map<String, Moment> heard = new HashMap<>();
    long answeredNanos;
    boolean listsHeldStill;

    Circumstances(Lists lists, @Nullable String key, boolean anyMemberActs) {
      this.lists = lists;
      if (key == null || anyMemberActs) {
        owners.addAll(Objects.requireNonNullElse(lists.members, List.of()));
      } else if (lists.ring != null) {
        Iterator<Owner> ring = lists.ring.allOwners(key);
        while (ring.hasNext() && owners.size() < 2) {
          owners.add(ring.next().url());
        }
      }
    }

    boolean isMember(String url) {
      return lists.members != null && lists.members.contains(url);
    }
  }

  private final Schedule schedule;
  private final long copyNanos;
  private final boolean anyMemberActs;
  private final Map<History.Change, Circumstances> all = new HashMap<>();
  private boolean settled;

  /**
   * Knows no change yet.
   *
   * @param copyNanos how long after its original was dropped a copy may be there
   * @param anyMemberActs whether members are ejected, so that any other may act as an owner
   */
  Reach(Schedule schedule, long copyNanos, boolean anyMemberActs) {
    this.schedule = schedule;
    this.copyNanos = copyNanos;
    this.anyMemberActs = anyMemberActs;
  }

  /** A change begins. */
  void begun(History.Change change, Lists lists) {
    all.put(change, new Circumstances(lists, change.key, anyMemberActs));
  }

  /** A change is about to be answered. */
  void answered(History.Change change, Lists lists) {
    Circumstances around = of(change);
    around.answeredNanos = schedule.nanoTime();
    around.listsHeldStill = lists.members != null && lists.changes == around.lists.changes;
  }

  /** A node has been told to forget; that makes good what it had missed. */
  void heard(String url, Forget what, long moment) {
    all.forEach(
        (change, around) -> {
          boolean isMeant =
              what.isAll() || (change.key != null && what.keys().contains(change.key));
          if (isMeant && !isReached(url, change, around)) {
            around.heard.putIfAbsent(url, new Moment(moment, schedule.nanoTime()));
          }
        });
  }

  /** From now on nothing is excused: everybody has heard of everything, and copies have ended. */
  void settle() {
    settled = true;
  }

  @Override
  public boolean allow(History.Change change, History.Get get, boolean hit) {
    Circumstances around = of(change);
    return !settled
        && (!around.listsHeldStill
            || mayComeFromAnOwner(change, around, get, hit)
            || mayBeHeld(change, around, get, hit));
  }

  private boolean mayComeFromAnOwner(
      History.Change change, Circumstances around, History.Get get, boolean hit) {
    for (String owner : around.owners) {
      if (!isReached(owner, change, around)) {
        Moment heard = around.heard.get(owner);
        if (heard == null || !hit || get.begunNanos() < heard.nanos + copyNanos) {
          return true;
        }
      }
    }
    return false;
  }

  private boolean mayBeHeld(
      History.Change change, Circumstances around, History.Get get, boolean hit) {
    String node = get.node();
    if (isReached(node, change, around)) {
      return false;
    }
    Moment heard = around.heard.get(node);
    if (heard != null) {
      return get.begun() < heard.moment;
    }
    return !around.isMember(node) || !hit || get.begunNanos() < around.answeredNanos + copyNanos;
  }

  private static boolean isReached(String url, History.Change change, Circumstances around) {
    return around.isMember(url) && !change.unreached.contains(url);
  }

  private Circumstances of(History.Change change) {
    return Objects.requireNonNull(all.get(change));
  }
}
