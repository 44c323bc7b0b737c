package io.dawncache.core;

import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * What a fleet's origin, changers and getters saw, and when: it says which gets broke the promise
 * that a get begun after a change was answered sees no value whose load began before that change.
 *
 * <p>When is a moment: no two things happen in the same one, and who counts a later one did so
 * later. Safe for use by any thread.
 */
final class History {
  /*
   * A value is known by its text, which the origin never answers twice. It was born when its load
   * began; a put one when its put was answered, for until then no change can have come after it. So
   * a get is at fault if there is a change of its key with
   *
   *   value born < change begun < change answered < get begun
   *
   * Looking for one begins with the change answered last before the get and ends with the first one
   * that was answered before the value was born. "Not found" has no text; it counts for the load
   * with that answer that began last.
   */

  /** A get that is being answered. */
  record Get(String node, String key, long begun, long begunNanos) {}

  /**
   * Judges which answers the promise leaves open: of members that were not reached, for example.
   */
  interface Excuses {
    /** Returns whether {@code get} may see what {@code change} was to end. */
    boolean allow(Change change, Get get, boolean hit);
  }

  /** A change of one key or, if that is null, of all. */
  final class Change {
    final @Nullable String key;
    final @Nullable String value;
    final long begun = moment();
    List<String> unreached = List.of();

    private Change(@Nullable String key, @Nullable String value) {
      this.key = key;
      this.value = value;
    }

    /** Has been answered: it was done, but at these members. */
    void done(List<String> unreached) {
      this.unreached = unreached;
      long answered = moment();
      if (value != null) {
        born.put(value, answered);
      }
      answeredChanges(key).put(answered, this);
    }

    @Override
    public String toString() {
      String what = key == null ? "clear" : (value == null ? "remove " : "put ") + key;
      return what + " begun at " + begun + ", not reached: " + unreached;
    }
  }

  private static final String ALL = "";

  private final AtomicLong moments = new AtomicLong();
  private final Excuses excuses;
  private final Map<String, String> keys = new ConcurrentHashMap<>();
  private final Map<String, Long> born = new ConcurrentHashMap<>();
  private final Map<String, Long> notFoundBorn = new ConcurrentHashMap<>();
  private final Map<String, NavigableMap<Long, Change>> answered = new ConcurrentHashMap<>();
  private final List<String> faults = new CopyOnWriteArrayList<>();

  History(Excuses excuses) {
    this.excuses = excuses;
  }

  /** Returns the present moment, which is over with that. */
  long moment() {
    return moments.incrementAndGet();
  }

  /** A load begins; returns the text that it is to answer. */
  String load(String key) {
    long begun = moment();
    String value = key + " loaded at " + begun;
    keys.put(value, key);
    born.put(value, begun);
    return value;
  }

  /** A load that began then finds {@code value} unchanged, which is as if it answered it. */
  void unchanged(String value, long begun) {
    born.merge(value, begun, Math::max);
  }

  /** The load that was to answer {@code value} answers that there is none. */
  void notFound(String value) {
    notFoundBorn.merge(keys.get(value), born.get(value), Math::max);
  }

  /** A removal begins, or a clear if {@code key} is null. */
  Change remove(@Nullable String key) {
    return new Change(key, null);
  }

  /** A put begins, of {@link Change#value}. */
  Change put(String key) {
    String value = key + " put at " + moment();
    keys.put(value, key);
    born.put(value, Long.MAX_VALUE);
    return new Change(key, value);
  }

  /** A get begins. */
  Get get(String node, String key, long nowNanos) {
    return new Get(node, key, moment(), nowNanos);
  }

  /**
   * A get is answered with a value, or that there is none.
   *
   * @param hit whether it was at once, from memory
   */
  void answered(Get get, @Nullable String value, boolean hit) {
    if (value != null && !get.key().equals(keys.get(value))) {
      faults.add(get + " saw another key's value: " + value);
      return;
    }
    long born = value == null ? notFoundBorn.getOrDefault(get.key(), 0L) : this.born.get(value);
    judge(get, value, born, hit, answeredChanges(get.key()));
    judge(get, value, born, hit, answeredChanges(null));
  }

  private void judge(
      Get get, @Nullable String value, long born, boolean hit, NavigableMap<Long, Change> changes) {
    var latestFirst = changes.headMap(get.begun(), false).descendingMap().entrySet();
    for (var entry : latestFirst) {
      Change change = entry.getValue();
      if (entry.getKey() < born) {
        return;
      }
      if (born < change.begun && !excuses.allow(change, get, hit)) {
        faults.add(
            get + " saw " + value + ", after " + change + " and answered at " + entry.getKey());
      }
    }
  }

  private NavigableMap<Long, Change> answeredChanges(@Nullable String key) {
    return answered.computeIfAbsent(key == null ? ALL : key, any -> new ConcurrentSkipListMap<>());
  }

  /** Returns what broke the promise so far. */
  List<String> faults() {
    return faults;
  }
}
