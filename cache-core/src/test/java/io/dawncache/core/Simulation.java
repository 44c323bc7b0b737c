package io.dawncache.core;

import io.dawncache.core.OperationResult.Status;
import io.dawncache.core.consistenthash.Scheme;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A small fleet, its origin and its clients on one thread, for one schedule: they get, remove, put
 * and clear while loads and messages are under way, and a {@link History} judges what they see.
 */
final class Simulation {
  /*
   * Whatever would run on another thread, or travel, is an event of the schedule: a task of a node's
   * threads, a message that arrives, the answer to it, the end of a load. So one seed is one order
   * of them all, to be seen again as often as one likes; and since nothing waits, it takes about a
   * millisecond.
   *
   * Code between two events is not interrupted. What threads do to one another within it is for
   * PromiseStressTest.
   */

  /** What may go wrong. */
  enum Trouble {
    /** Ways between nodes break and heal. */
    BROKEN_WAYS,
    /** Messages, and the answers to them, are lost now and then. */
    LOST_MESSAGES,
    /** Members leave and come back; not all nodes hear of it at the same time. */
    CHANGING_LISTS,
    /** Nodes eject members, rightly or not, and readmit them; each by itself. */
    EJECTIONS,
    /** Members leave of their own accord, hand over what they know, and new processes return. */
    DEPARTURES,
    /** Members say that they have forgotten and have not: a fault, to be found. */
    DEAF_MEMBERS,
    /** Members say that they have forgotten and do it later: another one. */
    LATE_MEMBERS,
    /** Members that leave hand no changes over: another one. */
    SILENT_LEAVERS,
    /** Members hold what is put for longer than they were asked to: another one. */
    HOARDING_MEMBERS,
    /** Near caches that hold objects by their keys, whatever becomes of the bytes: another one. */
    OBJECTS_BY_KEY
  }

  private static final int STEPS = 100;
  private static final int MOST_EVENTS = 14;
  private static final int REPLICAS = 3; // rings are made often
  private static final List<String> KEYS = List.of("Tom", "Jack", "Sam");
  private static final List<String> URLS =
      List.of("http://a:1", "http://b:1", "http://c:1", "http://d:1");
  private static final Duration HOT_TTL = Duration.ofSeconds(2);

  /** A copy may be of a load here, in another's place: that began, ran and ended late. */
  private static final Duration COPIES_END = HOT_TTL.plus(Schedule.LONGEST_WAIT.multipliedBy(3));

  private static final Duration LONGEST_PUT = Duration.ofSeconds(2);

  /**
   * How long the TTL of a put does not count: while it is on its way to the key's owner, twice if
   * it was lost and arrives after all, and while the owner's answer to a get is on its way.
   */
  private static final Duration WAY_OF_A_PUT = Schedule.LONGEST_WAIT.multipliedBy(6);

  private final Schedule schedule;
  private final List<String> members;
  private final List<String> keys;
  private final int nearEntries;
  private final Set<Trouble> troubles;
  private final Reach reach;
  private final History history;
  private final List<Node> nodes = new ArrayList<>();
  private final List<SimulatedWay> ways = new ArrayList<>();
  private final Map<String, Long> endsOfPuts = new HashMap<>();
  private int listChanges;
  private int unanswered;

  private Simulation(long seed, int size, Set<Trouble> troubles, @Nullable List<String> log) {
    this.schedule = new Schedule(seed, log);
    this.keys = KEYS.subList(0, 1 + schedule.draw(KEYS.size()));
    this.nearEntries = 1 + Math.floorMod(seed, KEYS.size()); // so that objects are evicted
    this.troubles = troubles;
    this.members = URLS.subList(0, size);
    this.reach =
        new Reach(
            schedule,
            COPIES_END.toNanos(),
            troubles.contains(Trouble.EJECTIONS) || troubles.contains(Trouble.DEPARTURES));
    this.history = new History(reach);
    GroupConfig config = config();
    boolean bulk = schedule.onceIn(4);
    members.forEach(url -> nodes.add(new Node(url, config, bulk)));
    nodes.forEach(node -> node.setMembers(members));
  }

