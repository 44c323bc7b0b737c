package io.dawncache.bench.load;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class ScheduleTest {
  private static final long SECOND = 1_000_000_000L;

  @Test
  void anOpenLoopIsDueAtEqualDistancesWhateverTheTimeIs() {
    Schedule open = new Schedule.Open(1_000, 10, 0, 3);
    List<Long> due = new ArrayList<>();
    for (long now : new long[] {0, 5_000, 6_000}) {
      long next = open.nextNanos(now);
      due.add(next);
      open.sent(next);
    }
    assertEquals(List.of(1_000L, 1_010L, 1_020L), due);
    assertEquals(Schedule.NEVER, open.nextNanos(6_000));
  }

  @Test
  void whatIsDueAndNotSentIsABacklogAndNoMoreThanThat() {
    Schedule open = new Schedule.Open(1_000, 10, 0, 5);
    assertEquals(0, open.backlog(999));
    assertEquals(1, open.backlog(1_000));
    assertEquals(3, open.backlog(1_029));
    open.sent(open.nextNanos(1_029));
    assertEquals(2, open.backlog(1_029));
    assertEquals(4, open.backlog(SECOND));
  }

  @Test
  void afterTheLastCallTheBacklogStays() {
    Schedule open = new Schedule.Open(0, 10, 0, 5);
    assertEquals(0, open.nextNanos(50 + Schedule.Open.LAST_CALL_NANOS));
    assertEquals(Schedule.NEVER, open.nextNanos(51 + Schedule.Open.LAST_CALL_NANOS));
    assertEquals(5, open.backlog(SECOND));
  }

  @Test
  void whatTheWarmUpLeavesOverIsNotMadeUpFor() {
    Schedule open = new Schedule.Open(0, 10, 4, 2);
    open.sent(open.nextNanos(30));
    assertEquals(10, open.nextNanos(39));
    assertEquals(40, open.nextNanos(40));
    assertEquals(1, open.backlog(40));
  }

  @Test
  void anOpenLoopThatIsEndedSendsWhatIsDueAndNothingElse() {
    Schedule open = new Schedule.Open(0, 10, 0, 1_000);
    open.endAt(25);
    for (int i = 0; i < 3; i++) {
      open.sent(open.nextNanos(25));
    }
    assertEquals(Schedule.NEVER, open.nextNanos(25));
    assertEquals(0, open.backlog(SECOND));
  }

  @Test
  void aClosedLoopIsDueAtOnceUntilItsRequestsAreSpent() {
    Schedule closed = new Schedule.Closed(5, 100, Schedule.NEVER, 2);
    assertEquals(5, closed.nextNanos(1), "not yet");
    for (long now : new long[] {10, 50, 99, 100, 200}) { // three warm up
      assertEquals(now, closed.nextNanos(now));
      closed.sent(now);
    }
    assertEquals(Schedule.NEVER, closed.nextNanos(300));
    assertEquals(0, closed.backlog(300));
  }

  @Test
  void aClosedLoopEndsWithItsTime() {
    Schedule closed = new Schedule.Closed(0, 0, 500, LoadPlan.UNBOUNDED);
    assertEquals(499, closed.nextNanos(499));
    assertEquals(Schedule.NEVER, closed.nextNanos(500));
    closed.endAt(300);
    assertEquals(Schedule.NEVER, closed.nextNanos(300));
  }

  @Test
  void threadsTakeTurnsAndTogetherSendExactlyWhatWasAskedFor() {
    LoadPlan plan = Plans.open(1_000, 3, 2_001);
    TreeSet<Long> due = new TreeSet<>();
    int measured = 0;
    for (int thread = 0; thread < 3; thread++) {
      Schedule schedule = plan.schedule(thread, 7 * SECOND);
      for (long next = schedule.nextNanos(0);
          next != Schedule.NEVER;
          next = schedule.nextNanos(0)) {
        measured += next >= schedule.measuredFromNanos() ? 1 : 0;
        due.add(next);
        schedule.sent(next);
      }
    }
    assertEquals(2_001, measured);
    assertEquals(2_001 + 500, due.size()); // half a second warms up
    List<Long> inOrder = List.copyOf(due);
    IntStream.range(1, inOrder.size())
        .forEach(i -> assertEquals(1e6, (double) (inOrder.get(i) - inOrder.get(i - 1)), 2));
  }

  @Test
  void requestsOfAClosedLoopAreSharedOut() {
    LoadPlan plan = Plans.closed(3, 11);
    assertEquals(11, IntStream.range(0, 3).mapToLong(i -> plan.share(11, i)).sum());
    assertEquals(4, plan.share(11, 1));
    assertEquals(3, plan.share(11, 2));
  }
}
