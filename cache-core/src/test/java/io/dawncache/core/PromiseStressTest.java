package io.dawncache.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dawncache.core.consistenthash.Scheme;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * The promise on three nodes of one process under as many threads as it takes: what {@link
 * PromiseTest} cannot see, between one instruction and the next.
 */
class PromiseStressTest {
  private static final List<String> URLS = List.of("http://a:1", "http://b:1", "http://c:1");
  private static final List<String> KEYS = List.of("Tom", "Jack", "Sam");
  private static final int GETTERS = 4;
  private static final int CHANGERS = 2;
  private static final int GETS = 20_000;
  private static final int CHANGES = 2_000;
  private static final int PUTS = 20_000;

  @RegisterExtension final Books books = new Books();

  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final List<HandClock> clocks = new ArrayList<>();
  private final List<Membership> memberships = new ArrayList<>();
  private final List<Group> groups = new ArrayList<>();
  private final AtomicLong unchanged = new AtomicLong();
  private volatile boolean listsChange;
  private final History history = new History((change, get, hit) -> listsChange);

  PromiseStressTest() {
    for (String url : URLS) {
      HandClock clock = new HandClock();
      clocks.add(clock);
      Membership members =
          new Membership(url, Scheme.DAWNCACHE, Membership.REPLICAS, this::neighbour);
      memberships.add(members);
    }
    for (int i = 0; i < URLS.size(); i++) {
      CacheNode node = books.keepFor(clocks.get(i).node());
      groups.add(node.addGroup("scores", new Origin()));
      memberships.get(i).set(URLS);
      node.registerPeerPicker(memberships.get(i));
    }
  }

  @AfterEach
  void stopThreads() {
    threads.shutdownNow();
  }

  private PeerGetter neighbour(String url) {
    return new Neighbour(clocks.get(URLS.indexOf(url)).node());
  }

  /** Takes its time, but not long, so that much begins and ends meanwhile. */
  private final class Origin implements Getter, BulkGetter {
    @Override
    public Loaded load(String key) {
      String value = history.load(key);
      takeTime();
      return Loaded.ofUtf8(value);
    }

    @Override
    public Loaded reload(String key, Entry held) {
      if (ThreadLocalRandom.current().nextBoolean()) {
        return load(key);
      }
      history.unchanged(held.value().toUtf8(), history.moment());
      takeTime();
      unchanged.incrementAndGet();
      return Loaded.unchanged();
    }

    private void takeTime() {
      for (int spins = ThreadLocalRandom.current().nextInt(2_000); spins > 0; spins--) {
        Thread.onSpinWait();
      }
    }

    @Override
    public Map<String, Loaded> loadAll(Set<String> keys) {
      return keys.stream().collect(Collectors.toMap(key -> key, this::load));
    }
  }

  private static <T> T any(List<T> list) {
    return list.get(ThreadLocalRandom.current().nextInt(list.size()));
  }

  private void get(Group group, String key) {
    History.Get get = history.get("", key, 0);
    history.answered(get, group.get(key).toUtf8(), false);
  }

  private void getAll(Group group) {
    Map<String, History.Get> gets =
        KEYS.stream().collect(Collectors.toMap(key -> key, key -> history.get("", key, 0)));
    group
        .getAll(KEYS)
        .forEach((key, result) -> history.answered(gets.get(key), result.value().toUtf8(), false));
  }

  /** Loads a key again although it may be held, or joins the load that runs. */
  private void refresh(Group group, String key) {
    assertNull(Answers.failure(group.refreshAsync(key)));
  }

  private void change(Group group) {
    int dice = ThreadLocalRandom.current().nextInt(10);
    History.Change change =
        dice == 0
            ? history.remove(null)
            : dice < 4 ? history.put(any(KEYS)) : history.remove(any(KEYS));
    String key = change.key;
    Applied applied =
        key == null
            ? group.clear()
            : change.value == null
                ? group.remove(key)
                : group.put(key, ByteView.ofUtf8(Objects.requireNonNull(change.value)));
    change.done(applied.unreached());
  }

  private Callable<Void> many(int times, Runnable task) {
    return () -> {
      for (int i = 0; i < times; i++) {
        task.run();
      }
      return null;
    };
  }

  private List<Callable<Void>> gettersAndChangers() {
    List<Callable<Void>> tasks = new ArrayList<>();
    for (int i = 0; i < GETTERS; i++) {
      tasks.add(many(GETS, () -> get(any(groups), any(KEYS))));
      tasks.add(many(GETS / 10, () -> getAll(any(groups))));
      tasks.add(many(GETS / 10, () -> refresh(any(groups), any(KEYS))));
    }
    for (int i = 0; i < CHANGERS; i++) {
      tasks.add(many(CHANGES, () -> change(any(groups))));
    }
    return tasks;
  }

  private void run(List<Callable<Void>> tasks) throws Exception {
    for (Future<Void> task : threads.invokeAll(tasks)) {
      task.get();
    }
    assertEquals(List.of(), history.faults());
  }

  @Test
  void holdsUnderManyThreads() throws Exception {
    run(gettersAndChangers());
    assertTrue(unchanged.get() > 0, "no held value was found unchanged");
  }

  @Test
  void nothingOldIsLeftWhenMembersLeftAndCameBackMeanwhile() throws Exception {
    listsChange = true;
    List<Callable<Void>> tasks = gettersAndChangers();
    tasks.add(
        many(
            300,
            () -> {
              List<String> list = new ArrayList<>(URLS);
              list.remove(ThreadLocalRandom.current().nextInt(URLS.size()));
              memberships.forEach(members -> members.set(list));
              memberships.forEach(members -> members.set(URLS));
            }));
    run(tasks);

    for (int i = 0; i < 2; i++) { // all hints are delivered in the first, copies end in the second
      clocks.forEach(clock -> clock.pass(Duration.ofSeconds(11)));
    }
    listsChange = false;

    groups.forEach(group -> KEYS.forEach(key -> get(group, key)));
    assertEquals(List.of(), history.faults());
  }

  @Test
  void aValueThatWasPutIsHeldWhateverLoadsRanMeanwhile() throws Exception {
    CacheNode node = books.keepFor(new HandClock().node());
    Group group = node.addGroup("put", key -> Loaded.ofUtf8("from the origin"));
    for (int i = 0; i < PUTS; i++) {
      String key = "key" + i;
      Future<Object> get = threads.submit(() -> group.get(key));
      group.put(key, ByteView.ofUtf8("put"));
      get.get();
      assertEquals("put", group.get(key).toUtf8(), key);
    }
  }
}
