package io.dawncache.server.history;

import io.dawncache.core.consistenthash.Ring;
import io.dawncache.server.ServerConfig;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * What happened in a fleet as the test saw it, and which answers broke the promise: a get begun
 * after a change was answered sees no value whose load began before that change.
 *
 * <p>Safe for use by any thread.
 */
final class History {
  /*
   * Everything has a moment, and who takes a later one came later. The test takes one before it
   * sends a question and one when it has read the answer, so what it sees as one after the other
   * was; and the origin takes one when it hears of a load. A put value counts as born when its put
   * was answered, or never if that never was. So a get is at fault if there is a change with
   *
   *   value born < change begun < change answered < get begun
   *
   * unless the promise leaves it open:
   *   - the node asked, or one of the key's two owners, was not reached or was no member, and has
   *     not forgotten everything since;
   *   - member lists differed or changed during the change.
   * When all is quiet, and everybody has been told, nothing is left open.
   */

  /** A get under way. */
  record Get(String node, String key, long begun) {}

  /** What all members have in their lists; nothing while they differ. */
  private record Lists(int version, List<String> members) {}

  /** A change of one key or, if that is null, of all. */
  final class Change {
    final @Nullable String key;
    final @Nullable String value;
    private final long begun = moment();
    private final Lists listsBefore = lists;
    private List<String> unreached = List.of();
    private long answered;
    private boolean listsHeldStill;

    private Change(@Nullable String key, @Nullable String value) {
      this.key = key;
      this.value = value;
    }

    /** Has been done, but at these members. */
    void done(List<String> unreached) {
      this.unreached = unreached;
      this.listsHeldStill = listsBefore.equals(lists) && !listsBefore.members.isEmpty();
      answered = moment();
      if (value != null) {
        born.put(value, answered);
      }
      answeredChanges(key).put(answered, this);
      if (!unreached.isEmpty()) {
        changesElsewhere.incrementAndGet();
      }
    }

    private boolean reached(String url) {
      return listsBefore.members.contains(url) && !unreached.contains(url);
    }

    @Override
    public String toString() {
      String what = key == null ? "clear" : value == null ? "remove " + key : "put " + value;
      return what + " from " + begun + " to " + answered + ", not reached: " + unreached;
    }
  }

  private static final int REPLICAS = 50;
  private static final int OWNERS = 2;
  private static final String ALL = "";

  private final AtomicLong moments = new AtomicLong();
  private final Map<String, Long> born = new ConcurrentHashMap<>();
  private final Map<String, ConcurrentNavigableMap<Long, Change>> answered =
      new ConcurrentHashMap<>();
  private final Map<String, ConcurrentSkipListSet<Long>> forgot = new ConcurrentHashMap<>();
  private final Map<List<String>, Ring> rings = new ConcurrentHashMap<>();
  private final List<String> faults = new CopyOnWriteArrayList<>();
  private final AtomicInteger strictlyJudged = new AtomicInteger();
  private final AtomicInteger changesElsewhere = new AtomicInteger();

  private volatile Lists lists = new Lists(0, List.of());
  private volatile boolean quiet;

  private long moment() {
    return moments.incrementAndGet();
  }

  /** A load begins; returns the value that it is to bring. */
  String load(String key) {
    long begun = moment();
    String value = key + "-loaded-" + begun;
    born.put(value, begun);
    return value;
  }

  /** A removal begins, or a clear if {@code key} is null. */
  Change remove(@Nullable String key) {
    return new Change(key, null);
  }

  /** A put begins, of {@link Change#value}. */
  Change put(String key) {
    String value = key + "-put-" + moment();
    born.put(value, Long.MAX_VALUE);
    return new Change(key, value);
  }

  /** A get begins. */
  Get get(String node, String key) {
    return new Get(node, key, moment());
  }

  /** A get has been answered. */
  void answered(Get get, String value) {
    Long born = this.born.get(value);
    if (born == null || !value.startsWith(get.key() + "-")) {
      faults.add(get + " saw what was never under its key: " + value);
      return;
    }
    var lastChange = answeredChanges(get.key()).lowerEntry(get.begun());
    if (lastChange != null && !isLeftOpen(lastChange.getValue(), get)) {
      strictlyJudged.incrementAndGet();
    }
    judge(get, value, born, answeredChanges(get.key()));
    judge(get, value, born, answeredChanges(null));
  }

  private void judge(
      Get get, String value, long born, ConcurrentNavigableMap<Long, Change> changes) {
    for (Change change : changes.headMap(get.begun()).descendingMap().values()) {
      if (change.answered < born) {
        return;
      }
      if (born < change.begun && !isLeftOpen(change, get)) {
        faults.add(get + " saw " + value + ", born at " + born + ", after " + change);
      }
    }
  }

  private boolean isLeftOpen(Change change, Get get) {
    if (quiet) {
      return false;
    }
    if (!change.listsHeldStill) {
      return true;
    }
    List<String> sources = owners(change.listsBefore.members, get.key());
    sources.add(get.node());
    return sources.stream().anyMatch(url -> !change.reached(url) && !forgotSince(change, get, url));
  }

  private boolean forgotSince(Change change, Get get, String url) {
    Long last = forgetting(url).lower(get.begun());
    return last != null && change.answered < last;
  }

  private List<String> owners(List<String> members, String key) {
    Ring ring =
        rings.computeIfAbsent(
            members, any -> Ring.of(ServerConfig.builder().build().ring(), REPLICAS, any));
    List<String> owners = new ArrayList<>();
    Iterator<String> inOrder = ring.owners(key);
    while (inOrder.hasNext() && owners.size() < OWNERS) {
      owners.add(inOrder.next());
    }
    return owners;
  }

  /** A node must have forgotten everything by now, before it answers anybody. */
  void forgotAll(String url) {
    forgetting(url).add(moment());
  }

  /** From now on, until {@link #listsAre}, member lists may differ. */
  void listsChange() {
    lists = new Lists(lists.version + 1, List.of());
  }

  /** From now on all have this list. */
  void listsAre(List<String> members) {
    lists = new Lists(lists.version + 1, members);
  }

  /** From now on nothing is under way. */
  void isQuiet() {
    quiet = true;
  }

  /** Returns what broke the promise since this was last asked. */
  List<String> takeFaults() {
    List<String> taken = List.copyOf(faults);
    faults.removeAll(taken);
    return taken;
  }

  /** Returns how many gets would have been at fault had they seen what the last change ended. */
  int strictlyJudged() {
    return strictlyJudged.get();
  }

  /** Returns how many changes were answered that had not reached everybody. */
  int changesElsewhere() {
    return changesElsewhere.get();
  }

  private ConcurrentNavigableMap<Long, Change> answeredChanges(@Nullable String key) {
    return answered.computeIfAbsent(
        Objects.requireNonNullElse(key, ALL), any -> new ConcurrentSkipListMap<>());
  }

  private ConcurrentSkipListSet<Long> forgetting(String url) {
    return forgot.computeIfAbsent(url, any -> new ConcurrentSkipListSet<>());
  }
}
