package io.dawncache.core;

import static io.dawncache.core.Answers.value;
import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.dawncache.core.Explanation.OnGet;
import io.dawncache.core.consistenthash.Scheme;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * What an owner that leaves, or a new process in its place, answers while a change of its key goes
 * through the members: the change reaches it before the members that it asks.
 */
class LeavingOwnerTest {
  private static final String TOM = "Tom";
  private static final Forget FORGET_TOM = Forget.key("scores", TOM);
  private static final List<String> URLS = List.of("http://a:1", "http://b:1", "http://c:1");

  @RegisterExtension final Books books = new Books();

  private final Map<String, CacheNode> nodes = new HashMap<>();
  private final Map<String, Membership> memberships = new HashMap<>();
  private final List<String> loadedAt = new ArrayList<>();
  private String origin = "old";

  private final Set<String> broken = new HashSet<>(); // ways on which no fetch arrives
  private final List<Runnable> heldAnswers = new ArrayList<>();
  private boolean holdsAnswers;
  private final Map<String, Runnable> whenForgotten = new HashMap<>();
  private Runnable whenTimeIsRead = () -> {};

  private String first = "";
  private String second = "";
  private String third = "";

  /** A way to another node. */
  private final class Way implements PeerGetter {
    private final String name;
    private final String to;

    Way(String from, String to) {
      this.name = way(from, to);
      this.to = to;
    }

    private Neighbour there() {
      return new Neighbour(requireNonNull(nodes.get(to)));
    }

    @Override
    public void fetch(PeerRequest request, Consumer<? super PeerResult> callback) {
      if (broken.contains(name)) {
        callback.accept(PeerResult.of(PeerResult.Status.NOT_ASKED, "broken"));
      } else {
        there().fetch(request, result -> answer(() -> callback.accept(result)));
      }
    }

    private void answer(Runnable answer) {
      if (holdsAnswers) {
        heldAnswers.add(answer);
      } else {
        answer.run();
      }
    }

    @Override
    public void peek(PeerRequest request, Consumer<? super PeerResult> callback) {
      there().peek(request, callback);
    }

    @Override
    public void forget(Forget what, Duration timeout, Consumer<? super OperationResult> callback) {
      there()
          .forget(
              what,
              timeout,
              result -> {
                whenForgotten.getOrDefault(to, () -> {}).run();
                callback.accept(result);
              });
    }
  }

  private static String way(String from, String to) {
    return from + " to " + to;
  }

  @BeforeEach
  void start() {
    URLS.forEach(this::start);
    Iterator<Owner> byRank = membership(URLS.get(0)).allOwners(TOM);
    first = byRank.next().url();
    second = byRank.next().url();
    third = byRank.next().url();
  }

  private void start(String url) {
    HandThreads threads = new HandThreads(Runnable::run, this::nanoTime);
    CacheNode node = CacheNode.builder().nanoTime(this::nanoTime).threads(threads).build();
    nodes.put(url, books.keepFor(node));
    node.addAsyncGroup(
        "scores",
        GroupConfig.builder().maxBytes(1 << 20).build(),
        key -> {
          loadedAt.add(url);
          return CompletableFuture.completedFuture(Loaded.ofUtf8(origin));
        });
    Membership members = new Membership(url, Scheme.DAWNCACHE, 3, to -> new Way(url, to));
    memberships.put(url, members);
    members.set(URLS);
    node.registerPeerPicker(members);
  }

  private long nanoTime() {
    whenTimeIsRead.run();
    return 630_000_000_000L;
  }

  private Group group(String url) {
    return requireNonNull(requireNonNull(nodes.get(url)).group("scores"));
  }

  private Membership membership(String url) {
    return requireNonNull(memberships.get(url));
  }

  private void leave(String url) {
    memberships.values().forEach(members -> members.leave(url));
  }

  private CompletableFuture<ByteView> get(String url) {
    return group(url).getAsync(TOM);
  }

  /** A change of Tom in the origin reaches these members. */
  private void changeReaches(String... urls) {
    origin = "new";
    for (String url : urls) {
      group(url).forServers().forget(FORGET_TOM);
    }
  }

  private void assertNewEverywhere() {
    URLS.forEach(url -> assertEquals("new", value(get(url)), url));
  }

  @Test
  void theFirstOwnerKeepsNoOldValueOfTheNext() {
    leave(first);
    assertEquals("old", value(get(second)));

    changeReaches(first);
    value(get(first));
    changeReaches(second, third);

    assertNewEverywhere();
  }

  @Test
  void norOneThatItGetsAmongManyKeys() throws Exception {
    leave(first);
    assertEquals("old", value(get(second)));

    changeReaches(first);
    var unused = group(first).getAllAsync(List.of(TOM), null).get();
    changeReaches(second, third);

    assertNewEverywhere();
  }

  @Test
  void noGetAfterTheChangeJoinsAFetchOfAnOldValue() {
    leave(first);
    assertEquals("old", value(get(second)));

    changeReaches(first);
    holdsAnswers = true;
    var before = get(first);
    holdsAnswers = false;
    changeReaches(second, third);
    var after = get(first);
    heldAnswers.forEach(Runnable::run);

    value(before);
    assertEquals("new", value(after));
  }

  /** It would ask the third owner because it cannot ask the first. */
  @Test
  void theSecondOwnerKeepsNoOldValueOfTheThird() {
    leave(second);
    broken.add(way(third, first));
    broken.add(way(second, first));
    assertEquals("old", value(get(third)));
    assertEquals(List.of(third), loadedAt);

    changeReaches(first, second);
    value(get(second));
    changeReaches(third);

    assertNewEverywhere();
  }

  /** The owner that leaves has decided to fetch, and has not noted the key's generation yet. */
  @Test
  void aChangeJustBeforeAFetchIsSentIsNoticed() {
    leave(first);
    assertEquals("old", value(get(second)));

    whenTimeIsRead = this::changeOnceTheFetchHasAFlight;
    value(get(first));
    assertEquals("new", origin);
    changeReaches(second, third);

    assertNewEverywhere();
  }

  private void changeOnceTheFetchHasAFlight() {
    whenTimeIsRead = () -> {};
    if (group(first).explain(TOM).onGet() == OnGet.JOIN) {
      changeReaches(first);
    } else {
      whenTimeIsRead = this::changeOnceTheFetchHasAFlight;
    }
  }

  @Test
  void aKeyThatWasNotChangedIsFetched() {
    leave(first);

    assertEquals("old", value(get(second)));
    assertEquals(OnGet.FETCH, group(first).explain(TOM).onGet());
    assertEquals("old", value(get(first)));

    assertEquals(List.of(second), loadedAt);
  }

  @Test
  void anExplanationNamesTheLoadOfAChangedKey() {
    leave(first);
    changeReaches(first, second, third);

    assertEquals(OnGet.LOAD, group(first).explain(TOM).onGet());
    assertEquals(OnGet.FETCH, group(third).explain(TOM).onGet());
  }

  /** The process that forgot has stopped when its answer arrives. */
  @Test
  void aNewProcessOfTheFirstOwnerTakesOverNoOldValueOfTheCoordinator() {
    leave(first);
    assertEquals("old", value(get(second)));
    origin = "new";
    whenForgotten.put(
        first,
        () -> {
          start(first);
          memberships.values().forEach(members -> members.readmit(first));
          membership(first).wasEjected();
          value(get(first));
        });

    assertEquals(List.of(), group(second).remove(TOM).unreached());

    assertEquals(1, group(first).stats().events().peeks());
    assertNewEverywhere();
  }
}
