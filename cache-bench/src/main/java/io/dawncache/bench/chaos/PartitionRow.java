package io.dawncache.bench.chaos;

import io.dawncache.bench.load.Quantity;
import io.dawncache.core.ByteView;
import io.dawncache.core.Operation;
import io.dawncache.core.OperationResult;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Row 8: the fleet falls into two that cannot reach each other, and is healed. */
final class PartitionRow implements Row {
  private static final Duration HEALED_IN = Duration.ofSeconds(5);
  private static final int KEYS = 20; // of each kind
  private static final int AT_ONCE = 16;

  @Override
  public String name() {
    return "8";
  }

  @Override
  public String title() {
    return "a partition into two sides (three and two nodes), healed";
  }

  @Override
  public boolean needsNamespaces() {
    return true;
  }

  @Override
  public RowResult run(Plan plan, PrintWriter progress) throws IOException, InterruptedException {
    int count = plan.nodes();
    Namespaces network = Namespaces.open(count);
    try (Scene scene = Scene.open(plan, name(), network, count, count, progress)) {
      return new Partition(scene, network).run();
    }
  }

  /** One run of it. */
  private final class Partition {
    private final Scene scene;
    private final Namespaces network;
    private final List<ChaosNode> nodes;
    private final List<ChaosNode> larger;
    private final List<ChaosNode> smaller;
    private final Findings findings;
    private final List<String> notDone = new ArrayList<>();

    Partition(Scene scene, Namespaces network) {
      this.scene = scene;
      this.network = network;
      this.nodes = scene.nodes();
      int most = nodes.size() / 2 + 1;
      this.larger = nodes.subList(0, most);
      this.smaller = nodes.subList(most, nodes.size());
      this.findings = new Findings(scene);
    }

    RowResult run() throws IOException, InterruptedException {
      Span undisturbed = scene.begin(nodes);
      for (ChaosNode node : nodes) { // so that all hold owners' values or copies of them
        for (String key : allKeys()) {
          Direct.get(node, key);
        }
      }
      long splitNanos =
          scene.event(
              "the network between nodes "
                  + numbers(larger)
                  + " and "
                  + numbers(smaller)
                  + " is cut");
      network.split(numbers(larger), numbers(smaller));
      long healNanos = splitNanos + scene.plan().after().dividedBy(2).toNanos();
      scene.pauseUntil(splitNanos + scene.plan().after().dividedBy(6).toNanos());
      change();
      servesEverything();
      scene.pauseUntil(healNanos);
      network.heal(numbers(larger), numbers(smaller));
      healNanos = scene.event("the network is healed");
      Takeover takeover = new Takeover(scene, scene.owners());
      takeover.probe(nodes, nodes, healNanos + HEALED_IN.toNanos());
      changesAreInForce();
      takeover.probe(nodes, nodes, healNanos + 3 * HEALED_IN.toNanos());

      scene.end();
      findings.noneFailed(Scene.since(undisturbed.fromNanos()));
      findings.within("the rings agree", takeover.sinceNanos(), healNanos, HEALED_IN);
      findings.allMembersInForce(nodes.size(), Scene.since(healNanos));
      findings.figureOfTail("undisturbed", undisturbed);
      findings.figureOfTail("parted", new Span(splitNanos, healNanos));
      return new RowResult(name(), title(), findings.list(), scene.timeline());
    }

    /** Removes keys on each side, and puts the same keys on both. */
    private void change() throws InterruptedException, IOException {
      scene.event("keys are removed on either side, and put on both");
      List<Change> changes = new ArrayList<>();
      for (List<ChaosNode> side : List.of(larger, smaller)) {
        for (String key : removedAt(side)) {
          scene.origin().change(key);
          changes.add(new Change(side, Operation.remove(ChaosNode.GROUP, key)));
        }
        for (String key : putOnBoth()) {
          ByteView value = ByteView.ofUtf8(putValue(key, side));
          changes.add(new Change(side, Operation.put(ChaosNode.GROUP, key, value, Long.MAX_VALUE)));
        }
      }
      make(changes);
      int stale = 0;
      for (List<ChaosNode> side : List.of(larger, smaller)) {
        stale += stale(removedAt(side), side);
      }
      scene.event("the changes are made");
      findings.add(
          Finding.judged(
              "changes that were not made",
              notDone.isEmpty() ? "0 of " + changes.size() : notDone.toString(),
              "0",
              notDone.isEmpty()));
      findings.add(
          Finding.judged(
              "gets of the old value on the side of a remove, after its answer",
              String.valueOf(stale),
              "0",
              stale == 0));
    }

