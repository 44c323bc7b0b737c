package io.dawncache.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Objects that are decoded once, and end with their bytes. */
class NearCacheTest {
  private static final Duration LONG_WAIT = Duration.ofMinutes(1);

  private record Score(int points) {}

  @RegisterExtension final Books books = new Books();

  private final HandClock time = new HandClock();
  private final CacheNode node = books.keepFor(time.node());
  private final AtomicInteger origin = new AtomicInteger(630);
  private final AtomicInteger decodes = new AtomicInteger();
  private final ValueCodec<Score> codec =
      ValueCodec.of(
          score -> Integer.toString(score.points()).getBytes(StandardCharsets.UTF_8),
          bytes -> {
            decodes.incrementAndGet();
            return new Score(Integer.parseInt(new String(bytes, StandardCharsets.UTF_8)));
          });
  private final TypedGroup<String, Score> plain = plainGroup("scores", GroupConfig.builder());
  private final TypedGroup<String, Score> scores = plain.withNearCache(3);

  private TypedGroup<String, Score> plainGroup(String name, GroupConfig.Builder config) {
    return node.addGroup(
        name,
        config.build(),
        KeyCodec.of(String.class),
        codec,
        key -> new Score(origin.getAndIncrement()));
  }

  @Test
  void aValueIsDecodedOnceForAllGetsOfItsView() throws Exception {
    Score score = scores.get("Tom");

    assertSame(score, scores.get("Tom"));
    assertSame(score, scores.get("Tom", LONG_WAIT));
    assertSame(score, scores.getOptional("Tom").orElseThrow());
    assertSame(score, scores.getIfPresent("Tom"));
    assertSame(score, scores.getEntry("Tom", LONG_WAIT).value());
    assertSame(score, scores.getAll(List.of("Tom")).get("Tom").value());
    assertSame(score, scores.async().get("Tom").get());
    assertSame(score, scores.async().getAll(List.of("Tom"), null).get().get("Tom").value());
    assertSame(score, scores.peek("Tom").value());
    assertEquals(1, decodes.get());
    assertEquals(new NearStats(1, 1, 0), scores.nearStats());
  }

  @Test
  void withoutANearCacheEachGetDecodes() {
    assertNotSame(plain.get("Tom"), plain.get("Tom"));
    assertEquals(2, decodes.get());
    assertEquals(new NearStats(0, 0, 0), plain.nearStats());
    assertThrows(IllegalArgumentException.class, () -> plain.withNearCache(0));
  }

  @Test
  void whatItAnswersIsAHit() {
    scores.get("Tom");
    scores.get("Tom");
    scores.getIfPresent("Tom");

    GroupStats stats = scores.stats();
    assertEquals(3, stats.gets());
    assertEquals(2, stats.cacheHits());
    assertEquals(1, stats.loads());
  }

  @Test
  void whatItAnswersIsAUseOfTheBytes() {
    GroupConfig.Builder config = GroupConfig.builder().policy(CachePolicy.LRU).maxBytes(1_000);
    TypedGroup<String, Score> small = plainGroup("small", config).withNearCache(100);
    Score used = small.get("Tom");

    for (int i = 0; small.stats().mainCache().evictions() < 3; i++) {
      small.get("key " + i);
      assertSame(used, small.get("Tom"));
    }
  }

  @Test
  void aRemovedObjectIsNotAnsweredAgain() {
    Score before = scores.get("Tom");

    scores.remove("Tom");

    assertNull(scores.getIfPresent("Tom"));
    assertNotEquals(before, scores.get("Tom"));
  }

  @Test
  void anObjectEndsWithTheValueThatIsPutInItsPlace() {
    scores.get("Tom");

    scores.put("Tom", new Score(1));

    assertEquals(new Score(1), scores.get("Tom"));
  }

  @Test
  void aClearedGroupHasNoObjects() {
    Score before = scores.get("Tom");

    scores.clear();

    assertNull(scores.getIfPresent("Tom"));
    assertNotEquals(before, scores.get("Tom"));
  }

  @Test
  void anObjectEndsWithTheTtlOfItsBytes() {
    TypedGroup<String, Score> brief =
        plainGroup("brief", GroupConfig.builder().ttl(Duration.ofSeconds(1))).withNearCache(3);
    Score before = brief.get("Tom");
    time.pass(Duration.ofMillis(500));
    assertSame(before, brief.get("Tom"));

    time.pass(Duration.ofMillis(500));

    assertNull(brief.getIfPresent("Tom"));
    assertNotEquals(before, brief.get("Tom"));
  }

