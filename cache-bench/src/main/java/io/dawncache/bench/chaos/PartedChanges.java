package io.dawncache.bench.chaos;

import io.dawncache.bench.load.Quantity;
import io.dawncache.core.ByteView;
import io.dawncache.core.Operation;
import io.dawncache.core.OperationResult;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;

/**
 * Changes that are made on both sides of a fleet in two parts, and what holds of them: on the side
 * of a change as soon as it is answered, and everywhere when the parts are one again. For use by
 * one thread.
 */
final class PartedChanges {
  private static final int KEYS = 20; // of each kind
  private static final int AT_ONCE = 16;

  private final List<ChaosNode> nodes;
  private final List<ChaosNode> larger;
  private final List<ChaosNode> smaller;
  private final Owners owners;
  private final OriginValues origin;
  private final Client client;

  /**
   * Makes no change yet.
   *
   * @param nodes all of them; just more than half of them are one side
   * @param owners who owns what while all are one fleet
   */
  PartedChanges(List<ChaosNode> nodes, Owners owners, OriginValues origin, Client client) {
    int most = nodes.size() / 2 + 1;
    this.nodes = List.copyOf(nodes);
    this.larger = this.nodes.subList(0, most);
    this.smaller = this.nodes.subList(most, nodes.size());
    this.owners = owners;
    this.origin = origin;
    this.client = client;
  }

  /** Returns the numbers of the nodes of the one side. */
  List<Integer> larger() {
    return numbers(larger);
  }

  /** Returns the numbers of the nodes of the other side. */
  List<Integer> smaller() {
    return numbers(smaller);
  }

  /** Asks each node for each key, so that all hold owners' values or copies of them. */
  void fill() throws IOException, InterruptedException {
    List<String> keys = new ArrayList<>(removedAt(larger));
    keys.addAll(removedAt(smaller));
    keys.addAll(putOnBoth());
    for (ChaosNode node : nodes) {
      for (String key : keys) {
        client.get(node, key);
      }
    }
  }

  /**
   * Removes keys on each side, puts other keys on both, and judges whether that is done, and what
   * then holds on the side of each remove.
   */
  List<Finding> make() throws IOException, InterruptedException {
    List<Change> changes = new ArrayList<>();
    for (List<ChaosNode> side : sides()) {
      for (String key : removedAt(side)) {
        origin.change(key);
        changes.add(new Change(side, Operation.remove(ChaosNode.GROUP, key)));
      }
      for (String key : putOnBoth()) {
        ByteView value = ByteView.ofUtf8(putValue(key, side));
        changes.add(new Change(side, Operation.put(ChaosNode.GROUP, key, value, Long.MAX_VALUE)));
      }
    }
    List<String> notDone = make(changes);
    int stale = 0;
    for (List<ChaosNode> side : sides()) {
      stale += stale(removedAt(side), side);
    }
    return List.of(
        Finding.judged(
            "changes that were not made",
            notDone.isEmpty() ? "0 of " + changes.size() : notDone.toString(),
            "0",
            notDone.isEmpty()),
        Finding.judged(
            "gets of the old value on the side of a remove, after its answer",
            Quantity.count(stale),
            "0",
            stale == 0));
  }

  /** Makes them, several at once, and returns what became of those that are not done. */
  private List<String> make(List<Change> changes) throws IOException, InterruptedException {
    ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE);
    try {
      List<Future<OperationResult>> made = new ArrayList<>();
      for (Change change : changes) {
        ChaosNode owner = change.owner(owners);
        made.add(threads.submit(() -> client.change(owner, change.operation())));
      }
      List<String> notDone = new ArrayList<>();
      for (Future<OperationResult> one : made) {
        OperationResult result = one.get();
        if (result.status() != OperationResult.Status.DONE) {
          notDone.add(result.status() + " " + result.detail());
        }
      }
      return notDone;
    } catch (ExecutionException e) {
      throw new IOException("a change: " + e.getCause(), e);
    } finally {
      threads.shutdownNow();
    }
  }

  /** Asks each node for a key of each that nobody has asked for, and judges the answers. */
  Finding everythingIsServed() throws InterruptedException {
    FreshKeys keys = new FreshKeys("parted", owners);
    int wrong = 0;
    for (ChaosNode asked : nodes) {
      for (ChaosNode owner : nodes) {
        wrong += isRight(asked, keys.of(owner)) ? 0 : 1;
      }
    }
    return Finding.judged(
        "keys of all nodes, asked for at each, that are not served",
        wrong + " of " + nodes.size() * nodes.size(),
        "0",
        wrong == 0);
  }

  private boolean isRight(ChaosNode node, String key) throws InterruptedException {
    try {
      return client.get(node, key).equals(origin.of(key));
    } catch (IOException e) {
      return false;
    }
  }

  /** Judges what all nodes answer of the keys that were changed, now that they are one fleet. */
  List<Finding> areInForce() throws IOException, InterruptedException {
    List<Finding> findings = new ArrayList<>();
    for (List<ChaosNode> side : sides()) {
      int stale = stale(removedAt(side), nodes);
      findings.add(
          Finding.judged(
              "5 s after healing: old values of "
                  + KEYS
                  + " keys removed at nodes "
                  + numbers(side),
              stale + " of " + KEYS * nodes.size() + " gets",
              "0",
              stale == 0));
    }
    int unlike = 0;
    int unknown = 0;
    for (String key : putOnBoth()) {
      Set<String> values = new TreeSet<>();
      for (ChaosNode node : nodes) {
        values.add(client.get(node, key));
      }
      unlike += values.size() > 1 ? 1 : 0;
      values.removeAll(Set.of(putValue(key, larger), putValue(key, smaller), origin.of(key)));
      unknown += values.isEmpty() ? 0 : 1;
    }
    findings.add(
        Finding.judged(
            "5 s after healing: keys put on both sides that nodes answer differently",
            unlike + " of " + KEYS,
            "0",
            unlike == 0));
    findings.add(
        Finding.judged(
            "and that are neither put's value nor the origin's",
            unknown + " of " + KEYS,
            "0",
            unknown == 0));
    return findings;
  }

  /** Returns how many gets of these keys at these nodes give another value than the origin's. */
  private int stale(List<String> keys, List<ChaosNode> at)
      throws IOException, InterruptedException {
    int stale = 0;
    for (String key : keys) {
      for (ChaosNode node : at) {
        stale += client.get(node, key).equals(origin.of(key)) ? 0 : 1;
      }
    }
    return stale;
  }

  private List<List<ChaosNode>> sides() {
    return List.of(larger, smaller);
  }

  private static List<String> removedAt(List<ChaosNode> side) {
    return keys("removed" + side.get(0).number() + "-");
  }

  private static List<String> putOnBoth() {
    return keys("put-");
  }

  private static List<String> keys(String prefix) {
    return IntStream.range(0, KEYS).mapToObj(number -> prefix + number).toList();
  }

  private static String putValue(String key, List<ChaosNode> side) {
    return key + " put at " + side.get(0).number();
  }

  private static List<Integer> numbers(List<ChaosNode> side) {
    return side.stream().map(ChaosNode::number).toList();
  }

  /** A change that is made on one side, at the node that acts there as the owner of its key. */
  private record Change(List<ChaosNode> side, Operation operation) {
    ChaosNode owner(Owners owners) {
      List<String> urls = side.stream().map(ChaosNode::url).toList();
      return side.get(urls.indexOf(owners.firstOf(urls, operation.key())));
    }
  }
}
