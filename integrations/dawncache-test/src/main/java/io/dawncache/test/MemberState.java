package io.dawncache.test;

import io.dawncache.core.GroupActivity;
import io.dawncache.core.GroupStats;
import io.dawncache.server.PeerHealth;
import io.dawncache.server.PeerStats;
import io.dawncache.server.ServerStats;
import io.dawncache.server.ServerStats.GroupReport;
import java.util.Collection;
import java.util.Locale;
import java.util.stream.Collectors;

/** What a member knows, counts and holds, in some lines of text. */
final class MemberState {
  private MemberState() {}

  static void describe(TestFleet fleet, ServerStats stats, StringBuilder text) {
    line(text, "has the members", names(fleet, stats.members()));
    if (!stats.otherLists().isEmpty()) {
      line(text, "knows of other lists at", names(fleet, stats.otherLists()));
    }
    stats
        .otherSemantics()
        .forEach((url, groups) -> line(text, "differs from " + fleet.nameOf(url) + " in", groups));
    if (!stats.membersWithHints().isEmpty()) {
      line(text, "has changes to send to", names(fleet, stats.membersWithHints()));
    }
    for (PeerStats peer : stats.peers()) {
      PeerHealth health = peer.health();
      String reason = health.reason().isEmpty() ? "" : ", " + health.reason();
      line(
          text,
          "sees " + fleet.nameOf(health.url()),
          health.state().name().toLowerCase(Locale.ROOT) + reason + "; fetches " + peer.fetches());
    }
    stats.groups().forEach(group -> line(text, "group " + group.name(), counts(group)));
  }

  private static void line(StringBuilder text, String what, Object value) {
    text.append("  ").append(what).append(": ").append(value).append('\n');
  }

  private static String names(TestFleet fleet, Collection<String> urls) {
    return urls.isEmpty()
        ? "none"
        : urls.stream().map(fleet::nameOf).collect(Collectors.joining(", "));
  }

  private static String counts(GroupReport group) {
    GroupStats stats = group.stats();
    GroupActivity activity = group.activity();
    return String.format(
        Locale.ROOT,
        "%d gets, %d of them by peers, %d hits; loads: %d good, %d failed, %d running, %d queued;"
            + " fetches: %d good, %d failed; holds %d values, %d copies, %d keys not found;"
            + " %d gets wait",
        stats.gets(),
        stats.serverRequests(),
        stats.cacheHits(),
        stats.localLoads(),
        stats.localLoadErrs(),
        activity.runningLoads(),
        activity.queuedLoads(),
        stats.peerLoads(),
        stats.peerErrors(),
        stats.mainCache().items(),
        stats.hotCache().items(),
        stats.missingKeys().items(),
        activity.waitingGets());
  }
}
