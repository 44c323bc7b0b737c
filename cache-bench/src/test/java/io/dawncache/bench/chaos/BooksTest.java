package io.dawncache.bench.chaos;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.dawncache.operations.page.StatsPage;
import java.util.List;
import org.junit.jupiter.api.Test;

final class BooksTest {
  private static final String PAGE =
      """
      {"self": "http://a:1", "members": [], "otherLists": [], "membersWithHints": [],
       "bytesInFlight": {"bytes": 0, "maxBytes": 9, "refused": 0, "closed": 0},
       "groups": {"chaos": {"maxBytes": 100, "gets": 10, "cacheHits": 6, "loads": 4,
         "loadsDeduped": 3, "localLoads": 1, "localLoadErrs": 1, "peerLoads": 1, "peerErrors": 0,
         "serverRequests": 5, "mainCache": {"bytes": 60, "items": 1, "evictions": 0},
         "hotCache": {"bytes": 30, "items": 1, "evictions": 0},
         "missingKeys": {"bytes": 10, "items": 1, "evictions": 0}, "events": {},
         "loadTimes": {"count": 2}, "activity": {"waitingGets": 0, "runningLoads": 0,
         "queuedLoads": 0, "abandonedThreads": 0}}}}
      """;

  @Test
  void booksThatBalanceHaveNoFaults() {
    assertEquals(List.of(), faults(PAGE));
  }

  @Test
  void eachThingThatDoesNotBalanceIsAFault() {
    assertEquals(List.of("bytes in flight 7"), with("\"bytes\": 0, \"max", "\"bytes\": 7, \"max"));
    assertEquals(
        List.of("hints for [http://b:1]"),
        with("\"membersWithHints\": []", "\"membersWithHints\": [\"http://b:1\"]"));
    assertEquals(
        List.of(
            "chaos: GroupActivity[waitingGets=1, runningLoads=0, queuedLoads=0,"
                + " abandonedThreads=0]"),
        with("\"waitingGets\": 0", "\"waitingGets\": 1"));
    assertEquals(
        List.of("chaos: gets, and hits + loads: 11, 10"), with("\"gets\": 10", "\"gets\": 11"));
    assertEquals(
        List.of("chaos: loads deduped, and how they ended: 3, 2"),
        with("\"peerLoads\": 1", "\"peerLoads\": 0"));
    assertEquals(
        List.of("chaos: 11 gets of peers, of 10"),
        with("\"serverRequests\": 5", "\"serverRequests\": 11"));
    assertEquals(
        List.of("chaos: 100 bytes held, of 99"), with("\"maxBytes\": 100", "\"maxBytes\": 99"));
  }

  private static List<String> with(String what, String other) {
    String changed = PAGE.replace(what, other);
    assertEquals(false, changed.equals(PAGE), what);
    return faults(changed);
  }

  private static List<String> faults(String json) {
    return Books.faults(StatsPage.fromJson(json));
  }
}
