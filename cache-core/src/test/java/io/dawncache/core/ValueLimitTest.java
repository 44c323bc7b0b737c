package io.dawncache.core;

import static io.dawncache.core.Answers.failure;
import static io.dawncache.core.Answers.value;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Values that are longer than a group allows, or than its budget holds. */
@Timeout(30)
class ValueLimitTest {
  private static final int MAX_BYTES = 8;
  private static final ByteView TOO_LONG = ByteView.ofUtf8("123456789");
  private static final String FAULT = "value: 9 bytes (expected: <= 8)";

  @RegisterExtension final Books books = new Books();

  private final CacheNode node = books.keepFor(new HandClock().node());
  private final FakePeer owner = new FakePeer("http://owner:1");

  private static GroupConfig limited() {
    return GroupConfig.builder().maxValueBytes(MAX_BYTES).build();
  }

  @Test
  void aPutOfAByteTooManyIsRefusedAtOnceAndChangesNothing() {
    Group group = node.addGroup("scores", limited(), key -> Loaded.ofUtf8("12345678"));
    assertEquals("12345678", group.get("Tom").toUtf8());

    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> group.putAsync("Tom", TOO_LONG));
    assertEquals(FAULT, e.getMessage());
    Operation put = Operation.put("scores", "Tom", TOO_LONG, Long.MAX_VALUE);
    assertThrows(
        IllegalArgumentException.class, () -> group.forServers().coordinate(put, result -> {}));

    assertEquals("12345678", group.peek("Tom").value().toUtf8());
  }

  @Test
  void aLoadedValueOfAByteTooManyIsAFailureThatNamesTheLimit() {
    Group group = node.addGroup("scores", limited(), key -> Loaded.of(TOO_LONG));

    GetFailedException e = assertThrows(GetFailedException.class, () -> group.get("Tom"));

    assertEquals("load scores/Tom: " + FAULT, e.getMessage());
    assertEquals(1, group.stats().localLoadErrs());
  }

  @Test
  void oneOfManyThatIsTooLongFailsAlone() {
    BulkGetter getter =
        new BulkGetter() {
          @Override
          public Loaded load(String key) {
            return Loaded.of(TOO_LONG);
          }

          @Override
          public Map<String, Loaded> loadAll(Set<String> keys) {
            return Map.of("long", Loaded.of(TOO_LONG), "short", Loaded.ofUtf8("1"));
          }
        };
    Group group = node.addGroup("scores", limited(), getter);

    Map<String, GetResult> results = group.getAll(List.of("long", "short"));

    assertEquals("load scores/long: " + FAULT, results.get("long").error().getMessage());
    assertEquals("1", results.get("short").value().toUtf8());
  }

  @Test
  void aFetchedValueOfAByteTooManyIsAFailureThatNamesTheOwner() {
    Group group = node.addGroup("scores", limited(), key -> Loaded.notFound());
    node.registerPeerPicker(new HandPicker(owner.peer()));

    CompletableFuture<ByteView> future = group.getAsync("Tom");
    owner.answer(PeerResult.value(TOO_LONG));

    assertEquals(
        "fetch scores/Tom from http://owner:1: " + FAULT,
        failure(GetFailedException.class, future).getMessage());
  }

  @Test
  void aValueThatTheBudgetCannotHoldIsAnsweredAndCounted() {
    for (CachePolicy policy : CachePolicy.values()) {
      GroupConfig config = GroupConfig.builder().policy(policy).maxBytes(5_000).build();
      Group group = node.addGroup("of " + policy, config, key -> Loaded.ofUtf8("x".repeat(10_000)));

      for (int i = 0; i < 5; i++) {
        assertEquals(10_000, value(group.getAsync("Tom")).length());
      }

      assertEquals(5, group.stats().events().tooLarge(), policy::toString);
      assertEquals(0, group.stats().mainCache().items());
    }
  }
}
