package io.dawncache.core;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The changes that one group's members missed while they were not in this node's member list. Safe
 * for use by any thread.
 */
final class ChangeJournal {
  /*
   * A node that is not in the list receives no changes. It may still hold old values, and would
   * answer with them once it is in the list:
   *   1. a new node starts with itself in its list, and loads the key, which it owns by that list;
   *   2. the key is removed, and the members of the others' list receive the change;
   *   3. the new node joins the others' list, and they ask it.
   * So each node keeps a journal of the changes of all members that it has received. A member that
   * joins gets hints for the changes since it left, or for all of them if it was never seen. If the
   * journal no longer holds them all, the hint is the whole group.
   *
   * A change reads the list, then is noted; a member may join between the two:
   *   1. a change reads the list, which does not contain the member;
   *   2. the member joins, and gets hints for all changes so far;
   *   3. the change is noted, and the member does not receive it.
   * So a member that is present but was not in the list of a change has missed that change, as if
   * it had left before and come back after. The list is read under no lock of this class, because a
   * user's picker may have its own. Of two looks at the list, the one that began later counts. If
   * it found the older list, the picker has not announced the newer list yet, and another look
   * follows.
   *
   * A node that has just started has an empty journal, and so no hints for the members of its first
   * list, which all join at once. The hints that it receives cost it little, because it holds
   * little.
   */
  private static final int MOST_MEMBERS = 1_000;

  private final String group;

  /** The keys of the latest changes, in order. */
  @GuardedBy("this")
  private final ArrayDeque<String> journal = new ArrayDeque<>();

  @GuardedBy("this")
  private long journalChars;

  /** The number of changes so far. */
  @GuardedBy("this")
  private long changes;

  /** How many of them came before the first one in the journal. */
  @GuardedBy("this")
  private long changesForgotten;

  /** For each member that has left: the number of changes at that time. The oldest come first. */
  @GuardedBy("this")
  private final Map<String, Long> left = new LinkedHashMap<>();

  @GuardedBy("this")
  private long looks;

  /** The look that found {@link #present}. */
  @GuardedBy("this")
  private long latestLook;

  private volatile Set<String> present = Set.of();

  /** Makes an empty journal. */
  ChangeJournal(String group) {
    this.group = group;
  }

  /**
   * Notes a change.
   *
   * @param members the list as it was read to send the change
   * @return whether a present member is not in that list, because it has left or has joined since,
   *     and so misses the change; then the caller must look at the list again
   */
  synchronized boolean note(Forget what, Set<String> members) {
    boolean isMissed = !members.containsAll(present);
    noteLeavers(members);
    if (what.isAll()) {
      append(null);
    } else {
      append(what.keys());
    }
    return isMissed;
  }

  /**
   * Notes changes from another member's journal, which the present members have received or get as
   * hints.
   */
  synchronized void adopt(Forget known) {
    if (known.isAll()) {
      append(null);
      return;
    }
    Set<String> unknown = new LinkedHashSet<>(known.keys());
    unknown.removeAll(new HashSet<>(journal));
    append(unknown);
  }

  /** Returns all changes that this node has recorded, or null if there were none. */
  synchronized @Nullable Forget known() {
    return since(0);
  }

  /** Notes changes of keys, or if there are none, of all. */
  @GuardedBy("this")
  private void append(@Nullable Collection<String> keys) {
    if (keys == null) {
      journal.clear();
      journalChars = 0;
      changesForgotten = ++changes;
      return;
    }
    for (String key : keys) {
      journal.add(key);
      journalChars += key.length();
      changes++;
    }
    while (journal.size() > ChangedKeys.MOST_KEYS || journalChars > ChangedKeys.MOST_CHARS) {
      journalChars -= journal.remove().length();
      changesForgotten++;
    }
  }

  /** Returns whether the member was in the list at the last {@link #listIs}. */
  boolean isPresent(String url) {
    return present.contains(url);
  }

  /** Returns the number of a look at the list; the caller reads the list after this. */
  synchronized long beginLook() {
    return ++looks;
  }

  /**
   * Notes which members are in the list, unless a later look, which may have found a newer list,
   * has been noted already.
   *
   * @param missed called for each member that was not in the list before, with the changes that it
   *     missed, if any, before the member counts as present
   * @return whether this look counts
   */
  synchronized boolean listIs(long look, Set<String> members, BiConsumer<String, Forget> missed) {
    if (look < latestLook) {
      return false;
    }
    latestLook = look;
    for (String url : members) {
      if (!present.contains(url) || left.containsKey(url)) {
        Long since = left.remove(url);
        Forget changes = since(since == null ? 0 : since);
        if (changes != null) {
          missed.accept(url, changes);
        }
      }
    }
    noteLeavers(members);
    Iterator<String> oldest = left.keySet().iterator();
    for (int tooMany = left.size() - MOST_MEMBERS; tooMany > 0; tooMany--) {
      oldest.next();
      oldest.remove();
    }
    present = Set.copyOf(members);
    return true;
  }

  /**
   * Notes that these have left without all earlier changes, so they must get all if they return.
   */
  synchronized void leftLacking(Set<String> urls) {
    left.keySet().removeAll(urls);
  }

  @GuardedBy("this")
  private void noteLeavers(Set<String> members) {
    for (String url : present) {
      if (!members.contains(url)) {
        left.putIfAbsent(url, changes);
      }
    }
  }

  @GuardedBy("this")
  private @Nullable Forget since(long change) {
    if (change == changes) {
      return null;
    }
    if (change < changesForgotten) {
      return Forget.all(group);
    }
    Set<String> keys = new LinkedHashSet<>();
    journal.stream().skip(change - changesForgotten).forEach(keys::add);
    return new Forget(group, List.copyOf(keys));
  }
}
