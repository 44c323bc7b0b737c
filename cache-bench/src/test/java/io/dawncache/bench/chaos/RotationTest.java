package io.dawncache.bench.chaos;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

final class RotationTest {
  private final Target one = target(1);
  private final Target two = target(2);
  private final Target three = target(3);
  private final Rotation rotation = new Rotation(List.of(one, two, three));

  @Test
  void readyNodesAreAskedInTurns() {
    assertEquals(List.of(one, two, three, one, two, three), next(6));
  }

  @Test
  void aNodeThatIsNotReadyIsLeftOutAndItsShareIsDividedEvenly() {
    two.setReady(false);
    assertEquals(Map.of(one, 50L, three, 50L), counts(next(100)));

    two.setReady(true);
    assertEquals(Map.of(one, 10L, two, 10L, three, 10L), counts(next(30)));
  }

  @Test
  void ifNoNodeIsReadyAllAreAsked() {
    List.of(one, two, three).forEach(target -> target.setReady(false));
    assertEquals(Map.of(one, 10L, two, 10L, three, 10L), counts(next(30)));
  }

  @Test
  void aNodeThatIsToBeAvoidedIsNotAskedEvenIfItAloneIsReady() {
    two.setReady(false);
    three.setReady(false);
    assertSame(two, rotation.next(target -> target == one));
    assertNull(rotation.next(target -> true));
  }

  private List<Target> next(int count) {
    List<Target> next = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      next.add(rotation.next(target -> false));
    }
    return next;
  }

  private static Map<Target, Long> counts(List<Target> targets) {
    return targets.stream()
        .collect(Collectors.groupingBy(Function.identity(), Collectors.counting()));
  }

  private static Target target(int number) {
    return new Target(Nodes.some(number).get(number - 1));
  }
}
