package io.dawncache.bench.chaos;

import io.dawncache.bench.chaos.Loads.Load;
import io.dawncache.core.ByteView;
import io.dawncache.core.Operation;
import io.dawncache.core.OperationResult;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Nodes in memory. Each keeps what it has answered; a change is in force at all nodes that its
 * owner reaches, and at the others only when they are {@linkplain #healed one again}.
 */
final class ScriptedFleet implements Client {
  private final List<ChaosNode> nodes;
  private final OriginValues origin;
  private final Map<ChaosNode, Map<String, String>> held = new HashMap<>();
  private final List<Runnable> undelivered = new ArrayList<>();
  private final Loads loads = new Loads();
  private List<List<ChaosNode>> sides;

  ScriptedFleet(List<ChaosNode> nodes, OriginValues origin) {
    this.nodes = nodes;
    this.origin = origin;
    this.sides = List.of(nodes);
    nodes.forEach(node -> held.put(node, new HashMap<>()));
  }

  Loads loads() {
    return loads;
  }

  /** Parts the first of its nodes from the others. */
  void parted(int first) {
    sides = List.of(nodes.subList(0, first), nodes.subList(first, nodes.size()));
  }

  /** Makes them one again, and delivers what was not. */
  void healed() {
    sides = List.of(nodes);
    undelivered.forEach(Runnable::run);
    undelivered.clear();
  }

  /** Forgets what was not delivered. */
  void loseUndelivered() {
    undelivered.clear();
  }

  /** Has a node hold this value. */
  void hold(ChaosNode node, String key, String value) {
    held.get(node).put(key, value);
  }

  @Override
  public synchronized String get(ChaosNode node, String key)
      throws IOException, InterruptedException {
    return held.get(node)
        .computeIfAbsent(
            key,
            missing -> {
              loads.add(new Load(System.nanoTime(), node.number(), key));
              return origin.of(key);
            });
  }

  @Override
  public synchronized OperationResult change(ChaosNode owner, Operation operation)
      throws IOException, InterruptedException {
    ByteView value = operation.value();
    if (value != null) {
      hold(owner, operation.key(), value.toUtf8());
    }
    for (List<ChaosNode> side : sides) {
      for (ChaosNode node : side) {
        if (side.contains(owner)) {
          forget(node, owner, operation);
        } else {
          undelivered.add(() -> forgetEverywhere(operation.key()));
        }
      }
    }
    return OperationResult.done(List.of());
  }

  private void forget(ChaosNode node, ChaosNode owner, Operation operation) {
    if (node != owner || operation.value() == null) {
      held.get(node).remove(operation.key());
    }
  }

  private void forgetEverywhere(String key) {
    held.values().forEach(values -> values.remove(key));
  }
}
