package io.dawncache.bench.chaos;

import io.dawncache.core.GroupActivity;
import io.dawncache.operations.page.StatsPage;
import java.util.ArrayList;
import java.util.List;

/** What must hold of a node's counters when nobody asks it for anything. */
final class Books {
  private Books() {}

  /** Returns what does not hold, one text for each; empty if the books balance. */
  static List<String> faults(StatsPage page) {
    List<String> faults = new ArrayList<>();
    StatsPage.InFlight inFlight = page.bytesInFlight();
    if (inFlight == null || inFlight.bytes() != 0) {
      faults.add("bytes in flight " + (inFlight == null ? "not known" : inFlight.bytes()));
    }
    List<String> hints = page.membersWithHints();
    if (hints == null || !hints.isEmpty()) {
      faults.add("hints for " + hints);
    }
    page.groups().forEach((name, group) -> add(name, group, faults));
    return faults;
  }

  private static void add(String name, StatsPage.OfGroup group, List<String> faults) {
    GroupActivity activity = group.activity();
    if (activity == null || !activity.equals(new GroupActivity(0, 0, 0, 0))) {
      faults.add(name + ": " + activity);
    }
    equal(
        name + ": gets, and hits + loads", group.gets(), group.cacheHits() + group.loads(), faults);
    equal(
        name + ": loads deduped, and how they ended",
        group.loadsDeduped(),
        group.getterRuns() + group.fetchesMade(),
        faults);
    if (group.serverRequests() > group.gets()) {
      faults.add(name + ": " + group.serverRequests() + " gets of peers, of " + group.gets());
    }
    if (group.maxBytes() > 0 && group.heldBytes() > group.maxBytes()) {
      faults.add(name + ": " + group.heldBytes() + " bytes held, of " + group.maxBytes());
    }
  }

  private static void equal(String what, long one, long other, List<String> faults) {
    if (one != other) {
      faults.add(what + ": " + one + ", " + other);
    }
  }
}
