package io.dawncache.core;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.dawncache.core.consistenthash.Scheme;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Which ring divides the keys among the members: the one that this node prefers, or, as soon as a
 * member is known to lack it, the one that every node knows. Safe for use by any thread.
 */
final class RingAgreement {
  /*
   * A member that has not reported counts as one that knows the preferred ring. Otherwise each
   * member that joins would move all keys to the other ring, and back as soon as it has reported. A
   * member that has not reported to any node cannot disagree with one, because its first request
   * carries its report.
   *
   * For such a member, reports of others count: each node reports which members lack the ring, as
   * far as it knows. Without that, a node that starts while such a member is down would divide keys
   * by another ring than the rest, which know the member. A report is passed on until the member
   * reports itself or leaves the list. So a member that is down counts as it last did.
   *
   * What else was considered is in docs/decisions/0013.
   */
  private final Scheme preferred;
  private final Scheme common;

  @GuardedBy("this")
  private String self = "";

  @GuardedBy("this")
  private Set<String> members = Set.of();

  @GuardedBy("this")
  private final Set<String> reported = new HashSet<>();

  @GuardedBy("this")
  private final Set<String> lacking = new HashSet<>(); // by their own reports, else by others'

  /**
   * The answer for one member list.
   *
   * @param scheme of the ring
   * @param report what this node reports to others
   */
  record Agreed(Scheme scheme, Rings report) {}

  /**
   * Starts without members.
   *
   * @param preferred how the ring is built that is to be used if all know it
   * @param common how the ring is built that every node knows; may be the preferred one
   */
  RingAgreement(Scheme preferred, Scheme common) {
    this.preferred = preferred;
    this.common = common;
  }

  /** Sets the list in force. A member's report is forgotten when it leaves the list. */
  synchronized void setMembers(String self, Collection<String> members) {
    this.self = self;
    this.members = Set.copyOf(members);
    reported.retainAll(this.members);
    lacking.retainAll(this.members);
  }

  /** Notes the names of the rings that a member reports to know, beside the common one. */
  synchronized void ringsReported(String url, Collection<String> names) {
    if (isOther(url)) {
      reported.add(url);
      if (names.contains(preferred.name())) {
        lacking.remove(url);
      } else {
        lacking.add(url);
      }
    }
  }

  /** Notes which members lack the preferred ring by the report of another member. */
  synchronized void lackReported(String by, Collection<String> urls) {
    if (isOther(by)) {
      for (String url : urls) {
        if (isOther(url) && !reported.contains(url)) {
          lacking.add(url);
        }
      }
    }
  }

  @GuardedBy("this")
  private boolean isOther(String url) {
    return !url.equals(self) && members.contains(url);
  }

  /** Returns the members that have not reported yet which rings they know. */
  synchronized List<String> membersWithUnknownRings() {
    List<String> unknown = new ArrayList<>(members);
    unknown.remove(self);
    unknown.removeAll(reported);
    return unknown;
  }

  /** Returns the answer for the list in force. */
  synchronized Agreed agreed() {
    return agreed(self, members);
  }

  /** Returns the answer for a list that is about to come into force. */
  synchronized Agreed agreed(String self, Collection<String> members) {
    if (preferred.equals(common)) {
      return new Agreed(common, Rings.NONE);
    }
    Set<String> lackedBy = new TreeSet<>(members);
    lackedBy.remove(self);
    lackedBy.retainAll(lacking);
    List<String> sorted = List.copyOf(lackedBy);
    String name = preferred.name();
    return sorted.isEmpty()
        ? new Agreed(preferred, new Rings(List.of(name), name, sorted))
        : new Agreed(common, new Rings(List.of(name), "", sorted));
  }
}