  private GroupConfig config() {
    GroupConfig.Builder config = GroupConfig.builder().maxBytes(1 << 20).hotTtl(HOT_TTL);
    config.policy(schedule.onceIn(2) ? CachePolicy.LRU : CachePolicy.TINY_LFU);
    if (schedule.onceIn(3)) {
      config.ttl(Duration.ofSeconds(3)).staleIfError(Duration.ofSeconds(3));
    }
    if (schedule.onceIn(3)) {
      config.refreshAfterWrite(Duration.ofSeconds(1));
    }
    if (schedule.onceIn(3)) {
      config.negativeTtl(Duration.ofSeconds(3));
    }
    return config.build();
  }

  /**
   * Plays the schedule of a seed.
   *
   * @param size how many nodes, 1 to 4
   * @return how the promise was broken, and all that happened; or null
   */
  static @Nullable String faultOf(long seed, int size, Set<Trouble> troubles) {
    if (new Simulation(seed, size, troubles, null).play() == null) {
      return null;
    }
    List<String> log = new ArrayList<>();
    String fault = new Simulation(seed, size, troubles, log).play();
    return "seed "
        + seed
        + ", "
        + size
        + " nodes, "
        + troubles
        + ": "
        + fault
        + "\n"
        + String.join("\n", log);
  }

  private @Nullable String play() {
    try {
      for (int i = 0; i < STEPS && history.faults().isEmpty(); i++) {
        step();
      }
      settle();
      outlivePuts();
    } catch (RuntimeException | AssertionError e) {
      return e.toString();
    } finally {
      nodes.forEach(node -> node.cache.close());
    }
    return history.faults().isEmpty() ? null : history.faults().get(0);
  }

  private void step() {
    int dice = schedule.draw(100);
    if (dice < 55 || schedule.left() > MOST_EVENTS) {
      schedule.next();
    } else if (dice < 77) {
      get(schedule.any(nodes), schedule.any(keys));
    } else if (dice < 80) {
      getAll(schedule.any(nodes));
    } else if (dice < 90) {
      change(schedule.any(nodes));
    } else if (dice < 95) {
      pass(Duration.ofMillis(schedule.draw(400)));
    } else {
      haveTrouble();
    }
  }

  private void pass(Duration time) {
    schedule.pass(time);
    nodes.forEach(node -> node.cache.tick());
  }

  /** Lets everything end and every member receive its hints; then nothing old may be left. */
  private void settle() {
    ways.forEach(SimulatedWay::heal);
    schedule.endAll();
    if (troubles.contains(Trouble.CHANGING_LISTS)) {
      nodes.forEach(node -> change(node, members));
    }
    nodes.forEach(node -> members.forEach(node.members::readmit));
    for (int i = 0; i < 6; i++) { // so that debts are paid twice over
      pass(HOT_TTL.dividedBy(4));
      schedule.endAll();
    }
    if (unanswered != 0) {
      throw new AssertionError(unanswered + " gets and changes were never answered");
    }
    reach.settle();
    nodes.forEach(node -> keys.forEach(key -> get(node, key)));
    schedule.endAll();
    if (schedule.onceIn(8)) {
      nodes.forEach(node -> Books.check(node.cache));
    }
  }

  /**
   * Lets the time go on until no put value with a TTL may be answered any more, and asks for all.
   */
  private void outlivePuts() {
    if (endsOfPuts.isEmpty()) {
      return;
    }
    for (long left = LONGEST_PUT.plus(WAY_OF_A_PUT).toNanos(); left > 0; left -= 1_000_000_000) {
      pass(Duration.ofSeconds(1));
      schedule.endAll();
    }
    nodes.forEach(node -> keys.forEach(key -> get(node, key)));
    schedule.endAll();
  }

  // Clients

  private void get(Node node, String key) {
    Answer answer = new Answer(node, key);
    node.group.forServers().get(key, schedule.onceIn(8) ? Duration.ofMillis(300) : null, answer);
    answer.atOnce = false;
  }

