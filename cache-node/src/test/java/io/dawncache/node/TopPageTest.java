package io.dawncache.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.dawncache.core.CacheStats;
import io.dawncache.core.EventStats;
import io.dawncache.operations.page.StatsPage;
import io.dawncache.operations.page.StatsPage.LoadMillis;
import io.dawncache.operations.page.StatsPage.OfGroup;
import io.dawncache.server.wire.NodeUrl;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TopPageTest {
  private static final NodeUrl A = NodeUrl.parse("http://a:1");
  private static final NodeUrl B = NodeUrl.parse("http://b:1");
  private static final NodeUrl C = NodeUrl.parse("http://c:1");

  /** A group with twice as many loads as evictions. */
  private static OfGroup group(long gets, long hits, long evictions, long bytes) {
    CacheStats none = new CacheStats(0, 0, 0);
    return new OfGroup(
        "lru",
        0,
        gets,
        hits,
        gets - hits,
        gets - hits,
        0,
        2 * evictions,
        0,
        0,
        0,
        0,
        new CacheStats(bytes, 7, evictions),
        none,
        none,
        new EventStats(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
        new LoadMillis(4, 1.2, gets, 3),
        null,
        null);
  }

  private static StatsPage page(NodeUrl self, double uptime, Map<String, OfGroup> groups) {
    List<String> members = List.of(A.text(), B.text());
    return new StatsPage(
        self.text(),
        members,
        List.of(),
        null,
        null,
        List.of(),
        null,
        uptime,
        false,
        List.of(),
        0,
        0,
        0,
        0,
        null,
        groups,
        null);
  }

  private static FleetLook look(StatsPage... pages) {
    FleetLook look = new FleetLook(new LinkedHashMap<>(), new LinkedHashMap<>());
    for (StatsPage page : pages) {
      look.pages().put(NodeUrl.parse(page.self()), page);
    }
    return look;
  }

  @Test
  void theFirstPageHasTheMeansSinceTheStart() {
    FleetLook look = look(page(A, 10, Map.of("docs", group(2000, 1500, 10, 3 << 20))));

    assertEquals(
        List.of(
            "1 of 1 nodes answer, sorted by GETS/S",
            "NODE        GROUP  GETS/S  HIT%  LOADS/S  P50 MS  P99 MS  EVICT/S  ENTRIES  BYTES",
            "http://a:1  docs      200  75.0      2.0     1.2    2000      1.0        7   3.0m"),
        new TopPage(null, look).lines(TopColumn.GETS));
  }

  @Test
  void laterPagesHaveWhatHasHappenedBetweenByTheClockOfEachNode() {
    FleetLook earlier = look(page(A, 10, Map.of("docs", group(2000, 1500, 10, 5000))));
    FleetLook now = look(page(A, 12, Map.of("docs", group(2100, 1600, 13, 5000))));

    assertEquals(
        "http://a:1  docs     50.0  100.0      3.0     1.2    2100      1.5        7   4.9k",
        new TopPage(earlier, now).lines(TopColumn.GETS).get(2));
  }

  @Test
  void aNodeThatHasStartedAgainAndANewGroupHaveMeansSinceTheirStart() {
    FleetLook earlier = look(page(A, 10, Map.of("docs", group(2000, 1500, 10, 5000))));
    FleetLook restarted = look(page(A, 2, Map.of("docs", group(8, 0, 0, 0))));
    FleetLook added =
        look(page(A, 20, Map.of("docs", group(2000, 1500, 10, 5000), "new", group(40, 0, 0, 0))));

    assertEquals(4.0, rates(earlier, restarted, "docs").gets());
    assertEquals(2.0, rates(earlier, added, "new").gets());
    assertEquals(0.0, rates(earlier, added, "docs").gets());
    assertNull(rates(earlier, added, "docs").hitRatio());
  }

  private static GroupRates rates(FleetLook earlier, FleetLook now, String group) {
    return GroupRates.of(group, earlier.pages().get(A), now.pages().get(A));
  }

  @Test
  void severalNodesHaveSumsFirstAndEachColumnSorts() {
    FleetLook look =
        look(
            page(A, 1, Map.of("docs", group(10, 5, 1, 100), "x", group(30, 30, 0, 900))),
            page(B, 1, Map.of("docs", group(50, 5, 0, 200))));
    TopPage page = new TopPage(null, look);

    assertEquals(
        List.of("all docs", "all x", "b docs", "a x", "a docs"), rows(page, TopColumn.GETS));
    assertEquals(
        List.of("all docs", "all x", "b docs", "a docs", "a x"), rows(page, TopColumn.HIT));
    assertEquals(
        List.of("all x", "all docs", "a x", "b docs", "a docs"), rows(page, TopColumn.BYTES));
    assertEquals(
        List.of("all docs", "all x", "a docs", "a x", "b docs"), rows(page, TopColumn.NODE));
    assertEquals(
        List.of("all docs", "all x", "a docs", "b docs", "a x"), rows(page, TopColumn.GROUP));
    assertEquals(
        "all         docs     60.0   16.7      2.0     1.2    50.0      1.0       14    300",
        page.lines(TopColumn.GETS).get(2));
  }

  private static List<String> rows(TopPage page, TopColumn sort) {
    return page.lines(sort).stream()
        .skip(2)
        .map(line -> line.replaceAll("^(?:http://)?(\\w+)\\S* +(\\w+) .*", "$1 $2"))
        .toList();
  }

  @Test
  void whatIsWrongFollowsTheTable() {
    FleetLook look = look(page(A, 1, Map.of("a\nb\u001b[31m", group(1, 1, 0, 0))));
    look.faults().put(C, "no connection");
    List<String> lines = new TopPage(null, look).lines(TopColumn.GETS);

    assertEquals("1 of 2 nodes answer, sorted by GETS/S", lines.get(0));
    assertEquals("http://a:1  a?b?[31m", lines.get(2).substring(0, 20));
    assertEquals("http://c:1  no connection", lines.get(3));
    assertEquals(4, lines.size());
  }

  @Test
  void everyKeyChoosesOneColumn() {
    for (TopColumn column : TopColumn.values()) {
      assertEquals(column, TopColumn.byKey(column.key()));
    }
    assertNull(TopColumn.byKey('q'));
  }
}
