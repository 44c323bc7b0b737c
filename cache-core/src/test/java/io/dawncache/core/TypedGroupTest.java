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
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class TypedGroupTest {
  private static final Duration LONG_WAIT = Duration.ofMinutes(1);

  /** What is not of a view: how servers use the group, and how a view is made. */
  private static final Set<String> OF_THE_GROUP_ALONE = Set.of("forServers", "as");

  private static final Codec<Integer> NUMBER =
      Codec.of(
          (Integer n) -> n.toString().getBytes(StandardCharsets.UTF_8),
          bytes -> Integer.valueOf(new String(bytes, StandardCharsets.UTF_8)));

  @RegisterExtension final Books books = new Books();

  private final HandClock time = new HandClock();
  private final CacheNode node = books.keepFor(time.node());
  private final Map<String, Loaded> origin = new ConcurrentHashMap<>();
  private final Group group =
      node.addGroup("scores", key -> origin.getOrDefault(key, Loaded.notFound()));
  private final TypedGroup<Integer> scores = group.as(NUMBER);

  private static Set<String> operationsOf(Class<?> type) {
    return Arrays.stream(type.getDeclaredMethods())
        .filter(method -> Modifier.isPublic(method.getModifiers()))
        .filter(method -> !OF_THE_GROUP_ALONE.contains(method.getName()))
        .map(Method::toGenericString)
        .map(text -> text.replace(type.getName() + ".", ""))
        .collect(toCollection(TreeSet::new));
  }

  private static String typed(String operation) {
    return operation
        .replace("io.dawncache.core.ByteView", "T")
        .replace("io.dawncache.core.Entry", "io.dawncache.core.TypedEntry<T>")
        .replace("io.dawncache.core.GetResult", "io.dawncache.core.TypedResult<T>");
  }

  @Test
  void aTypedGroupHasEveryOperationOfAGroup() {
    Set<String> expected =
        operationsOf(Group.class).stream()
            .map(TypedGroupTest::typed)
            .collect(toCollection(TreeSet::new));

    assertTrue(expected.contains("public T get(java.lang.String)"), expected::toString);
    assertEquals(String.join("\n", expected), String.join("\n", operationsOf(TypedGroup.class)));
  }

  @Test
  void itDecodesWhatIsAskedFor() throws Exception {
    origin.put("Tom", Loaded.ofUtf8("630"));

    assertNull(scores.peek("Tom"));
    assertEquals(630, scores.get("Tom"));
    assertEquals(630, scores.get("Tom", LONG_WAIT));
    assertEquals(630, scores.getAsync("Tom").get());
    assertEquals(630, scores.getAsync("Tom", LONG_WAIT).get());
    TypedEntry<Integer> entry = new TypedEntry<>(630, false, null);
    assertEquals(entry, scores.getEntry("Tom", LONG_WAIT));
    assertEquals(entry, scores.getEntryAsync("Tom", LONG_WAIT).get());
    assertEquals(entry, scores.peek("Tom"));
  }

  @Test
  void itTellsThatAValueIsStale() {
    GroupConfig config = GroupConfig.builder().staleIfError(LONG_WAIT).build();
    Loaded brief = Loaded.ofUtf8("630").withTtl(Duration.ofSeconds(1));
    Queue<Loaded> answers = new ArrayDeque<>(List.of(brief)); // then it fails
    TypedGroup<Integer> failing =
        node.addGroup("failing", config, key -> answers.remove()).as(NUMBER);
    assertFalse(failing.getEntry("Tom", LONG_WAIT).isStale());

    time.pass(Duration.ofSeconds(2));

    assertEquals(new TypedEntry<>(630, true, null), failing.getEntry("Tom", LONG_WAIT));
  }

  @Test
  void itEncodesWhatIsPut() throws Exception {
    assertTrue(scores.put("Tom", 630).isEverywhere());
    assertTrue(scores.put("Jack", 589, Duration.ofSeconds(1)).isEverywhere());
    assertTrue(scores.putAsync("Sam", 567).get().isEverywhere());
    assertTrue(scores.putAsync("Kim", 412, Duration.ofSeconds(1)).get().isEverywhere());
    assertEquals("630", group.get("Tom").toUtf8());
    assertEquals("589", group.get("Jack").toUtf8());
    assertEquals("567", group.get("Sam").toUtf8());
    assertEquals("412", group.get("Kim").toUtf8());

    time.pass(Duration.ofSeconds(1));

    assertEquals(630, scores.peek("Tom").value());
    assertEquals(567, scores.peek("Sam").value());
    assertNull(scores.peek("Jack"));
    assertNull(scores.peek("Kim"));
  }

  @Test
  void whatItRemovesAndClearsIsRemovedFromItsGroup() throws Exception {
    for (String key : List.of("Tom", "Jack", "Sam")) {
      scores.put(key, 630);
    }

    scores.remove("Tom");
    assertTrue(scores.removeAsync("Jack").get().isEverywhere());
    assertEquals(List.of("Sam"), group.sampleKeys(3));
    scores.clear();
    assertEquals(List.of(), group.sampleKeys(3));
    scores.put("Tom", 630);
    assertTrue(scores.clearAsync().get().isEverywhere());
    assertEquals(List.of(), group.sampleKeys(3));
  }

  @Test
  void eachOfManyKeysEndsByItself() throws Exception {
    origin.put("Tom", Loaded.ofUtf8("630"));
    origin.put("Jack", Loaded.ofUtf8("many"));
    List<String> keys = List.of("Tom", "Jack", "Nobody");
    Map<String, TypedResult<Integer>> eachAsItComes = new ConcurrentHashMap<>();

    Map<String, TypedResult<Integer>> all = scores.getAll(keys);
    scores.getAll(List.of("Tom", "Jack"), null, eachAsItComes::put);

    for (var results : List.of(all, scores.getAllAsync(keys, LONG_WAIT).get())) {
      assertEquals(keys, List.copyOf(results.keySet()));
      assertTrue(results.get("Tom").isFound());
      assertEquals(630, results.get("Tom").value());
      assertInstanceOf(NotFoundException.class, results.get("Nobody").error());
      assertThrows(NotFoundException.class, () -> results.get("Nobody").value());
      assertThrows(CodecException.class, () -> results.get("Jack").value());
    }
    assertEquals(new TypedEntry<>(630, false, null), eachAsItComes.get("Tom").entry());
    assertInstanceOf(CodecException.class, eachAsItComes.get("Jack").error());
  }

  @Test
  void aCodecThatFailsNamesGroupAndKey() {
    origin.put("Tom", Loaded.ofUtf8("many"));

    CodecException wrong = assertThrows(CodecException.class, () -> scores.get("Tom"));

    assertTrue(wrong.getMessage().startsWith("decode scores/Tom: "), wrong.getMessage());
    assertInstanceOf(NumberFormatException.class, wrong.getCause());
    assertInstanceOf(CodecException.class, failure(scores.getAsync("Tom")));
    assertInstanceOf(CodecException.class, failure(scores.getEntryAsync("Tom", LONG_WAIT)));
    assertThrows(CodecException.class, () -> scores.peek("Tom"));
    assertThrows(CodecException.class, () -> scores.put("Tom", null));
    assertThrows(CodecException.class, () -> scores.putAsync("Tom", null));
  }

  @Test
  void anErrorOfACodecEndsOneKeyOfMany() {
    origin.put("Tom", Loaded.ofUtf8("630"));
    Error thrown = new StackOverflowError("a codec");
    Codec<Integer> deep =
        Codec.of(
            number -> new byte[0],
            bytes -> {
              throw thrown;
            });

    TypedResult<Integer> result = group.as(deep).getAll(List.of("Tom")).get("Tom");

    assertSame(thrown, assertInstanceOf(CodecException.class, result.error()).getCause());
  }

  @Test
  void itFailsAsItsGroupDoes() {
    assertThrows(NotFoundException.class, () -> scores.get("Nobody"));
    assertInstanceOf(NotFoundException.class, failure(scores.getAsync("Nobody")));
    assertThrows(IllegalArgumentException.class, () -> scores.get(""));
    assertThrows(IllegalArgumentException.class, () -> scores.put("Tom", 1, Duration.ZERO));
  }

  @Test
  void itShowsWhatItsGroupIs() throws Exception {
    origin.put("Tom", Loaded.ofUtf8("630"));
    var event = new CompletableFuture<GroupEvent>();
    GroupListener listener = event::complete;
    scores.addListener(listener);

    assertEquals(new WarmProgress(1, 1, 0, 0), scores.warm(List.of("Tom"), 1e9, p -> {}).get());
    assertEquals(List.of("Tom"), scores.sampleKeys(2));
    scores.remove("Tom");

    assertEquals("Tom", event.get().key());
    assertTrue(scores.removeListener(listener));
    assertFalse(scores.removeListener(listener));
    assertEquals("scores", scores.name());
    assertSame(group.config(), scores.config());
    assertEquals(1, scores.stats().misses());
    assertFalse(scores.isRemoved());
    node.removeGroup("scores");
    assertTrue(scores.isRemoved());
  }

  @Test
  void textIsATypeOfItsOwn() {
    assertEquals("é", node.addGroup("names", Loaded::ofUtf8).as(Codec.utf8()).get("é"));
  }
}