  private void getAll(Node node) {
    Map<String, Answer> answers = new LinkedHashMap<>();
    keys.forEach(key -> answers.put(key, new Answer(node, key)));
    node.group.getAll(
        keys,
        null,
        (key, result) -> {
          Answer answer = Objects.requireNonNull(answers.get(key));
          if (result.entry() != null) {
            answer.value(result.entry(), 0);
          } else {
            answer.error(Objects.requireNonNull(result.error()));
          }
        });
    answers.values().forEach(answer -> answer.atOnce = false);
  }

  private final class Answer implements GetCallback {
    private final Node node;
    private final History.Get get;
    private boolean atOnce = true;

    Answer(Node node, String key) {
      this.node = node;
      get = history.get(node.url, key, schedule.nanoTime());
      schedule.say(get::toString);
      unanswered++;
    }

    @Override
    public void value(Entry entry, double minuteQps) {
      String value = node.read(get.key(), entry);
      schedule.say(() -> get + " is answered " + value);
      unanswered--;
      history.answered(get, value, atOnce);
      Long endNanos = endsOfPuts.get(value);
      if (endNanos != null && get.begunNanos() > endNanos && !entry.isStale()) {
        history.faults().add(get + " saw " + value + ", of which the TTL was over");
      }
    }

    @Override
    public void error(GetException error) {
      schedule.say(() -> get + " fails: " + error.getMessage());
      unanswered--;
      if (error instanceof NotFoundException) {
        history.answered(get, null, atOnce);
      }
    }
  }

  private void change(Node node) {
    Group group = node.group;
    Coordinator coordinator = group.coordinator();
    node.changes(1);
    int dice = schedule.draw(10);
    if (dice == 0) {
      History.Change clear = begun(history.remove(null));
      coordinator.clear(result -> ended(node, clear, result));
    } else if (dice < 4) {
      History.Change put = begun(history.put(schedule.any(keys)));
      String value = Objects.requireNonNull(put.value);
      long ttlNanos = schedule.onceIn(2) ? Long.MAX_VALUE : ttlOfPut(value);
      coordinator.submit(
          Operation.put(
              group.name(), Objects.requireNonNull(put.key), ByteView.ofUtf8(value), ttlNanos),
          result -> ended(node, put, result));
    } else {
      History.Change removal = begun(history.remove(schedule.any(keys)));
      coordinator.submit(
          Operation.remove(group.name(), Objects.requireNonNull(removal.key)),
          result -> ended(node, removal, result));
    }
  }

  /** Draws a TTL for a value that is put now, and notes when it has ended everywhere. */
  private long ttlOfPut(String value) {
    long ttlNanos = LONGEST_PUT.dividedBy(1 + schedule.draw(20)).toNanos();
    endsOfPuts.put(value, schedule.nanoTime() + ttlNanos + WAY_OF_A_PUT.toNanos());
    return troubles.contains(Trouble.HOARDING_MEMBERS) ? 100 * ttlNanos : ttlNanos;
  }

  private History.Change begun(History.Change change) {
    schedule.say(change::toString);
    unanswered++;
    reach.begun(change, lists());
    return change;
  }

  private void ended(Node node, History.Change change, OperationResult result) {
    node.changes(-1);
    schedule.say(() -> change + " is answered " + result);
    unanswered--;
    if (result.status() == Status.DONE) {
      reach.answered(change, lists());
      change.done(result.unreached());
    }
  }

  // Trouble

  private void haveTrouble() {
    if (troubles.contains(Trouble.BROKEN_WAYS) && !ways.isEmpty()) {
      SimulatedWay way = schedule.any(ways);
      way.breakOrHeal();
    }
    if (troubles.contains(Trouble.CHANGING_LISTS)) {
      List<String> list = new ArrayList<>(members);
      if (schedule.onceIn(2)) {
        list.remove(schedule.draw(list.size()));
      }
      for (Node node : nodes) {
        schedule.later(() -> node.url + " lists " + list, () -> change(node, list));
      }
    }
    if (troubles.contains(Trouble.DEPARTURES)) {
      leave(schedule.any(nodes));
    }
    if (troubles.contains(Trouble.EJECTIONS)) {
      ejectOrReadmit(schedule.any(members));
      ejectOrReadmit(schedule.any(members));
    }
  }

