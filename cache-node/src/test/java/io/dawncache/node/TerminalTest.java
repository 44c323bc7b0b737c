package io.dawncache.node;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

class TerminalTest {
  private static final List<String> LINES = List.of("head", "first", "second", "keys");

  private static List<String> shown(String size) {
    String screen = Terminal.screen(LINES, size);
    return List.of(screen.replaceAll("\u001b\\[[HJK]", "").split("\r\n"));
  }

  @Test
  void linesThatFitAreShownWhole() {
    assertEquals(LINES, shown("24 80\n"));
    assertEquals(
        "\u001b[Hhead\u001b[K\r\nkeys\u001b[K\u001b[J",
        Terminal.screen(List.of("head", "keys"), "24 80"));
  }

  @Test
  void theLastLineStaysOnAShortScreenAndLinesAreCutOnANarrowOne() {
    assertEquals(List.of("head", "first", "keys"), shown("3 80"));
    assertEquals(List.of("keys"), shown("1 80"));
    assertEquals(List.of("hea", "fir", "sec", "key"), shown("24 3"));
  }

  @Test
  void aTerminalThatDoesNotKnowItsSizeHas24RowsOf80Columns() {
    String line = "x".repeat(100);
    for (String size : new String[] {null, "0 0\n", "nonsense here"}) {
      String screen = Terminal.screen(List.of(line), size);
      assertEquals("\u001b[H" + "x".repeat(80) + "\u001b[K\u001b[J", screen);
    }
  }

  @Test
  void aKeyTheEndOfTheWaitAndTheEndOfTheInputAreToldApart() throws IOException {
    assertEquals('q', Terminal.key(new ByteArrayInputStream(new byte[] {'q'}), Long.MAX_VALUE));
    assertEquals(
        Terminal.ENDED, Terminal.key(new ByteArrayInputStream(new byte[0]), Long.MAX_VALUE));
    assertEquals(Terminal.NO_KEY, Terminal.key(new ByteArrayInputStream(new byte[0]), 0));
  }
}
