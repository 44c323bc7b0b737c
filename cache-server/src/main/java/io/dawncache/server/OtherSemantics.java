package io.dawncache.server;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.dawncache.core.GroupSemantics;
import io.dawncache.server.wire.Escape;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What the other members have last reported about the semantics of their groups. A difference from
 * this node's groups is logged once, and again when one of the two has changed. Safe for use by any
 * thread.
 */
final class OtherSemantics {
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
    if (theirs == null || !members.contains(url)) {
      byUrl.remove(url);
      return;
    }
    Report before = byUrl.get(url);
    Long logged = before == null ? null : before.logged;
    if (own.fingerprint() == theirs.fingerprint()) {
      if (logged != null) {
        logger.log(Level.INFO, "node {0} has groups of the same semantics as this node again", url);
      }
      logged = null;
    } else if (before == null
        || logged == null
        || logged != own.fingerprint()
        || before.theirs.fingerprint() != theirs.fingerprint()) {
      logger.log(
          Level.WARNING,
          "node {0} differs in {1} (expected: the same groups, TTLs and limits at every node)",
          url,
          named(own.differing(theirs)));
      logged = own.fingerprint();
    }
    byUrl.put(url, new Report(theirs, logged));
  }

  private static String named(Collection<String> groups) {
    if (groups.isEmpty()) {
      return "groups behind the first " + GroupSemantics.MOST_GROUPS;
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