  /**
   * A member leaves. When nothing of it is under way any more and all its changes are handed over,
   * its process is replaced by a new one; else it stays.
   */
  private void leave(Node leaver) {
    schedule.say(() -> leaver.url + " leaves");
    for (Node node : nodes) {
      schedule.later(
          () -> node.url + " hears that " + leaver.url + " leaves",
          () -> node.members.leave(leaver.url));
    }
    schedule.later(
        () -> leaver.url + " offers its values",
        () -> offer(leaver, members, () -> handOver(leaver)));
  }

  private void handOver(Node leaver) {
    schedule.later(
        () -> leaver.url + " hands its changes over",
        () -> {
          int changes = leaver.changesBegun;
          CacheNode process = leaver.cache;
          Consumer<Set<String>> handedOver =
              lost -> {
                boolean all = lost.isEmpty() && process == leaver.cache;
                if (all && leaver.changesUnderWay == 0 && changes == leaver.changesBegun) {
                  leaver.restart();
                }
                nodes.forEach(node -> readmit(node, leaver.url));
              };
          if (troubles.contains(Trouble.SILENT_LEAVERS)) {
            handedOver.accept(Set.of());
          } else {
            process.handOverChanges(handedOver);
          }
        });
  }

  private void readmit(Node node, String url) {
    schedule.later(() -> node.url + " readmits " + url, () -> readmitNow(node, url));
  }

  private void readmitNow(Node node, String url) {
    node.members.readmit(url);
    schedule.later(
        () -> url + " hears that " + node.url + " had ejected it",
        () -> node(url).members.wasEjected());
    offerLater(node, List.of(url));
  }

  private void offerLater(Node node, List<String> receivers) {
    schedule.later(
        () -> node.url + " offers its values to " + receivers,
        () -> offer(node, receivers, () -> {}));
  }

  private static void offer(Node node, List<String> receivers, Runnable done) {
    node.cache.offerValues(receivers, 1 << 20, Duration.ofSeconds(5), done);
  }

  /** Some nodes eject a member, and others readmit it; one of the two at each node. */
  private void ejectOrReadmit(String url) {
    boolean eject = !schedule.onceIn(3);
    for (Node node : nodes) {
      if (!node.url.equals(url) && !schedule.onceIn(4)) {
        schedule.later(
            () -> node.url + (eject ? " ejects " : " readmits ") + url,
            () -> {
              if (!eject) {
                readmitNow(node, url);
              } else if (!node.members.eject(url, 1)) {
                schedule.say(() -> "which it does not hold a member");
              }
            });
      }
    }
  }

  /** Asks every node for which members it holds hints. */
  private void askForHints(Node asker) {
    long askedNanos = schedule.nanoTime();
    for (Node node : nodes) {
      schedule.later(
          () -> asker.url + " asks which hints " + node.url + " holds",
          () -> {
            Set<String> hinted = node.cache.membersWithHints();
            schedule.later(
                () -> node.url + " reports hints for " + hinted + " to " + asker.url,
                () -> asker.members.reported(node.url, askedNanos, hinted));
          });
    }
  }

  private void change(Node node, List<String> list) {
    listChanges++;
    List<String> entered = new ArrayList<>(list);
    entered.removeAll(node.members.members());
    node.members.set(list);
    offerLater(node, entered);
  }

  private Reach.Lists lists() {
    Membership first = nodes.get(0).members;
    boolean same = nodes.stream().allMatch(node -> node.members.members().equals(first.members()));
    return same
        ? new Reach.Lists(listChanges, first.members(), first)
        : new Reach.Lists(listChanges, null, null);
  }

