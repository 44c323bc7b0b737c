package io.dawncache.test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.dawncache.core.BulkGetter;
import io.dawncache.core.ByteView;
import io.dawncache.core.CacheNode;
import io.dawncache.core.Entry;
import io.dawncache.core.GetFailedException;
import io.dawncache.core.Getter;
import io.dawncache.core.Group;
import io.dawncache.core.Loaded;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class TestOriginTest {
  private final TestOrigin origin = new TestOrigin();
  private final CacheNode node = CacheNode.create();
  private final Group group =
      node.addGroup("scores", origin.of(key -> Loaded.ofUtf8("value of " + key)));

  @AfterEach
  void close() {
    node.close();
  }

  @Test
  void theLoadsOfEachKeyAreCounted() {
    group.get("Tom");
    group.get("Tom");
    group.get("Jack");

    assertEquals(1, origin.loads("Tom"));
    assertEquals(0, origin.loads("Sam"));
    assertEquals(2, origin.loads());
    assertEquals(Map.of("Jack", 1, "Tom", 1), origin.loadsByKey());
    assertEquals("origin UP, loads {Jack=1, Tom=1}", origin.toString());
    origin.resetLoads();
    assertEquals(0, origin.loads());
  }

  @Test
  void anOriginThatIsDownFailsEachLoadUntilItRecovers() {
    origin.fail();

    GetFailedException failure = assertThrows(GetFailedException.class, () -> group.get("Tom"));
    assertInstanceOf(IOException.class, failure.getCause());
    assertEquals(1, origin.loads("Tom"), "a load that fails counts");

    origin.recover();
    assertEquals("value of Tom", group.get("Tom").toUtf8());
  }

  @Test
  void anOriginFailsAsTheTestSays() {
    Exception failure = new IllegalStateException("no licence");
    origin.fail(failure);

    assertEquals(
        failure, assertThrows(GetFailedException.class, () -> group.get("Tom")).getCause());
  }

  @Test
  void aSlowOriginAnswersWhenTheTestReleasesIt() {
    origin.hold();
    CompletableFuture<ByteView> first = group.getAsync("Tom");
    CompletableFuture<ByteView> second = group.getAsync("Tom");
    CompletableFuture<ByteView> other = group.getAsync("Jack");
    origin.awaitHeldLoads(2);

    assertFalse(first.isDone());
    assertEquals(1, origin.loads("Tom"), "waiters share a load");

    origin.recover();
    assertEquals("value of Tom", first.join().toUtf8());
    assertEquals("value of Tom", second.join().toUtf8());
    assertEquals("value of Jack", other.join().toUtf8());
    assertEquals(0, origin.heldLoads());
  }

  @Test
  void whatIsHeldFailsWhenTheOriginGoesDown() {
    origin.hold();
    CompletableFuture<?> get = group.getAsync("Tom");
    origin.awaitHeldLoads(1);

    origin.fail();

    Throwable failure = get.handle((value, thrown) -> thrown).join();
    assertInstanceOf(GetFailedException.class, failure);
  }

  @Test
  void aHeldLoadEndsWithItsNode() {
    origin.hold();
    CompletableFuture<?> get = group.getAsync("Tom");
    origin.awaitHeldLoads(1);

    node.close();

    assertInstanceOf(GetFailedException.class, get.handle((value, thrown) -> thrown).join());
    Await.until("the getter's thread has ended", () -> origin.heldLoads() == 0);
  }

  @Test
  void aLoadOfManyKeysCountsForEachOfThem() {
    BulkGetter many =
        new BulkGetter() {
          @Override
          public Loaded load(String key) {
            return Loaded.ofUtf8("one " + key);
          }

          @Override
          public Map<String, Loaded> loadAll(Set<String> keys) {
            return keys.stream()
                .collect(Collectors.toMap(Function.identity(), key -> Loaded.ofUtf8("all " + key)));
          }
        };
    Group groupOfMany = node.addGroup("many", origin.of(many));

    groupOfMany.get("a");
    groupOfMany.getAll(List.of("b", "c"));

    assertEquals("one a", groupOfMany.get("a").toUtf8());
    assertEquals("all b", groupOfMany.get("b").toUtf8());
    assertEquals(Map.of("a", 1, "b", 1, "c", 1), origin.loadsByKey());
  }

  @Test
  void aValueThatIsLoadedAgainWhileItIsHeldReachesTheGettersReload() {
    Getter renewing =
        new Getter() {
          @Override
          public Loaded load(String key) {
            return Loaded.ofUtf8("first");
          }

          @Override
          public Loaded reload(String key, Entry held) {
            return Loaded.ofUtf8(held.value().toUtf8() + ", again");
          }
        };
    Group renewed = node.addGroup("renewed", origin.of(renewing));
    renewed.get("Tom");

    assertEquals("first, again", renewed.refreshAsync("Tom").join().toUtf8());
    assertEquals(2, origin.loads("Tom"));
  }

  @Test
  void anOriginThatIsAskedInAnotherWayCountsToo() throws Exception {
    assertEquals(630, origin.<Integer>call("Tom", () -> 630));
    origin.fail();

    assertThrows(IOException.class, () -> origin.call("Tom", () -> 631));
    assertEquals(2, origin.loads("Tom"));
  }
}
