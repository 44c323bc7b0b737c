package io.dawncache.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Answers that say themselves when they are refreshed and how long they may be stale. */
@Timeout(30)
class TimesOfAnswersTest {
  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final Duration TICK = Duration.ofMillis(100);

  @RegisterExtension final Books books = new Books();

  private final HandNode time = new HandNode();
  private final CacheNode node = books.keepFor(time.node());

  private Loaded answer = Loaded.ofUtf8("630").withTtl(MINUTE);
  private boolean down;
  private int loads;

  private Group group(GroupConfig.Builder config) {
    return node.addGroup(
        "scores",
        config.build(),
        key -> {
          loads++;
          if (down) {
            throw new IllegalStateException("down");
          }
          return answer;
        });
  }

  @Test
  void anAnswerIsRefreshedFromItsOwnSoftTtlOn() {
    answer = answer.withRefreshAfter(Duration.ofSeconds(10));
    Group group = group(GroupConfig.builder().refreshAfterWrite(Duration.ofSeconds(2)));
    group.get("Tom");

    time.pass(Duration.ofSeconds(9));
    group.get("Tom");
    assertEquals(1, loads, "the group's soft TTL does not count");
    time.pass(SECOND);
    answer = Loaded.ofUtf8("631");

    assertEquals("630", group.get("Tom").toUtf8(), "no caller waits");
    assertEquals(2, loads);
    assertEquals("631", group.get("Tom").toUtf8());
  }

  @Test
  void anAnswerMayBeStaleForItsOwnTime() {
    answer = answer.withStaleIfError(Duration.ofSeconds(20));
    Group group = group(GroupConfig.builder());
    group.get("Tom");
    down = true;

    time.pass(MINUTE.plus(SECOND));
    Entry stale = group.getEntry("Tom", MINUTE);
    assertEquals("630", stale.value().toUtf8());
    assertTrue(stale.isStale());
    time.pass(Duration.ofSeconds(20));

    assertThrows(GetFailedException.class, () -> group.get("Tom"));
  }

  @Test
  void anAnswerMayForbidToBeStale() {
    answer = answer.withStaleIfError(Duration.ZERO);
    Group group = group(GroupConfig.builder().staleIfError(Duration.ofHours(1)));
    group.get("Tom");
    down = true;
    time.pass(MINUTE.plus(SECOND));

    assertThrows(GetFailedException.class, () -> group.get("Tom"));
  }

  @Test
  void anAnswerThatSaysNothingHasTheGroupsTimes() {
    Group group =
        group(
            GroupConfig.builder()
                .refreshAfterWrite(Duration.ofSeconds(2))
                .staleIfError(Duration.ofHours(1)));
    group.get("Tom");
    down = true;
    time.pass(Duration.ofSeconds(2));
    group.get("Tom");
    assertEquals(2, loads);
    time.pass(MINUTE);

    assertTrue(group.getEntry("Tom", MINUTE).isStale());
  }

  @Test
  void theLongestTimesAreForEver() {
    Duration longest = Duration.ofSeconds(Long.MAX_VALUE);
    answer = answer.withRefreshAfter(longest).withStaleIfError(longest);
    Group group = group(GroupConfig.builder());
    group.get("Tom");
    down = true;
    time.pass(MINUTE.plus(MINUTE));

    assertTrue(group.getEntry("Tom", MINUTE).isStale());
  }

  @Test
  void theTimesOfAnAnswerStayWithItHoweverItIsMade() {
    Loaded all = Loaded.unchanged().withStaleIfError(MINUTE).withRefreshAfter(SECOND).withTtl(TICK);

    assertEquals(TICK, all.ttl());
    assertEquals(SECOND, all.refreshAfter());
    assertEquals(MINUTE, all.staleIfError());
    assertTrue(all.isUnchanged());
    Loaded described = answer.withStaleIfError(MINUTE).withMetadata(new Metadata("a/b", null));
    assertEquals(MINUTE, described.staleIfError());
    assertFalse(described.isUnchanged());
    assertNull(Loaded.notFound().refreshAfter());
  }

  @Test
  void aTimeBelowZeroIsRefused() {
    Duration less = Duration.ofNanos(-1);
    assertEquals(
        "age: PT-0.000000001S (expected: >= 0)",
        assertThrows(IllegalArgumentException.class, () -> answer.withRefreshAfter(less))
            .getMessage());
    assertEquals(
        "time: PT-0.000000001S (expected: >= 0)",
        assertThrows(IllegalArgumentException.class, () -> answer.withStaleIfError(less))
            .getMessage());
  }
}
