package io.dawncache.bench.chaos;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/** What the nodes said of themselves in a run. Safe for use by any thread. */
final class Sights {
  /**
   * What a node said.
   *
   * @param atNanos when it answered, by {@link System#nanoTime}
   */
  record Sight(long atNanos, ChaosNode node, NodePage page) {}

  private final Queue<Sight> all = new ConcurrentLinkedQueue<>();

  void add(Sight sight) {
    all.add(sight);
  }

  /** Returns what was seen in a part of the run, in order. */
  List<Sight> in(Span span) {
    return all.stream().filter(sight -> span.contains(sight.atNanos())).toList();
  }

  private List<Sight> in(Span span, ChaosNode node) {
    return in(span).stream().filter(sight -> sight.node() == node).toList();
  }

  /** Returns whether the nodes say in which state their peers are. */
  boolean sayStates(Span span) {
    return in(span).stream().anyMatch(sight -> sight.page().peerStates() != null);
  }

  /**
   * Returns when the last of these nodes was first seen to hold {@code lost} ejected.
   *
   * @return null if one of them does not say, or did not
   */
  @Nullable Long allEjected(ChaosNode lost, List<ChaosNode> others, Span span) {
    Long last = null;
    for (ChaosNode other : others) {
      Long first = firstEjected(lost, other, span);
      if (first == null) {
        return null;
      }
      last = last == null || first - last > 0 ? first : last;
    }
    return last;
  }

  private @Nullable Long firstEjected(ChaosNode lost, ChaosNode by, Span span) {
    for (Sight sight : in(span, by)) {
      if (Boolean.TRUE.equals(sight.page().holdsEjected(lost.url()))) {
        return sight.atNanos();
      }
    }
    return null;
  }

  /** Returns from when on every node that was seen counted on this many members. */
  Since allCountOn(int members, Span span) {
    Since since = new Since();
    in(span)
        .forEach(sight -> since.look(sight.atNanos(), sight.page().membersInForce() == members));
    return since;
  }

  /** Returns the member lists that a node was seen to hold, one after the other. */
  List<List<String>> listsOf(ChaosNode node, Span span) {
    List<List<String>> lists = new ArrayList<>();
    for (Sight sight : in(span, node)) {
      List<String> members = sight.page().members();
      if (lists.isEmpty() || !members.equals(lists.get(lists.size() - 1))) {
        lists.add(members);
      }
    }
    return lists;
  }
}
