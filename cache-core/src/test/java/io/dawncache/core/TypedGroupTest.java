package io.dawncache.core;

import static io.dawncache.core.Answers.failure;
import static java.util.stream.Collectors.toCollection;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class TypedGroupTest {
  private static final Duration LONG_WAIT = Duration.ofMinutes(1);

  /** What is for servers and for operators, who have no type of keys; and how a view is made. */
  private static final Set<String> OF_THE_GROUP_ALONE =
      Set.of(
          "forServers",
          "as",
          "sampleKeys",
          "hotKeys",
          "explain",
          "activity",
          "isRemoved",
          "addLoadListener",
          "removeLoadListener");

  private static final ValueCodec<Integer> NUMBER =
      ValueCodec.of(
          (Integer n) -> n.toString().getBytes(StandardCharsets.UTF_8),
          bytes -> Integer.valueOf(new String(bytes, StandardCharsets.UTF_8)));

  @RegisterExtension final Books books = new Books();

  private final HandClock time = new HandClock();
  private final CacheNode node = books.keepFor(time.node());
  private final Map<Long, Integer> origin = new ConcurrentHashMap<>();
  private final List<Long> loads = new CopyOnWriteArrayList<>();
  private final TypedGroup<Long, Integer> scores =
      node.addGroup(
          "scores",
          KeyCodec.of(Long.class),
          NUMBER,
          id -> {
            loads.add(id);
            return origin.get(id);
          });
  private final Group group = scores.group();

  private static Set<String> operationsOf(Class<?> type) {
    return Arrays.stream(type.getDeclaredMethods())
        .filter(method -> Modifier.isPublic(method.getModifiers()))
        .map(Method::getName)
        .filter(name -> !OF_THE_GROUP_ALONE.contains(name))
        .collect(toCollection(TreeSet::new));
  }

  @Test
  void aTypedGroupHasEveryOperationOfAGroupThatIsNotForOperators() {
    Set<String> typed = operationsOf(TypedGroup.class);
    Set<String> async = operationsOf(AsyncTypedGroup.class);

    for (String operation : operationsOf(Group.class)) {
      if (operation.endsWith("Async")) {
        String name = operation.substring(0, operation.length() - "Async".length());
        assertTrue(async.contains(name), operation + " in " + async);
      } else {
        assertTrue(typed.contains(operation), operation + " in " + typed);
      }
    }
  }

  // Gets

  @Test
  void itDecodesWhatIsAskedFor() throws Exception {
    origin.put(7L, 630);
    TypedEntry<Integer> entry = new TypedEntry<>(630, false, null);

    assertNull(scores.peek(7L));
    assertEquals(630, scores.get(7L));
    assertEquals(630, scores.get(7L, LONG_WAIT));
    assertEquals(Optional.of(630), scores.getOptional(7L));
    assertEquals(entry, scores.getEntry(7L, LONG_WAIT));
    assertEquals(entry, scores.peek(7L));
    assertEquals(630, scores.async().get(7L).get());
    assertEquals(630, scores.async().get(7L, LONG_WAIT).get());
    assertEquals(Optional.of(630), scores.async().getOptional(7L).get());
    assertEquals(entry, scores.async().getEntry(7L, LONG_WAIT).get());
    assertEquals(630, scores.async().refresh(7L).get());
    assertEquals(List.of(7L, 7L), loads);
    assertEquals("630", group.get("7").toUtf8());
    assertSame(scores, scores.async().synchronous());
  }

  @Test
  void whatTheOriginDoesNotHaveIsAnEmptyOptional() throws Exception {
    assertThrows(NotFoundException.class, () -> scores.get(7L));
    assertInstanceOf(NotFoundException.class, failure(scores.async().get(7L)));
    assertEquals(Optional.empty(), scores.getOptional(7L));
    assertEquals(Optional.empty(), scores.async().getOptional(7L).get());
  }

  @Test
  void anOptionalOfTheOriginIsAValueOrNone() {
    TypedGroup<Long, Integer> optional =
        node.addGroup(
            "optional",
            KeyCodec.of(Long.class),
            NUMBER,
            TypedGetter.optional(id -> Optional.ofNullable(origin.get(id))));
    origin.put(7L, 630);

    assertEquals(630, optional.get(7L));
    assertEquals(Optional.empty(), optional.getOptional(8L));
  }

  @Test
  void whatIsPresentIsAHitAndWhatIsNotIsNoGet() {
    origin.put(7L, 630);

    assertNull(scores.getIfPresent(7L));
    assertEquals(0, scores.stats().gets());
    assertEquals(630, scores.get(7L));
    assertEquals(630, scores.getIfPresent(7L));

    assertEquals(1, scores.stats().cacheHits());
    assertEquals(2, scores.stats().gets());
    assertEquals(List.of(7L), loads);
  }

  @Test
  void itTellsThatAValueIsStale() {
    GroupConfig config =
        GroupConfig.builder().ttl(Duration.ofSeconds(1)).staleIfError(LONG_WAIT).build();
    Queue<Integer> answers = new ArrayDeque<>(List.of(630)); // then it fails
    TypedGroup<String, Integer> failing =
        node.addGroup("failing", config, KeyCodec.of(String.class), NUMBER, k -> answers.remove());
    assertFalse(failing.getEntry("Tom", LONG_WAIT).isStale());

    time.pass(Duration.ofSeconds(2));

    assertEquals(new TypedEntry<>(630, true, null), failing.getEntry("Tom", LONG_WAIT));
    assertSame(config.ttl(), failing.config().ttl());
  }

  @Test
  void itFailsAsItsGroupDoes() {
    TypedGroup<String, Integer> byText = group.as(NUMBER);
    assertThrows(IllegalArgumentException.class, () -> byText.get(""));
    assertThrows(IllegalArgumentException.class, () -> scores.put(7L, 1, Duration.ZERO));
    assertInstanceOf(
        RejectedException.class, assertThrows(GetException.class, () -> byText.get("007")));
    assertEquals(List.of(), loads);
  }

  // Changes

  @Test
  void itEncodesWhatIsPut() throws Exception {
    AsyncTypedGroup<Long, Integer> async = scores.async();
    assertTrue(scores.put(1L, 630).isEverywhere());
    assertTrue(scores.put(2L, 589, Duration.ofSeconds(1)).isEverywhere());
    assertTrue(async.put(3L, 567).get().isEverywhere());
    assertTrue(async.put(4L, 412, Duration.ofSeconds(1)).get().isEverywhere());
    assertEquals("630", group.get("1").toUtf8());
    assertEquals("589", group.get("2").toUtf8());
    assertEquals("567", group.get("3").toUtf8());
    assertEquals("412", group.get("4").toUtf8());

    time.pass(Duration.ofSeconds(1));

    assertEquals(630, scores.getIfPresent(1L));
    assertEquals(567, scores.getIfPresent(3L));
    assertNull(scores.getIfPresent(2L));
    assertNull(scores.getIfPresent(4L));
    assertEquals(List.of(), loads);
  }

  @Test
  void whatItRemovesAndClearsIsRemovedFromItsGroup() throws Exception {
    for (long key = 1; key <= 3; key++) {
      scores.put(key, 630);
    }

    assertTrue(scores.remove(1L).isEverywhere());
    assertTrue(scores.async().remove(2L).get().isEverywhere());
    assertEquals(List.of("3"), group.sampleKeys(3));
    assertTrue(scores.clear().isEverywhere());
    assertEquals(List.of(), group.sampleKeys(3));
    scores.put(1L, 630);
    assertTrue(scores.async().clear().get().isEverywhere());
    assertEquals(List.of(), group.sampleKeys(3));
  }

  // Many at once

  @Test
  void eachOfManyKeysEndsByItself() throws Exception {
    origin.put(1L, 630);
    group.put("2", ByteView.ofUtf8("many"));
    List<Long> keys = List.of(1L, 2L, 3L, 1L);
    Map<Long, TypedResult<Integer>> eachAsItComes = new ConcurrentHashMap<>();

    Map<Long, TypedResult<Integer>> all = scores.getAll(keys);
    scores.getAll(List.of(1L), null, eachAsItComes::put);

    for (var results : List.of(all, scores.async().getAll(keys, LONG_WAIT).get())) {
      assertEquals(List.of(1L, 2L, 3L), List.copyOf(results.keySet()));
      assertTrue(results.get(1L).isFound());
      assertEquals(630, results.get(1L).value());
      assertInstanceOf(NotFoundException.class, results.get(3L).error());
      assertThrows(NotFoundException.class, () -> results.get(2L).value()); // was loaded again
    }
    assertEquals(new TypedEntry<>(630, false, null), eachAsItComes.get(1L).entry());
  }

  @Test
  void aGetterOfManyGetsKeysAndOneBadRowLosesNoOther() {
    List<Set<Long>> asked = new CopyOnWriteArrayList<>();
    ValueCodec<Integer> below1000 =
        ValueCodec.of(
            n -> {
              if (n >= 1000) {
                throw new IllegalArgumentException(n + " (expected: < 1000)");
              }
              return NUMBER.encode(n).toByteArray();
            },
            bytes -> NUMBER.decode(ByteView.copyOf(bytes)));
    TypedGroup<Long, Integer> many =
        node.addGroup(
            "many",
            KeyCodec.of(Long.class),
            below1000,
            TypedGetter.many(
                ids -> {
                  asked.add(Set.copyOf(ids));
                  Map<Long, Integer> found = new HashMap<>(origin);
                  found.keySet().retainAll(ids);
                  return found;
                }));
    origin.putAll(Map.of(1L, 630, 2L, 1000, 4L, 589));

    Map<Long, TypedResult<Integer>> results = many.getAll(List.of(1L, 2L, 3L));

    assertEquals(630, results.get(1L).value());
    RuntimeException bad = results.get(2L).error();
    assertInstanceOf(GetFailedException.class, bad);
    assertTrue(bad.getMessage().contains("encode many/2: "), bad.getMessage());
    assertInstanceOf(NotFoundException.class, results.get(3L).error());
    assertEquals(589, many.get(4L));
    Map<String, GetResult> texts = many.group().getAll(List.of("05", "5", "x"));
    assertInstanceOf(RejectedException.class, texts.get("05").error());
    assertInstanceOf(NotFoundException.class, texts.get("5").error());
    assertInstanceOf(RejectedException.class, many.group().getAll(List.of("a")).get("a").error());
    assertEquals(List.of(Set.of(1L, 2L, 3L), Set.of(4L), Set.of(5L)), asked);
  }

  @Test
  void textsThatAreNoKeysAreRejectedWithoutACallOfTheGetter() {
    TypedGroup<Long, Integer> many =
        node.addGroup(
            "many",
            KeyCodec.of(Long.class),
            NUMBER,
            TypedGetter.many(
                ids -> {
                  throw new AssertionError(ids);
                }));

    many.group()
        .getAll(List.of("a", "b"))
        .values()
        .forEach(result -> assertInstanceOf(RejectedException.class, result.error()));
  }

  // Bytes that cannot be read

  @Test
  void bytesThatCannotBeReadAreForgottenAndLoadedOnce() throws Exception {
    origin.put(7L, 630);
    ByteView unreadable = ByteView.ofUtf8("many");

    group.put("7", unreadable);
    assertEquals(630, scores.get(7L));
    group.put("7", unreadable);
    assertEquals(630, scores.get(7L, LONG_WAIT));
    group.put("7", unreadable);
    assertEquals(630, scores.getEntry(7L, LONG_WAIT).value());
    group.put("7", unreadable);
    assertEquals(630, scores.async().get(7L).get());
    group.put("7", unreadable);
    assertEquals(630, scores.getAll(List.of(7L)).get(7L).value());
    group.put("7", unreadable);
    assertEquals(630, scores.async().getAll(List.of(7L), LONG_WAIT).get().get(7L).value());

    assertEquals(6, loads.size());
    assertEquals(630, scores.getIfPresent(7L));
    assertEquals(6, scores.stats().events().unreadable());
    assertEquals(6, scores.stats().misses());
  }

  @Test
  void whatIsPresentAndCannotBeReadIsForgotten() {
    group.put("7", ByteView.ofUtf8("many"));

    CodecException wrong = assertThrows(CodecException.class, () -> scores.peek(7L));
    assertTrue(wrong.getMessage().startsWith("decode scores/7: "), wrong.getMessage());
    assertInstanceOf(NumberFormatException.class, wrong.getCause());
    assertNull(scores.getIfPresent(7L));
    assertNull(scores.peek(7L));
    assertEquals(1, scores.stats().events().unreadable());
  }

  @Test
  void whatCannotBeReadAfterItWasLoadedIsNotLoadedAgain() {
    List<String> loaded = new CopyOnWriteArrayList<>();
    TypedGroup<String, Integer> broken =
        node.addGroup(
                "broken",
                key -> {
                  loaded.add(key);
                  return Loaded.ofUtf8("many");
                })
            .as(NUMBER);

    assertThrows(CodecException.class, () -> broken.get("Tom"));
    assertEquals(List.of("Tom", "Tom"), loaded); // a miss, and once more
    assertThrows(CodecException.class, () -> broken.get("Tom"));
    assertThrows(CodecException.class, () -> broken.get("Tom", LONG_WAIT));
    assertInstanceOf(CodecException.class, failure(broken.async().get("Tom")));
    assertInstanceOf(CodecException.class, broken.getAll(List.of("Tom")).get("Tom").error());
    assertEquals(List.of("Tom", "Tom"), loaded);

    broken.put("Tom", 630);
    assertEquals(630, broken.get("Tom"));
    assertInstanceOf(CodecException.class, failure(broken.async().get("Jack")));
    assertInstanceOf(CodecException.class, broken.getAll(List.of("Sam")).get("Sam").error());
    assertEquals(List.of("Tom", "Tom", "Jack", "Jack", "Sam", "Sam"), loaded);
  }

  @Test
  void whatCannotBeReadIsOfNoUseWhenTheOriginIsDown() {
    Queue<Loaded> answers = new ArrayDeque<>(); // it fails
    TypedGroup<String, Integer> failing =
        node.addGroup("failing", key -> answers.remove()).as(NUMBER);
    for (String key : List.of("Tom", "Jack", "Sam")) {
      failing.group().put(key, ByteView.ofUtf8("many"));
    }

    assertThrows(GetFailedException.class, () -> failing.get("Tom"));
    assertInstanceOf(GetFailedException.class, failure(failing.async().get("Jack")));
    assertInstanceOf(GetFailedException.class, failing.getAll(List.of("Sam")).get("Sam").error());
  }

  @Test
  void valuesOfAnotherVersionAreLoadedAgain() {
    TypedGroup<Long, Integer> first = group.as(KeyCodec.of(Long.class), NUMBER.withVersion(1));
    first.put(7L, 630);
    GroupConfig config = group.config();
    TypedGroup<Long, Integer> second =
        node.addGroup("second", config, KeyCodec.of(Long.class), NUMBER.withVersion(2), id -> 631);
    second.group().put("7", group.get("7"));

    assertEquals(630, first.get(7L));
    assertEquals(631, second.get(7L));
    assertEquals(631, second.getIfPresent(7L));
    assertEquals(1, second.stats().events().unreadable());
  }

  @Test
  void aNodeOfAnotherVersionLoadsForItselfAndLeavesTheOwnerAlone() {
    CacheNode owner = books.keepFor(CacheNode.create());
    KeyCodec<Long> ids = KeyCodec.of(Long.class);
    TypedGroup<Long, Integer> old = owner.addGroup("scores", ids, NUMBER, id -> 1);
    CacheNode newer = books.keepFor(CacheNode.create());
    TypedGroup<Long, Integer> ours = newer.addGroup("scores", ids, NUMBER.withVersion(2), id -> 2);
    newer.registerPeerPicker(
        new HandPicker(new Owner.Remote("http://owner:1", new Neighbour(owner)), HandPicker.SELF));

    assertEquals(1, old.get(7L));
    assertEquals(2, ours.get(7L));
    assertEquals(2, ours.get(7L));

    assertEquals(1, ours.stats().localLoads());
    assertEquals(1, old.getIfPresent(7L));
  }

  // Codecs that fail

  @Test
  void aValueThatHasNoFormIsRefused() {
    assertThrows(CodecException.class, () -> scores.put(7L, null));
    assertThrows(CodecException.class, () -> scores.async().put(7L, null));
    assertThrows(NullPointerException.class, () -> scores.get(null));
  }

  @Test
  void anErrorOfACodecEndsOneKeyOfMany() {
    group.put("7", ByteView.ofUtf8("630"));
    Error thrown = new StackOverflowError("a codec");
    ValueCodec<Integer> deep =
        ValueCodec.of(
            number -> new byte[0],
            bytes -> {
              throw thrown;
            });

    TypedResult<Integer> result = group.as(deep).getAll(List.of("7")).get("7");

    assertSame(thrown, assertInstanceOf(CodecException.class, result.error()).getCause());
  }

  // The group behind it

  @Test
  void itShowsWhatItsGroupIs() throws Exception {
    origin.put(7L, 630);
    var event = new CompletableFuture<GroupEvent>();
    GroupListener listener = event::complete;
    scores.addListener(listener);

    assertEquals(new WarmProgress(1, 1, 0, 0), scores.warm(List.of(7L), 1e9, p -> {}).get());
    scores.remove(7L);

    assertEquals(7L, scores.keyOf(event.get()));
    assertNull(scores.keyOf(new GroupEvent(GroupEvent.Type.REMOVED, "scores", null)));
    assertTrue(scores.removeListener(listener));
    assertFalse(scores.removeListener(listener));
    assertEquals("scores", scores.name());
    assertSame(group.config(), scores.config());
    assertEquals(1, scores.stats().misses());
    assertEquals("TypedGroup[scores]", scores.toString());
    assertEquals("AsyncTypedGroup[scores]", scores.async().toString());
  }

  @Test
  void textIsATypeOfItsOwn() {
    assertEquals("é", node.addGroup("names", Loaded::ofUtf8).as(ValueCodec.utf8()).get("é"));
  }
}
