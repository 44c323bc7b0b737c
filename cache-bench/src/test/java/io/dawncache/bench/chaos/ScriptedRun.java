package io.dawncache.bench.chaos;

import io.dawncache.bench.chaos.Answers.Answer;
import io.dawncache.bench.chaos.Loads.Load;
import io.dawncache.bench.chaos.Sights.Sight;
import io.dawncache.core.Membership;
import io.dawncache.core.consistenthash.Ring;
import io.dawncache.core.consistenthash.Scheme;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A run in which is seen what a test says; times are in seconds from its begin on. */
final class ScriptedRun {
  static final int KEYS = 100;

  /** So that times of the run are below zero and above it, as {@link System#nanoTime} may be. */
  private static final long BEGIN_NANOS = TimeUnit.SECONDS.toNanos(-5);

  private final Observations seen =
      new Observations(
          new Keys(KEYS, key -> "value of " + key), new Answers(), new Loads(), new Sights());

  Observations seen() {
    return seen;
  }

  static Span span(double fromSeconds, double toSeconds) {
    return new Span(nanos(fromSeconds), nanos(toSeconds));
  }

  static long nanos(double seconds) {
    return BEGIN_NANOS + (long) (seconds * 1e9);
  }

  /** Has a request answered. */
  ScriptedRun answered(double atSeconds, int key, long millis) {
    return answer(atSeconds, key, millis, null, false);
  }

  /** Has a request answered by a second node. */
  ScriptedRun moved(double atSeconds, int key) {
    return answer(atSeconds, key, 1, null, true);
  }

  ScriptedRun failed(double atSeconds, int key, String reason) {
    return answer(atSeconds, key, 1, reason, false);
  }

  private ScriptedRun answer(double at, int key, long millis, String failure, boolean moved) {
    long latency = TimeUnit.MILLISECONDS.toNanos(millis);
    seen.answers().add(new Answer(nanos(at), key, latency, failure, moved));
    return this;
  }

  ScriptedRun loaded(double atSeconds, int node, String key) {
    seen.loads().add(new Load(nanos(atSeconds), node, key));
    return this;
  }

  ScriptedRun saw(double atSeconds, ChaosNode node, NodePage page) {
    seen.sights().add(new Sight(nanos(atSeconds), node, page));
    return this;
  }

  /** Returns the page of a node that has these members, and holds some of them ejected. */
  static NodePage page(List<ChaosNode> members, List<ChaosNode> ejected) {
    Map<String, String> states = new LinkedHashMap<>();
    members.forEach(node -> states.put(node.url(), ejected.contains(node) ? "ejected" : "up"));
    return new NodePage(urls(members), List.of(), states, 0);
  }

  /** Returns the page of a node that says nothing of its peers. */
  static NodePage silentPage(List<ChaosNode> members) {
    return new NodePage(urls(members), List.of(), null, 0);
  }

  static List<String> urls(List<ChaosNode> nodes) {
    return nodes.stream().map(ChaosNode::url).toList();
  }

  /** Returns the owners of a fleet that uses the native ring. */
  static Owners owners(List<ChaosNode> nodes) throws IOException {
    List<String> urls = urls(nodes);
    Ring ring = Ring.of(Scheme.NATIVE, Membership.REPLICAS, urls);
    List<Load> loads = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      loads.add(new Load(0, urls.indexOf(ring.owner("probe" + i)) + 1, "probe" + i));
    }
    return Owners.learned(urls, loads);
  }
}
