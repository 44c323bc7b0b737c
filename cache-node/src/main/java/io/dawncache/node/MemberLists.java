package io.dawncache.node;

import io.dawncache.operations.page.StatsPage;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/** What is wrong with the member lists and groups of nodes, as their statistics show them. */
final class MemberLists {
  private MemberLists() {}

  /** Returns what is wrong with the list of {@code node}, compared with that of {@code first}. */
  static List<String> faults(StatsPage first, StatsPage node) {
    List<String> faults = new ArrayList<>();
    Set<String> own = members(node);
    Set<String> others = members(first);
    if (!own.equals(others)) {
      faults.add(
          "another member list than "
              + first.self()
              + ": lacks "
              + lacking(own, others)
              + ", has besides "
              + lacking(others, own));
    }
    StatsPage.OfRing ring = node.ring();
    StatsPage.OfRing firstRing = first.ring();
    if (ring != null && firstRing != null && !ring.inForce().equals(firstRing.inForce())) {
      faults.add(
          "another ring than "
              + first.self()
              + ": "
              + ring.inForce()
              + " for "
              + firstRing.inForce());
    }
    if (!node.otherLists().isEmpty()) {
      faults.add("knows of other member lists at " + String.join(", ", node.otherLists()));
    }
    Map<String, List<String>> groups = node.otherSemantics();
    if (groups != null) {
      groups.forEach(
          (url, names) ->
              faults.add("groups differ from those of " + url + ": " + String.join(", ", names)));
    }
    return faults;
  }

  /** A node without members stands alone. */
  private static SortedSet<String> members(StatsPage node) {
    return new TreeSet<>(node.members().isEmpty() ? List.of(node.self()) : node.members());
  }

  private static String lacking(Set<String> list, Set<String> other) {
    TreeSet<String> lacking = new TreeSet<>(other);
    lacking.removeAll(list);
    return lacking.isEmpty() ? "no member" : String.join(", ", lacking);
  }
}
