package io.dawncache.bench.contest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

final class ContestCommandTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "hits        | SCENE: hits (expected: hit, pipelined, hop, hop8, tls, tls-hop, large, huge or miss)",
        "--turns 0   | --turns 0 --seconds 2 --warm-up 15 (expected: >= 1, >= 1, >= 0)",
        "--seconds 0 | --turns 15 --seconds 0 --warm-up 15 (expected: >= 1, >= 1, >= 0)",
        "--warm-up x | '--warm-up'",
        "--against / | --against / (expected: has cache-bench/target/lib, so build it)"
      })
  void whatCannotBeIsRefused(String options, String told) {
    CommandLine line = new CommandLine(new ContestCommand());
    line.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
    assertEquals(2, line.execute(options.split(" ", -1)));
    assertTrue(err.toString().contains(told), err::toString);
  }

  @Test
  void everyBarComparesTwoWhoPlay() {
    for (Scene scene : Scene.ALL) {
      for (Scene.Bar bar : scene.bars()) {
        assertTrue(scene.players().contains(bar.of()), scene.name() + " " + bar);
        assertTrue(scene.players().contains(bar.to()), scene.name() + " " + bar);
      }
    }
  }

  @Test
  void whoShowsWhatHitsCostIsAskedForKeysThatItHoldsInEveryScene() {
    for (Scene scene : Scene.ALL) {
      assertEquals(Load.Keys.HELD, scene.load().of(Player.HITS).keys(), scene.name());
      assertEquals(scene.load(), scene.load().of(Player.NODE), scene.name());
    }
  }

  @Test
  void nodesOfAnotherCheckoutPlayWhereverOursDoAndOursTwice() {
    for (Scene scene : Scene.ALL) {
      List<Player> players = scene.withOtherNodes().players();
      assertEquals(
          scene.players().contains(Player.NODE),
          players.containsAll(List.of(Player.NODE, Player.NODE_AGAIN, Player.OTHER_NODE)));
      assertEquals(
          scene.players().contains(Player.TWO_NODES),
          players.containsAll(List.of(Player.TWO_NODES_AGAIN, Player.TWO_OTHER_NODES)));
      assertEquals(players.size(), Set.copyOf(players).size(), players::toString);
    }
  }
}
