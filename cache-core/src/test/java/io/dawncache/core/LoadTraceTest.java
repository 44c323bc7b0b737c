package io.dawncache.core;

import static io.dawncache.core.Answers.value;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The trace of a get on its way to the getter and to other nodes. */
@Timeout(60)
class LoadTraceTest {
  private static final String SPAN = "-00f067aa0ba902b7-01";
  private static final TraceContext FIRST = trace("1");
  private static final TraceContext SECOND = trace("2");

  @RegisterExtension final Books books = new Books();

  private final CacheNode node = books.keepFor(CacheNode.create());
  private final Map<String, String> seen = new ConcurrentHashMap<>();
  private final FakePeer peer = new FakePeer("http://one:1");

  private static TraceContext trace(String digit) {
    return new TraceContext("00-" + digit.repeat(32) + SPAN, "rojo=" + digit);
  }

  /** What a getter sees, by key; {@code none} if it sees none. */
  private Loaded load(String key) {
    TraceContext trace = LoadTrace.current();
    seen.put(key, trace == null ? "none" : trace.tracestate());
    return Loaded.ofUtf8(key);
  }

  /** A caller with a trace. */
  private static final class Traced implements GetCallback {
    private final TraceContext trace;
    final CompletableFuture<ByteView> answer = new CompletableFuture<>();
    int asked;

    Traced(TraceContext trace) {
      this.trace = trace;
    }

    @Override
    public void value(Entry entry, double minuteQps) {
      answer.complete(entry.value());
    }

    @Override
    public void error(GetException error) {
      answer.completeExceptionally(error);
    }

    @Override
    public TraceContext trace() {
      asked++;
      return trace;
    }
  }

  private static Traced get(Group group, String key, TraceContext trace) {
    Traced caller = new Traced(trace);
    group.forServers().get(key, null, caller);
    return caller;
  }

  @Test
  void aGetterSeesTheTraceOfTheGetThatBeganItsLoad() {
    Group scores = node.addGroup("scores", this::load);

    assertEquals("Tom", value(get(scores, "Tom", FIRST).answer));
    assertEquals("Jack", value(get(scores, "Jack", null).answer));
    Traced asPeer = new Traced(SECOND);
    scores.forServers().getForPeer("Sam", null, 0, asPeer);
    assertEquals("Sam", value(asPeer.answer));
    assertEquals("Kim", scores.get("Kim").toUtf8());

    assertEquals(Map.of("Tom", "rojo=1", "Jack", "none", "Sam", "rojo=2", "Kim", "none"), seen);
    assertNull(LoadTrace.current(), "no getter runs on this thread");
  }

  @Test
  void aHitDoesNotAskForTheTrace() {
    Group scores = node.addGroup("scores", this::load);
    value(get(scores, "Tom", FIRST).answer);

    Traced hit = get(scores, "Tom", SECOND);
    Traced fromPeer = new Traced(SECOND);
    scores.forServers().getForPeer("Tom", null, 0, fromPeer);

    assertEquals("Tom", value(hit.answer));
    assertEquals("Tom", value(fromPeer.answer));
    assertEquals(0, hit.asked + fromPeer.asked);
    assertEquals(Map.of("Tom", "rojo=1"), seen);
  }

  @Test
  void getsThatJoinALoadLeaveItItsTrace() throws Exception {
    BlockingQueue<String> started = new LinkedBlockingQueue<>();
    CompletableFuture<Void> mayEnd = new CompletableFuture<>();
    Group scores =
        node.addGroup(
            "scores",
            key -> {
              Loaded loaded = load(key);
              started.add(key);
              mayEnd.get();
              return loaded;
            });

    Traced first = get(scores, "Tom", FIRST);
    started.take();
    Traced second = get(scores, "Tom", SECOND);
    mayEnd.complete(null);

    assertEquals("Tom", value(first.answer));
    assertEquals("Tom", value(second.answer));
    assertEquals(Map.of("Tom", "rojo=1"), seen);
    assertEquals(1, scores.stats().localLoads());
  }

  @Test
  void aFetchHasTheTraceAndSoHasTheLoadInItsPlace() {
    node.registerPeerPicker(new HandPicker(peer.peer()));
    Group scores = node.addGroup("scores", this::load);

    Traced fetched = get(scores, "Tom", FIRST);
    peer.is("630");
    Traced loaded = get(scores, "Jack", SECOND);
    peer.cannotBeAsked();

    assertEquals("630", value(fetched.answer));
    assertEquals("Jack", value(loaded.answer));
    assertEquals(List.of(FIRST, SECOND), peer.requests().stream().map(PeerRequest::trace).toList());
    assertEquals(Map.of("Jack", "rojo=2"), seen);
  }

  @Test
  void theGetsOfAGetterHaveTheTraceOfItsLoad() {
    Group parts = node.addGroup("parts", this::load);
    Group wholes =
        node.addGroup(
            "wholes",
            key -> {
              parts.get(key + "-1");
              parts.getAll(Set.of(key + "-2", key + "-3"));
              return load(key);
            });

    assertEquals("Tom", value(get(wholes, "Tom", FIRST).answer));
    wholes.get("Jack");

    Map<String, String> expected = new HashMap<>();
    for (String suffix : List.of("", "-1", "-2", "-3")) {
      expected.put("Tom" + suffix, "rojo=1");
      expected.put("Jack" + suffix, "none");
    }
    assertEquals(expected, seen);
  }

  @Test
  void aLoadOfManyKeysForAPeerHasTheTraceOfTheRequest() {
    List<Set<String>> calls = new ArrayList<>();
    BulkGetter many =
        new BulkGetter() {
          @Override
          public Loaded load(String key) {
            return LoadTraceTest.this.load(key);
          }

          @Override
          public Map<String, Loaded> loadAll(Set<String> keys) {
            calls.add(keys);
            Map<String, Loaded> loaded = new HashMap<>();
            keys.forEach(key -> loaded.put(key, load(key)));
            return loaded;
          }
        };
    for (Getter getter : List.of(many, (Getter) this::load)) {
      Group scores = node.addGroup("scores of " + (getter == many), getter);
      Map<String, CompletableFuture<ByteView>> answers = new HashMap<>();
      List<PeerRequest> requests = new ArrayList<>();
      for (String key : List.of("Tom", "Jack")) {
        answers.put(key, new CompletableFuture<>());
        requests.add(new PeerRequest(scores.name(), key, Duration.ofHours(1), 0, FIRST));
      }

      scores
          .forServers()
          .getAllForPeer(
              requests, (request, result) -> answers.get(request.key()).complete(result.value()));
      answers.forEach((key, answer) -> assertEquals(key, value(answer)));

      assertEquals(Map.of("Tom", "rojo=1", "Jack", "rojo=1"), seen);
      seen.clear();
    }
    assertEquals(List.of(Set.of("Tom", "Jack")), calls);
  }
}
