package io.dawncache.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Test;

final class TextTableTest {
  @Test
  void textStandsLeftAndNumbersRight() {
    TextTable table = new TextTable(1, List.of("what", "MiB"));
    table.add(List.of("heap", "64.00"));
    table.add(List.of("statistics", "8"));

    StringWriter printed = new StringWriter();
    table.printTo(new PrintWriter(printed));

    assertEquals(
        """
        | what       |   MiB |
        |------------|------:|
        | heap       | 64.00 |
        | statistics |     8 |
        """,
        printed.toString());
  }
}
