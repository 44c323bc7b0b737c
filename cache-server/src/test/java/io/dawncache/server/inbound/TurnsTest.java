package io.dawncache.server.inbound;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.dawncache.server.inbound.Turns.Turn;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.junit.jupiter.api.Test;

/** Connections that write long answers by turns; the test makes the rounds of the loop. */
class TurnsTest {
  private static final long PIECE = Turns.ROUND_BYTES / 4;

  private final Queue<Runnable> rounds = new ArrayDeque<>();
  private final List<String> taken = new ArrayList<>();
  private final Turns turns = new Turns(rounds::add);

  /** A connection with so many pieces to write. */
  private final class Connection {
    private final String name;
    private final Turn turn = turns.turn(this::take);
    private final long pieceBytes;
    private int pieces;

    Connection(String name, int pieces, long pieceBytes) {
      this.name = name;
      this.pieces = pieces;
      this.pieceBytes = pieceBytes;
      turn.ask();
    }

    private long take() {
      if (pieces == 0) { // it has closed
        return 0;
      }
      taken.add(name);
      if (--pieces > 0) {
        turn.ask();
      }
      return pieceBytes;
    }
  }

  private List<String> round() {
    assertEquals(1, rounds.size());
    taken.clear();
    rounds.remove().run();
    return List.copyOf(taken);
  }

  private void assertOver() {
    assertEquals(0, rounds.size());
  }

  @Test
  void eachHasOneTurnARoundInTheOrderInWhichItAsked() {
    new Connection("a", 3, PIECE);
    new Connection("b", 1, PIECE);
    new Connection("c", 2, PIECE);

    assertEquals(List.of("a", "b", "c"), round());
    assertEquals(List.of("a", "c"), round());
    assertEquals(List.of("a"), round());
    assertOver();
  }

  @Test
  void aRoundEndsWhenSoManyBytesAreWrittenAndTheNextGoesOnThere() {
    for (String name : List.of("a", "b", "c", "d", "e")) {
      new Connection(name, 2, PIECE);
    }

    assertEquals(List.of("a", "b", "c", "d"), round());
    assertEquals(List.of("e", "a", "b", "c"), round());
    assertEquals(List.of("d", "e"), round());
    assertOver();
  }

  @Test
  void aPieceLongerThanARoundHasARoundOfItsOwn() {
    new Connection("a", 1, 2L * Turns.ROUND_BYTES);
    new Connection("b", 1, PIECE);

    assertEquals(List.of("a"), round());
    assertEquals(List.of("b"), round());
    assertOver();
  }

  @Test
  void aConnectionThatHasClosedHoldsUpNobody() {
    Connection closed = new Connection("a", 1, PIECE);
    new Connection("b", 1, PIECE);
    closed.pieces = 0;

    assertEquals(List.of("b"), round());
    assertOver();
  }

  @Test
  void aTurnThatThrowsEndsTheRoundAndTheOthersHaveTheNext() {
    Turn broken =
        turns.turn(
            () -> {
              throw new IllegalStateException("broken");
            });
    broken.ask();
    new Connection("a", 1, PIECE);

    assertThrows(IllegalStateException.class, this::round);

    assertEquals(List.of("a"), round());
    assertOver();
    broken.ask();
    assertEquals(1, rounds.size());
  }

  @Test
  void whoAsksTwiceHasOneTurn() {
    Connection connection = new Connection("a", 1, PIECE);
    connection.turn.ask();

    assertEquals(List.of("a"), round());
    assertOver();
  }
}
