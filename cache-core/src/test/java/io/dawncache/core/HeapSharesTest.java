package io.dawncache.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class HeapSharesTest {
  private static final long MIB = 1L << 20;
  private static final long HEAP = 256 * MIB;

  private final HeapShares shares = new HeapShares(HEAP);

  private HeapShares.Share take() {
    return shares.take(GroupConfig.builder().build());
  }

  private HeapShares.Share take(long maxBytes) {
    return shares.take(GroupConfig.builder().maxBytes(maxBytes).build());
  }

  private void assertRefused(String message, long maxBytes) {
    var e = assertThrows(IllegalArgumentException.class, () -> take(maxBytes));
    assertEquals(message, e.getMessage());
  }

  @Test
  void aDefaultShareIs64MiBWhereThereIsRoom() {
    HeapShares.Share first = take();
    HeapShares.Share second = take();

    assertEquals(64 * MIB, first.bytes());
    assertEquals(64 * MIB, second.bytes());
  }

  @Test
  void defaultSharesAreEqualAndTogetherHalfOfTheHeap() {
    List<HeapShares.Share> all = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      all.add(take());
    }

    all.forEach(share -> assertEquals(16 * MIB, share.bytes()));
  }

  @Test
  void aShareThatIsGivenBackIsSharedAmongTheOthers() {
    HeapShares.Share first = take();
    HeapShares.Share second = take();
    HeapShares.Share third = take();
    List<Long> told = new ArrayList<>();
    first.onChange(told::add);

    second.giveBack();
    second.giveBack();

    assertEquals(64 * MIB, third.bytes());
    assertEquals(List.of(HEAP / 2 / 3, 64 * MIB), told);
  }

  @Test
  void whatIsSetIsTakenFromTheDefaultShares() {
    HeapShares.Share byDefault = take();

    HeapShares.Share set = take(160 * MIB);

    assertEquals(160 * MIB, set.bytes());
    assertEquals(32 * MIB, byDefault.bytes());
  }

  @Test
  void aSetBudgetMayTakeThreeQuartersOfTheHeapAndNotAByteMore() {
    assertRefused(
        "maxBytes: 201326593 (expected: <= 201326592, what the budgets of other groups leave of"
            + " three quarters of the heap, which is 268435456 bytes)",
        192 * MIB + 1);

    assertEquals(192 * MIB, take(192 * MIB).bytes());
  }

  @Test
  void whatOtherGroupsHaveSetIsNotLeftForAnother() {
    take(150 * MIB);

    assertRefused(
        "maxBytes: 157286400 (expected: <= 44040192, what the budgets of other groups leave of"
            + " three quarters of the heap, which is 268435456 bytes)",
        150 * MIB);
  }

  @Test
  void aDefaultShareIsRefusedWhereNothingIsLeft() {
    take(192 * MIB);

    var e = assertThrows(IllegalArgumentException.class, this::take);

    assertTrue(e.getMessage().startsWith("maxBytes: none set (expected: <= 0, "), e.getMessage());
  }

  @Test
  void aSetBudgetLeavesEachDefaultShareTheLeastThatItMayBe() {
    HeapShares.Share byDefault = take();

    take(192 * MIB - HeapShares.LEAST_DEFAULT_BYTES);

    assertEquals(HeapShares.LEAST_DEFAULT_BYTES, byDefault.bytes());
    assertThrows(IllegalArgumentException.class, () -> take(1));
  }

  @Test
  void anUnboundedGroupIsNotInTheSum() {
    HeapShares.Share unbounded = take(0);

    assertEquals(0, unbounded.bytes());
    assertEquals(192 * MIB, take(192 * MIB).bytes());
  }

  @Test
  void aRefusedShareTakesNothing() {
    assertThrows(IllegalArgumentException.class, () -> take(HEAP));

    assertEquals(192 * MIB, take(192 * MIB).bytes());
  }
}
