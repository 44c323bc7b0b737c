package io.dawncache.bench.chaos;

import java.util.List;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** What the origin was asked for in a run. Safe for use by any thread. */
final class Loads {
  /**
   * One load.
   *
   * @param atNanos when it began, by {@link System#nanoTime}
   * @param node the number of the node that asked
   */
  record Load(long atNanos, int node, String key) {}

  private final Queue<Load> all = new ConcurrentLinkedQueue<>();

  void add(Load load) {
    all.add(load);
  }

  /** Returns the loads in a part of the run, in the order in which they began. */
  List<Load> in(Span span) {
    return all.stream().filter(load -> span.contains(load.atNanos())).toList();
  }

  /** Returns those of them that were of some keys. */
  List<Load> in(Span span, Predicate<String> keys) {
    return in(span).stream().filter(load -> keys.test(load.key())).toList();
  }

  /** Returns the loads of a key until now. */
  List<Load> of(String key) {
    return all.stream().filter(load -> load.key().equals(key)).toList();
  }

  /** Returns how many loads each node made, such as {@code 1: 20, 3: 1}. */
  static String byNode(List<Load> loads) {
    return loads.isEmpty()
        ? "none"
        : loads.stream()
            .collect(Collectors.groupingBy(Load::node, TreeMap::new, Collectors.counting()))
            .entrySet()
            .stream()
            .map(node -> node.getKey() + ": " + node.getValue())
            .collect(Collectors.joining(", "));
  }
}
