package io.dawncache.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Which keys are peeked at their former owner. */
class PeeksTest {
  private static final Duration LATELY = Duration.ofSeconds(90);

  private final Owner.Remote before = new Owner.Remote("http://one:1", new FakePeer("one"));
  private final Owners owners = new Owners();
  private final long[] nanos = {630_000_000_000L};
  private final CoarseClock clock = new CoarseClock(() -> nanos[0]);
  private final Peeks peeks = new Peeks(owners, new HandOff("scores", owners, clock), clock);

  @BeforeEach
  void allKeysWereOwnedByAnother() {
    HandPicker picker = new HandPicker(HandPicker.SELF);
    picker.wereOwnedBy(before);
    owners.register(picker);
  }

  private void pass(Duration time) {
    nanos[0] += time.toNanos();
    clock.tick(clock.exact());
  }

  private void changed(String... keys) {
    peeks.changed(new Forget("scores", List.of(keys)));
  }

  @Test
  void aKeyIsPeekedUnlessItWasChangedLately() {
    changed("Tom");

    assertNull(peeks.source("Tom"));
    assertEquals(before, peeks.source("Jack"));
  }

  @Test
  void aChangeCountsForTheStatedTimeAndAtMostTwiceAsLong() {
    changed("Tom");
    pass(LATELY);
    changed("Jack");
    assertNull(peeks.source("Tom"));

    pass(LATELY.plusSeconds(1));

    assertEquals(before, peeks.source("Tom"));
    assertEquals(before, peeks.source("Kate"));
  }

  @Test
  void aChangeIsNotForgottenWhenANewSetBegins() {
    changed("Tom");
    pass(LATELY.plusMillis(500));
    assertEquals(before, peeks.source("Jack")); // begins one
    assertNull(peeks.source("Tom"));
  }

  @Test
  void manyChangedKeysCountAsAll() {
    List<String> keys =
        IntStream.rangeClosed(0, ChangedKeys.MOST_KEYS).mapToObj(i -> "key " + i).toList();
    peeks.changed(new Forget("scores", keys));

    assertNull(peeks.source("Tom"));
    pass(LATELY.multipliedBy(2).plusSeconds(1));
    assertEquals(before, peeks.source("Tom"));
  }

  /** A stranger may change keys as long as a request line lets them be. */
  @Test
  void longKeysCountAsAllBeforeTheyTakeMuchMemory() {
    List<String> changed = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      String key = i + "k".repeat(ChangedKeys.MOST_CHARS / 16);
      changed(key);
      changed.add(key);
    }

    assertNull(peeks.source("Tom"));
    changed.forEach(key -> assertNull(peeks.source(key)));
  }
}