  @Test
  void anObjectGoesOnAnsweringAsStaleWithItsBytes() {
    GroupConfig config =
        GroupConfig.builder().ttl(Duration.ofSeconds(1)).staleIfError(LONG_WAIT).build();
    AtomicInteger calls = new AtomicInteger();
    TypedGroup<String, Score> failing =
        node.addGroup(
                "failing",
                config,
                KeyCodec.of(String.class),
                codec,
                key -> {
                  if (calls.getAndIncrement() > 0) {
                    throw new IllegalStateException("the origin is down");
                  }
                  return new Score(630);
                })
            .withNearCache(3);
    Score before = failing.get("Tom");
    time.pass(Duration.ofSeconds(2));

    TypedEntry<Score> stale = failing.getEntry("Tom", LONG_WAIT);

    assertTrue(stale.isStale());
    assertSame(before, stale.value());
  }

  @Test
  void copiesOfOthersValuesAreDecodedOnceToo() {
    CacheNode owner = books.keepFor(CacheNode.create());
    owner.addGroup("copied", key -> Loaded.ofUtf8("630"));
    GroupConfig config = GroupConfig.builder().hotTtl(LONG_WAIT).build();
    TypedGroup<String, Score> copied =
        node.addGroup("copied", config, key -> Loaded.ofUtf8("1")).as(codec).withNearCache(3);
    node.registerPeerPicker(
        new HandPicker(new Owner.Remote("http://owner:1", new Neighbour(owner)), HandPicker.SELF));
    for (int i = 0; i < 100 && copied.stats().hotCache().items() == 0; i++) {
      copied.get("Tom");
    }
    Score copy = copied.get("Tom");
    assertEquals(1, copied.stats().hotCache().items());

    assertSame(copy, copied.get("Tom"));
    assertEquals(new Score(630), copy);
  }

  @Test
  void guestsAreDecodedOnceToo() {
    GroupConfig.Builder config = GroupConfig.builder().hotTtl(LONG_WAIT);
    TypedGroup<String, Score> guests = plainGroup("guests", config).withNearCache(3);
    Score own = guests.get("Tom");
    CacheNode owner = books.keepFor(CacheNode.create());
    node.registerPeerPicker(
        new HandPicker(new Owner.Remote("http://owner:1", new Neighbour(owner)), HandPicker.SELF));

    assertSame(own, guests.get("Tom"));
    guests.group().forServers().forget(Forget.all("guests"));
    assertNull(guests.getIfPresent("Tom"));
  }

  @Test
  void theObjectNotUsedLeavesFirst() {
    for (String key : List.of("Tom", "Jack", "Sam")) {
      scores.get(key);
    }
    Score tom = scores.get("Tom");
    Score sam = scores.get("Sam");

    scores.get("Kim"); // passes Tom, and takes the place of Jack

    assertEquals(new NearStats(3, 4, 1), scores.nearStats());
    assertSame(tom, scores.get("Tom"));
    assertSame(sam, scores.get("Sam"));
    int before = decodes.get();
    assertNotNull(scores.get("Jack"));
    assertEquals(before + 1, decodes.get());
    assertEquals(4, scores.stats().localLoads());
  }

  @Test
  void objectsAreNeverMoreThanTheBound() {
    for (int i = 0; i < 1000; i++) {
      scores.get("key " + i % 50);
      scores.get("key " + i % 7);
    }

    assertEquals(3, scores.nearStats().items());
    assertEquals(
        3,
        scores.group().sampleKeys(100).stream()
            .filter(key -> scores.group().peek(key).value() instanceof ReadBytes)
            .count());
    assertEquals(50, scores.stats().localLoads());
  }

  @Test
  void eachViewHasItsOwn() {
    TypedGroup<String, String> text = scores.group().as(ValueCodec.utf8()).withNearCache(3);

    Score score = scores.get("Tom");
    assertEquals("630", text.get("Tom"));
    assertEquals(score, scores.get("Tom"));
    assertEquals("630", text.get("Tom"));
  }

  @Test
  void theBytesAndTheirMetadataStayAsTheyAre() {
    Metadata plainText = new Metadata("text/plain", "\"v17\"");
    Group group = node.addGroup("described", key -> Loaded.ofUtf8("630").withMetadata(plainText));
    TypedGroup<String, Score> near = group.as(codec).withNearCache(3);
    near.get("Tom");
    ByteView read = group.get("Tom");

    assertEquals(ByteView.ofUtf8("630"), read);
    assertEquals(ByteView.ofUtf8("630").hashCode(), read.hashCode());
    assertEquals(plainText, read.metadata());
    assertEquals(new TypedEntry<>(new Score(630), false, plainText), near.peek("Tom"));
    assertNull(read.withMetadata(null).metadata());
    group.put("Jack", read); // the object does not go with the bytes
    assertFalse(group.get("Jack") instanceof ReadBytes);
    assertEquals(plainText, group.get("Jack").metadata());
  }

  @Test
  void bytesThatAreNoLongerHeldGetNoObject() {
    TypedGroup<String, Score> unkept =
        node.addGroup("unkept", key -> Loaded.ofUtf8("630").withTtl(Duration.ZERO))
            .as(codec)
            .withNearCache(3);

    unkept.get("Tom");

    assertEquals(new NearStats(0, 0, 0), unkept.nearStats());
  }
}
