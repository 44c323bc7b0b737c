package io.dawncache.core;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What other nodes last reported about the member lists that they hold. A list that differs from
 * this node's is logged once, with the difference.
 */
final class OtherLists {
  /*
   * The last report of a member of this node's list counts without a time limit. That of another
   * node counts for a minute, because the node may have left the fleet and stopped. So does that of
   * a member that this node's list has dropped: if it goes on with the old list, that must be
   * noticed. A node that is in neither list agrees, and may stop; its report is forgotten, as it
   * would differ from the next list.
   */
  private static final long STRANGERS_NANOS = TimeUnit.MINUTES.toNanos(1);
  private static final int MOST_REPORTS = 4096;
  private static final int MOST_NAMED = 10; // in a line of the log

  private final LongSupplier nanoTime;
  private final System.Logger logger;

  @GuardedBy("this")
  private final Map<String, Report> byUrl = new HashMap<>();

  /**
   * The last report of one node.
   *
   * @param list null if only the fingerprint is known
   * @param logged the fingerprint of this node's list when a difference was logged, or null
   */
  private record Report(
      long fingerprint, @Nullable MemberList list, long atNanos, @Nullable Long logged) {}

  OtherLists(LongSupplier nanoTime, System.Logger logger) {
    this.nanoTime = nanoTime;
    this.logger = logger;
  }

  /** Notes the list of another node. */
  synchronized void listReported(MemberList own, MemberList other) {
    note(own, other.self(), other.fingerprint(), other);
  }

  /** Notes the fingerprint of the list of another node. */
  synchronized void fingerprintReported(MemberList own, String url, long fingerprint) {
    Report before = byUrl.get(url);
    boolean isKnown = before != null && before.fingerprint == fingerprint;
    note(own, url, fingerprint, before != null && isKnown ? before.list : null);
  }

  @GuardedBy("this")
  private void note(MemberList own, String url, long fingerprint, @Nullable MemberList list) {
    Report before = byUrl.get(url);
    if (before == null && byUrl.size() >= MOST_REPORTS) {
      forgetOld(own);
      if (byUrl.size() >= MOST_REPORTS) {
        return; // no fleet is that large
      }
    }
    Long logged = before != null && before.fingerprint == fingerprint ? before.logged : null;
    boolean differs = fingerprint != own.fingerprint();
    if (differs && list != null && (logged == null || logged != own.fingerprint())) {
      logDifference(own, url, list);
      logged = own.fingerprint();
    } else if (!differs && before != null && before.logged != null) {
      logger.log(Level.INFO, "node {0} holds the same member list as this node again", url);
      logged = null;
    }
    if (!differs && !own.members().contains(url)) {
      byUrl.remove(url);
      return;
    }
    byUrl.put(url, new Report(fingerprint, list, nanoTime.getAsLong(), logged));
  }

  private void logDifference(MemberList own, String url, MemberList other) {
    if (Set.copyOf(own.members()).equals(Set.copyOf(other.members()))) {
      logger.log(
          Level.WARNING,
          "node {0} divides keys by {1}, this node by {2} (expected: the same at every node); gets"
              + " go on, but no change is made everywhere",
          url,
          ring(other),
          ring(own));
      return;
    }
    logger.log(
        Level.WARNING,
        "node {0} holds another member list: it lacks {1}, this node lacks {2} (expected: the same"
            + " list at every node); gets go on, but no change is made everywhere",
        url,
        lacking(other.members(), own.members()),
        lacking(own.members(), other.members()));
  }

  private static String ring(MemberList list) {
    String name = list.rings().inForce();
    return name.isEmpty() ? "the ring that every node knows" : "the ring " + name;
  }

  private static String lacking(List<String> list, List<String> other) {
    TreeSet<String> lacking = new TreeSet<>(other);
    list.forEach(lacking::remove);
    if (lacking.isEmpty()) {
      return "no member";
    }
    String named = lacking.stream().limit(MOST_NAMED).collect(Collectors.joining(", "));
    int more = lacking.size() - MOST_NAMED;
    return more > 0 ? named + " and " + more + " more" : named;
  }

  /** Forgets what a node has reported. */
  synchronized void forget(String url) {
    byUrl.remove(url);
  }

  /** Returns whether the node's list differs and its members are not known yet. */
  synchronized boolean isUnknown(MemberList own, String url) {
    Report report = byUrl.get(url);
    return report != null && report.fingerprint != own.fingerprint() && report.list == null;
  }

  /** Returns the URLs of the nodes that hold another list than this node. */
  synchronized List<String> differing(MemberList own) {
    if (byUrl.isEmpty()) {
      return List.of();
    }
    forgetOld(own);
    List<String> differing = new ArrayList<>();
    byUrl.forEach(
        (url, report) -> {
          if (report.fingerprint != own.fingerprint()) {
            differing.add(url);
          }
        });
    differing.sort(null);
    return differing;
  }

  /** Returns the URLs of all nodes that have reported a list. */
  synchronized List<String> reporting(MemberList own) {
    forgetOld(own);
    return List.copyOf(byUrl.keySet());
  }

  @GuardedBy("this")
  private void forgetOld(MemberList own) {
    long now = nanoTime.getAsLong();
    byUrl
        .entrySet()
        .removeIf(
            report ->
                now - report.getValue().atNanos > STRANGERS_NANOS
                    && !own.members().contains(report.getKey()));
  }
}
