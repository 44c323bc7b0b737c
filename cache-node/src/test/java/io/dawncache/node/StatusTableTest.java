package io.dawncache.node;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.dawncache.core.CacheStats;
import io.dawncache.core.EventStats;
import io.dawncache.operations.page.StatsPage.LoadMillis;
import io.dawncache.operations.page.StatsPage.OfGroup;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class StatusTableTest {
  private static OfGroup group(long gets, long bytes) {
    CacheStats main = new CacheStats(bytes - 3, 7, 0);
    CacheStats hot = new CacheStats(2, 5, 0);
    CacheStats missing = new CacheStats(1, 1, 0);
    return new OfGroup(
        "lru",
        0,
        gets,
        2,
        gets - 2,
        gets - 2,
        9,
        3,
        1,
        4,
        1,
        6,
        main,
        hot,
        missing,
        new EventStats(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
        new LoadMillis(4, 1, 2, 3),
        null,
        null);
  }

  @Test
  void textsAreToTheLeftAndNumbersToTheRight() {
    StatusTable table = new StatusTable();
    table.add("http://127.0.0.1:8001", Map.of("scores", group(12345, 1_000_000)));

    assertEquals(
        List.of(
            "NODE                   GROUP    GETS  HITS  LOADS  FETCHES  ANSWERED  ENTRIES  HOT   "
                + " BYTES",
            "http://127.0.0.1:8001  scores  12345     2      4        5         6        7    5 "
                + " 1000000"),
        table.lines());
  }

  @Test
  void severalNodesAreSummedForEachGroup() {
    StatusTable table = new StatusTable();
    table.add("http://a:1", Map.of("docs", group(5, 10)));
    table.add("http://b:1", Map.of("docs", group(7, 20)));

    assertEquals(
        List.of(
            "NODE        GROUP  GETS  HITS  LOADS  FETCHES  ANSWERED  ENTRIES  HOT  BYTES",
            "http://a:1  docs      5     2      4        5         6        7    5     10",
            "http://b:1  docs      7     2      4        5         6        7    5     20",
            "sum         docs     12     4      8       10        12       14   10     30"),
        table.lines());
  }

  @Test
  void aSilentNodeHasARowThatSaysSo() {
    StatusTable table = new StatusTable();
    table.add("http://a:1", Map.of("docs", group(5, 10)));
    table.addUnreachable("http://127.0.0.1:8002", "no connection");

    assertEquals(
        List.of(
            "NODE                   GROUP  GETS  HITS  LOADS  FETCHES  ANSWERED  ENTRIES  HOT "
                + " BYTES",
            "http://a:1             docs      5     2      4        5         6        7    5    "
                + " 10",
            "http://127.0.0.1:8002  no connection",
            "sum                    docs      5     2      4        5         6        7    5    "
                + " 10"),
        table.lines());
  }

  @Test
  void aGroupsNameCannotBreakTheTable() {
    StatusTable table = new StatusTable();
    table.add("http://a:1", Map.of("a\nb\u001b[31m", group(5, 10)));

    assertEquals(2, table.lines().size());
    assertEquals(true, table.lines().get(1).contains("a?b?[31m"));
  }
}
