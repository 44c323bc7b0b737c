package io.dawncache.core;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * What one group's members have missed while they were not in this node's member list. Safe for use
 * by any thread.
 */
final class Absences {
  /*
   * Whoever is not in the list is told of no change, and may all the same hold values that he will
   * answer with for good once he is in it:
   *   1. a new node starts, with itself in its list, and loads the key, which it owns by that list;
   *   2. the key is removed, and all are told who are in the list of the others;
   *   3. the others hear of the new node, and ask it.
   * So each node keeps a journal of the changes that it has heard of, whoever made them. Who enters
   * its list is owed those made since he left it; or all of them, if he was never seen there. If
   * that is more than the journal remembers, it is the whole group.
   *
   * A change reads the list, then is noted; between these two a newcomer may come:
   *   1. a change reads the list, in which he is not;
   *   2. he comes, and is owed all changes so far;
   *   3. the change is noted, and he is not told.
   * So whoever is present and was not in the list of a change misses it, as if he had left before it
   * and come back after. The list is read under no lock of ours, for a picker of the user's may have
   * its own; of two looks, what the one that began later found is kept. Should that be the older
   * list, the picker has not announced the newer one yet, and there will be another look.
   *
   * A node that has just begun has an empty journal and finds nothing to tell to the others, all of
   * whom enter its first list. What they tell to it costs it little, for it holds little.
   */
  private static final int MOST_MEMBERS = 1_000;

  private final String group;

  /** The keys of the latest changes, in order. */
  @GuardedBy("this")
  private final ArrayDeque<String> journal = new ArrayDeque<>();

  @GuardedBy("this")
  private long journalChars;

  /** How many changes there have been. */
  @GuardedBy("this")
  private long changes;

  /** How many there had been before the first one in the journal. */
  @GuardedBy("this")
  private long changesForgotten;

  /** Of members that have left: how many changes there had been then. The eldest come first. */
  @GuardedBy("this")
  private final Map<String, Long> left = new LinkedHashMap<>();

  @GuardedBy("this")
  private long looks;

  /** The look that found {@link #present}. */
  @GuardedBy("this")
  private long latestLook;

  private volatile Set<String> present = Set.of();

  /** Begins an empty journal. */
  Absences(String group) {
    this.group = group;
  }

  /**
   * Notes a change.
   *
   * @param members who was in the list when it was read for those who are told of it
   * @return whether anybody present is not among them, and so misses the change: he has left, or
   *     has come since that list was read; then the list is to be looked at again
   */
  synchronized boolean note(Forget what, Set<String> members) {
    boolean isMissed = !members.containsAll(present);
    noteLeavers(members);
    if (what.isAll()) {
      journal.clear();
      journalChars = 0;
      changesForgotten = ++changes;
      return isMissed;
    }
    for (String key : what.keys()) {
      journal.add(key);
      journalChars += key.length();
      changes++;
    }
    while (journal.size() > Debts.MOST_KEYS || journalChars > Debts.MOST_CHARS) {
      journalChars -= journal.remove().length();
      changesForgotten++;
    }
    return isMissed;
  }

  /** Returns whether the member was in the list at the last {@link #listIs}. */
  boolean isPresent(String url) {
    return present.contains(url);
  }

  /** Returns the number of a look at the list, which is to be read after this. */
  synchronized long beginLook() {
    return ++looks;
  }

  /**
   * Takes note of who is in the list, unless a later look has been noted already: what an earlier
   * one found may be older.
   *
   * @param missed told what each of those who were not in the list before has missed, if anything,
   *     before he counts as present
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
    Iterator<String> eldest = left.keySet().iterator();
    for (int tooMany = left.size() - MOST_MEMBERS; tooMany > 0; tooMany--) {
      eldest.next();
      eldest.remove();
    }
    present = Set.copyOf(members);
    return true;
  }

  /** These have left, and had not heard of everything that came before. */
  synchronized void neverSeen(Set<String> urls) {
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
