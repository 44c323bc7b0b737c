package io.dawncache.core;

import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.fail;

import io.dawncache.core.Simulation.Trouble;
import java.util.Objects;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/**
 * The promise, over many schedules: a get begun after a change was answered sees no value whose
 * load began before that change; and nobody sees a value that was put with a TTL once that is over.
 * What a get sees is what a typed group with a small near cache makes of its answer.
 *
 * <p>{@code -Ddawncache.schedules=20} plays twenty times as many; a fault names its seed, for
 * {@link Simulation#faultOf}.
 */
class PromiseTest {
  private static final int MANY = 4_000 * Integer.getInteger("dawncache.schedules", 1);

  private static void holds(int schedules, int nodes, Set<Trouble> troubles) {
    LongStream.range(0, schedules)
        .parallel()
        .mapToObj(seed -> Simulation.faultOf(seed, nodes, troubles))
        .filter(Objects::nonNull)
        .findAny()
        .ifPresent(fault -> fail(fault));
  }

  @Test
  void holdsOnOneNode() {
    holds(2 * MANY, 1, Set.of());
  }

  @Test
  void holdsInAFleet() {
    holds(MANY, 3, Set.of());
  }

  @Test
  void holdsWhereMessagesAreLostButForWhatAnUnreachedOwnerHolds() {
    holds(MANY / 2, 3, Set.of(Trouble.LOST_MESSAGES));
    holds(MANY / 2, 3, Set.of(Trouble.BROKEN_WAYS));
  }

  @Test
  void holdsWhereMembersLeaveAndComeBack() {
    holds(MANY / 2, 3, Set.of(Trouble.CHANGING_LISTS));
    holds(MANY / 2, 3, Set.of(Trouble.CHANGING_LISTS, Trouble.BROKEN_WAYS));
  }

  @Test
  void holdsWhereMembersAreEjected() {
    holds(MANY / 2, 4, Set.of(Trouble.EJECTIONS));
    holds(MANY / 4, 4, Set.of(Trouble.EJECTIONS, Trouble.BROKEN_WAYS));
    holds(MANY / 4, 4, Set.of(Trouble.EJECTIONS, Trouble.CHANGING_LISTS));
  }

  @Test
  void holdsWhereMembersLeaveOfTheirOwnAccordAndReturn() {
    holds(MANY / 2, 3, Set.of(Trouble.DEPARTURES));
    holds(MANY / 2, 2, Set.of(Trouble.DEPARTURES));
    holds(MANY / 4, 4, Set.of(Trouble.DEPARTURES, Trouble.EJECTIONS));
    holds(MANY / 4, 4, Set.of(Trouble.DEPARTURES, Trouble.BROKEN_WAYS));
    holds(MANY / 4, 3, Set.of(Trouble.DEPARTURES, Trouble.LOST_MESSAGES));
  }

  // That a fault would be found

  private static void isFound(Trouble... faults) {
    assertNotNull(
        LongStream.range(0, 2L * MANY) // as many as it takes
            .mapToObj(seed -> Simulation.faultOf(seed, 3, Set.of(faults)))
            .filter(Objects::nonNull)
            .findFirst()
            .orElse(null));
  }

  @Test
  void aMemberThatDoesNotForgetIsFound() {
    isFound(Trouble.DEAF_MEMBERS);
  }

  @Test
  void aMemberThatHoldsWhatWasPutForTooLongIsFound() {
    isFound(Trouble.HOARDING_MEMBERS);
  }

  @Test
  void aMemberThatLeavesAndHandsNoChangesOverIsFound() {
    isFound(Trouble.SILENT_LEAVERS, Trouble.DEPARTURES, Trouble.BROKEN_WAYS);
  }

  @Test
  void aNearCacheThatHoldsObjectsByTheirKeysIsFound() {
    isFound(Trouble.OBJECTS_BY_KEY);
  }

  @Test
  void aMemberThatForgetsTooLateIsFound() {
    isFound(Trouble.LATE_MEMBERS);
  }
}