  private void hear(String url, Forget what) {
    Runnable forget =
        () -> {
          node(url).group.forServers().forget(what);
          reach.heard(url, what, history.moment());
        };
    if (troubles.contains(Trouble.LATE_MEMBERS)) {
      schedule.later(() -> url + " at last " + what, forget);
    } else if (!troubles.contains(Trouble.DEAF_MEMBERS)) {
      forget.run();
    }
  }

  // The fleet

  private Node node(String url) {
    return nodes.get(URLS.indexOf(url));
  }

  /** A node whose group's origin answers when the schedule says so. */
  private final class Node {
    final String url;
    private final GroupConfig config;
    private final boolean bulk;
    private final Map<String, SimulatedWay> ways = new HashMap<>();
    int changesBegun;
    int changesUnderWay;

    // Of the present process:
    CacheNode cache;
    Membership members;
    Group group;
    TypedGroup<String, String> typed;
    private final Map<String, String> objectsByKey = new HashMap<>();

    Node(String url, GroupConfig config, boolean bulk) {
      this.url = url;
      this.config = config;
      this.bulk = bulk;
      start();
    }

    private void start() {
      cache = CacheNode.builder().nanoTime(schedule::nanoTime).threads(schedule.threads()).build();
      members = new Membership(url, Scheme.DAWNCACHE, REPLICAS, this::way, schedule::nanoTime);
      members.whenPeeking(() -> askForHints(this));
      group =
          bulk
              ? cache.addGroup("scores", config, new BulkOrigin())
              : cache.addAsyncGroup("scores", config, this::load);
      typed = group.as(ValueCodec.utf8()).withNearCache(nearEntries);
      objectsByKey.clear();
    }

    /** Returns what a typed get would make of an entry. */
    String read(String key, Entry entry) {
      String object = typed.read(key, entry);
      return troubles.contains(Trouble.OBJECTS_BY_KEY)
          ? objectsByKey.computeIfAbsent(key, any -> object)
          : object;
    }

    /** Another process takes the place of the present one. */
    void restart() {
      schedule.say(() -> url + " starts again");
      List<String> list = members.members();
      cache.close();
      start();
      setMembers(list);
    }

    /** A change begins here, for a client or for another node, or ends. */
    void changes(int more) {
      changesUnderWay += more;
      changesBegun += Math.max(0, more);
    }

    void setMembers(List<String> list) {
      members.set(list);
      cache.registerPeerPicker(members);
    }

    private SimulatedWay way(String to) {
      return ways.computeIfAbsent(
          to,
          any -> {
            SimulatedWay way =
                new SimulatedWay(
                    url + " to " + to,
                    schedule,
                    troubles.contains(Trouble.LOST_MESSAGES),
                    () -> new Neighbour(node(to).cache),
                    new SimulatedWay.Ear() {
                      @Override
                      public void hear(Forget what) {
                        Simulation.this.hear(to, what);
                      }

                      @Override
                      public void changes(int more) {
                        node(to).changes(more);
                      }
                    });
            Simulation.this.ways.add(way);
            return way;
          });
    }

    private CompletionStage<Loaded> load(String key) {
      String value = history.load(key);
      schedule.say(() -> url + " begins the load of " + value);
      CompletableFuture<Loaded> answer = new CompletableFuture<>();
      int dice = schedule.draw(10);
      schedule.later(
          () -> "the load of " + value + " ends",
          () -> {
            if (dice == 0) {
              answer.completeExceptionally(new IllegalStateException("the origin is down"));
            } else if (dice == 1) {
              history.notFound(value);
              answer.complete(Loaded.notFound());
            } else {
              answer.complete(Loaded.ofUtf8(value));
            }
          });
      return answer;
    }
  }

  /** An origin that answers at once, many keys together if it is asked for many. */
  private final class BulkOrigin implements Getter, BulkGetter {
    @Override
    public Loaded load(String key) {
      return Loaded.ofUtf8(history.load(key));
    }

    @Override
    public Map<String, Loaded> loadAll(Set<String> keys) {
      Map<String, Loaded> found = new HashMap<>();
      keys.forEach(key -> found.put(key, load(key)));
      return found;
    }
  }
}
