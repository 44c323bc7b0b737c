package io.dawncache.core;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a key must be, at every door of a group. */
@Timeout(60)
class KeysTest {
  private static final int DEFAULT_MAX_KEY_BYTES = 16 << 10;

  @RegisterExtension final Books books = new Books();

  private final CacheNode node = books.keepFor(CacheNode.create());
  private final Group scores = node.addGroup("scores", Loaded::ofUtf8);

  /** All the ways of asking. */
  private List<Executable> doors(String key) {
    var told = new Answers.Told();
    return List.of(
        () -> scores.get(key),
        () -> scores.get(key, Duration.ofSeconds(1)),
        () -> scores.getAsync(key),
        () -> scores.getAsync(key, Duration.ofSeconds(1)),
        () -> scores.forServers().get(key, null, told),
        () -> scores.forServers().getForPeer(key, null, 0, told));
  }

  private void assertRefused(Class<? extends RuntimeException> kind, String message, String key) {
    for (Executable door : doors(key)) {
      assertEquals(message, assertThrows(kind, door).getMessage());
    }
    assertEquals(0, scores.stats().gets(), "what was refused is not counted");
    assertEquals(0, scores.stats().serverRequests());
  }

  @Test
  void noKeyAtAllIsRefused() {
    assertRefused(NullPointerException.class, "key", null);
  }

  @Test
  void theEmptyKeyIsRefused() {
    assertRefused(IllegalArgumentException.class, "key is required", "");
  }

  @Test
  void aHighSurrogateAloneIsRefused() {
    assertRefused(
        IllegalArgumentException.class,
        "key: lone surrogate U+D83D at index 1 (expected: well-formed UTF-16)",
        "a\ud83d");
    assertRefused(
        IllegalArgumentException.class,
        "key: lone surrogate U+D83D at index 0 (expected: well-formed UTF-16)",
        "\ud83d\ud83d\ude00");
  }

  @Test
  void aLowSurrogateAloneIsRefused() {
    assertRefused(
        IllegalArgumentException.class,
        "key: lone surrogate U+DE00 at index 2 (expected: well-formed UTF-16)",
        "😀\ude00b");
    assertRefused(
        IllegalArgumentException.class,
        "key: lone surrogate U+DE00 at index 0 (expected: well-formed UTF-16)",
        "\ude00\ud83d");
  }

  @ParameterizedTest
  @ValueSource(strings = {"x", "é", "€", "😀", "\u007f", "\u0080", "\u07ff", "\u0800", "\uffff"})
  void theLimitCountsBytesOfUtf8(String character) {
    int width = character.getBytes(UTF_8).length;
    String filler = "x".repeat(DEFAULT_MAX_KEY_BYTES % width);
    String longest = filler + character.repeat(DEFAULT_MAX_KEY_BYTES / width);
    assertEquals(DEFAULT_MAX_KEY_BYTES, longest.getBytes(UTF_8).length);

    assertRefused(
        IllegalArgumentException.class,
        "key: " + (DEFAULT_MAX_KEY_BYTES + 1) + " bytes of UTF-8 (expected: <= 16384)",
        longest + "x");
    assertEquals(longest, scores.get(longest).toUtf8());
  }

  @Test
  void theLimitIsTheGroups() {
    Group brief =
        node.addGroup(
            "brief", GroupConfig.builder().maxKeyBytes(3).build(), key -> Loaded.notFound());

    assertThrows(NotFoundException.class, () -> brief.get("€"));
    var e = assertThrows(IllegalArgumentException.class, () -> brief.get("€."));
    assertEquals("key: 4 bytes of UTF-8 (expected: <= 3)", e.getMessage());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {" ", "/", "//", "..", "%2F", "?", "#", "+", "\u0000", "\n", "\uffff", "😀"})
  void anyOtherTextIsAKey(String key) {
    assertDoesNotThrow(() -> Keys.check(key, DEFAULT_MAX_KEY_BYTES));
    assertEquals(key, scores.get(key).toUtf8());
  }

  @Test
  void aHugeKeyIsRefusedByItsLength() {
    String huge = "x".repeat(50 << 20);

    var e = assertThrows(IllegalArgumentException.class, () -> scores.getAsync(huge));

    assertTrue(e.getMessage().length() < 100, "and not repeated in the message");
  }

  @Test
  void messagesShowGroupAndKeyWithoutControlCharactersAndCutToLength() {
    assertEquals("scores/Tom", Keys.shown("scores", "Tom"));
    assertEquals("a?b/c??d", Keys.shown("a\nb", "c\r\u0085d"));
    assertEquals("g/" + "😀".repeat(80), Keys.shown("g", "😀".repeat(80)));
    assertEquals("g/" + "😀".repeat(80) + "…", Keys.shown("g", "😀".repeat(81)));
  }
}