    private void make(List<Change> changes) throws InterruptedException, IOException {
      ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE);
      try {
        List<Future<OperationResult>> made = new ArrayList<>();
        for (Change change : changes) {
          ChaosNode owner = change.owner(scene.owners());
          made.add(threads.submit(() -> Direct.change(owner, change.operation())));
        }
        for (Future<OperationResult> one : made) {
          OperationResult result = one.get();
          if (result.status() != OperationResult.Status.DONE) {
            notDone.add(result.status() + " " + result.detail());
          }
        }
      } catch (ExecutionException e) {
        throw new IOException("a change: " + e.getCause(), e);
      } finally {
        threads.shutdownNow();
      }
    }

    /** Asks each node for a key of each that nobody has asked for. */
    private void servesEverything() throws InterruptedException {
      FreshKeys keys = new FreshKeys("parted", scene.owners());
      int wrong = 0;
      for (ChaosNode asked : nodes) {
        for (ChaosNode owner : nodes) {
          wrong += isRight(asked, keys.of(owner)) ? 0 : 1;
        }
      }
      findings.add(
          Finding.judged(
              "keys of the other side that are not served",
              wrong + " of " + nodes.size() * nodes.size(),
              "0",
              wrong == 0));
    }

    private boolean isRight(ChaosNode node, String key) throws InterruptedException {
      try {
        return Direct.get(node, key).equals(scene.origin().value(key));
      } catch (IOException e) {
        return false;
      }
    }

    /** Judges what all nodes hold now of the keys that were changed. */
    private void changesAreInForce() throws IOException, InterruptedException {
      for (List<ChaosNode> side : List.of(larger, smaller)) {
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
          values.add(Direct.get(node, key));
        }
        unlike += values.size() > 1 ? 1 : 0;
        values.removeAll(
            Set.of(putValue(key, larger), putValue(key, smaller), scene.origin().value(key)));
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
              Quantity.count(unknown),
              "0",
              unknown == 0));
    }

    /** Returns how many gets of these keys at these nodes give a value that the origin had. */
    private int stale(List<String> keys, List<ChaosNode> at)
        throws IOException, InterruptedException {
      int stale = 0;
      for (String key : keys) {
        for (ChaosNode node : at) {
          stale += Direct.get(node, key).equals(scene.origin().value(key)) ? 0 : 1;
        }
      }
      return stale;
    }

    private List<String> allKeys() {
      List<String> keys = new ArrayList<>(removedAt(larger));
      keys.addAll(removedAt(smaller));
      keys.addAll(putOnBoth());
      return keys;
    }

    private List<String> removedAt(List<ChaosNode> side) {
      return keys("removed" + side.get(0).number() + "-");
    }

    private List<String> putOnBoth() {
      return keys("put-");
    }

    private List<String> keys(String prefix) {
      List<String> keys = new ArrayList<>();
      for (int i = 0; i < KEYS; i++) {
        keys.add(prefix + i);
      }
      return keys;
    }

    private String putValue(String key, List<ChaosNode> side) {
      return key + " put at " + side.get(0).number();
    }

    private List<Integer> numbers(List<ChaosNode> side) {
      return side.stream().map(ChaosNode::number).toList();
    }
  }

  /** A change that is made on one side, at the node that acts there as the owner of its key. */
  private record Change(List<ChaosNode> side, Operation operation) {
    ChaosNode owner(Owners owners) {
      List<String> urls = side.stream().map(ChaosNode::url).toList();
      return side.get(urls.indexOf(owners.firstOf(urls, operation.key())));
    }
  }
}
