package io.dawncache.server;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.dawncache.core.GroupSemantics;
import io.dawncache.server.wire.Escape;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What the other members have last reported about the semantics of their groups. A difference from
 * this node's groups is logged once, and again when one of the two has changed. Equal reports are
 * held once, and all together name a bounded number of groups. Safe for use by any thread.
 */
final class OtherSemantics {
  /** How many groups the reports that are held may name; one that has no room is not held. */
  static final int MOST_HELD = 20_000;

  private static final int MOST_NAMED = 10; // in a line of the log
  private static final int MOST_NAME_CHARS = 100;

  private final System.Logger logger;

  @GuardedBy("this")
  private final Map<String, Report> byUrl = new HashMap<>();

  /**
   * The last report of one member.
   *
   * @param logged the fingerprint of this node's groups when a difference was logged, or null
   */
  private record Report(GroupSemantics theirs, @Nullable Long logged) {}

  OtherSemantics(System.Logger logger) {
    this.logger = logger;
  }

  /**
   * Notes the semantics of a member's groups.
   *
   * @param members the member list of this node
   * @param theirs null from a node that reports none, which does not count as one that differs
   */
  synchronized void reported(
      Collection<String> members, String url, GroupSemantics own, @Nullable GroupSemantics theirs) {
    if (byUrl.size() > members.size()) { // some have left the list
      byUrl.keySet().retainAll(new HashSet<>(members));
    }
    Report before = byUrl.remove(url);
    GroupSemantics held = theirs == null || !members.contains(url) ? null : held(theirs);
    if (held == null) {
      return;
    }
    Long logged = before == null ? null : before.logged;
    if (own.fingerprint() == held.fingerprint()) {
      if (logged != null) {
        logger.log(Level.INFO, "node {0} has groups of the same semantics as this node again", url);
      }
      logged = null;
    } else if (before == null
        || logged == null
        || logged != own.fingerprint()
        || before.theirs.fingerprint() != held.fingerprint()) {
      logger.log(
          Level.WARNING,
          "node {0} differs in {1} (expected: the same groups, TTLs and limits at every node)",
          url,
          named(own.differing(held)));
      logged = own.fingerprint();
    }
    byUrl.put(url, new Report(held, logged));
  }

  /** Returns a report that equals this one, a held one if there is one; null if it has no room. */
  @GuardedBy("this")
  private @Nullable GroupSemantics held(GroupSemantics theirs) {
    Set<GroupSemantics> distinct = Collections.newSetFromMap(new IdentityHashMap<>());
    for (Report report : byUrl.values()) {
      if (report.theirs.equals(theirs)) {
        return report.theirs;
      }
      distinct.add(report.theirs);
    }
    int groups = distinct.stream().mapToInt(report -> report.groups().size()).sum();
    return groups + theirs.groups().size() > MOST_HELD ? null : theirs;
  }

  private static String named(Collection<String> groups) {
    if (groups.isEmpty()) {
      return "groups behind the first " + GroupSemantics.MOST_GROUPS + " or of long names";
    }
    List<String> first = groups.stream().limit(MOST_NAMED).map(OtherSemantics::shown).toList();
    int more = groups.size() - first.size();
    return (groups.size() == 1 ? "group " : "groups ")
        + String.join(", ", first)
        + (more > 0 ? " and " + more + " more" : "");
  }

  /** Returns a name that a peer has sent, for one line of the log. */
  private static String shown(String group) {
    String escaped = Escape.path(group);
    return escaped.substring(0, Math.min(escaped.length(), MOST_NAME_CHARS));
  }

  /**
   * Returns the members, by their URLs, whose groups differ from this node's, each with the names
   * of those groups.
   */
  synchronized Map<String, List<String>> differing(Collection<String> members, GroupSemantics own) {
    Map<String, List<String>> differing = new TreeMap<>();
    for (String url : members) {
      Report report = byUrl.get(url);
      if (report != null && report.theirs.fingerprint() != own.fingerprint()) {
        differing.put(url, new ArrayList<>(own.differing(report.theirs)));
      }
    }
    return differing;
  }
}
