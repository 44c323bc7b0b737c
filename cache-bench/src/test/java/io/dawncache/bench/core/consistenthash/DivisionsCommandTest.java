package io.dawncache.bench.core.consistenthash;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

final class DivisionsCommandTest {
  private static final int KEYS = 20_000;

  private static final List<Division.Maker> MINIMAL =
      List.of(
          Division.Rendezvous::new,
          m -> Division.Slots.byRendezvous(1 << 12, m),
          m -> Division.Points.of(m, 50, 1, 1),
          m -> Division.Points.of(m, 1, 21, 1),
          m -> Division.Points.of(m, 400, 1, 16));

  private static final List<Division.Maker> EVEN =
      List.of(
          m -> new Division.Jump(m.length),
          Division.Rendezvous::new,
          m -> Division.Slots.byRendezvousWithBound(1 << 12, m),
          m -> Division.Slots.maglev(4_099, m),
          m -> Division.Points.of(m, 400, 1, 16));

  @Test
  void whoLeavesMovesNoOthersKeysWhereNoneShouldMove() {
    long[] all = members(20);
    long gone = all[7];
    long[] rest = Arrays.stream(all).filter(member -> member != gone).toArray();
    for (Division.Maker maker : MINIMAL) {
      Division before = maker.of(all);
      Division after = maker.of(rest);
      for (int i = 0; i < KEYS; i++) {
        long owner = all[before.owner(key(i))];
        assertTrue(owner == gone || owner == rest[after.owner(key(i))], before + " " + i);
      }
    }
  }

  @Test
  void theEvenOnesAreEven() {
    for (Division.Maker maker : EVEN) {
      Division division = maker.of(members(10));
      int[] counts = new int[10];
      for (int i = 0; i < KEYS; i++) {
        counts[division.owner(key(i))]++;
      }
      for (int count : counts) {
        assertTrue(Math.abs(count - KEYS / 10) < KEYS / 100, division + Arrays.toString(counts));
      }
      assertTrue(division.bytes() >= 0);
    }
  }

  @Test
  void theNearestOfManyProbesIsTheOwner() {
    assertEquals(0, Division.Points.of(members(1), 1, 21, 1).owner(key(1)));
  }

  private static long key(long number) {
    return Division.mixed(number);
  }

  private static long[] members(int count) {
    return LongStream.range(0, count).map(i -> Division.mixed(~i)).sorted().toArray();
  }
}
