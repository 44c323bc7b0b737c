package io.dawncache.bench.hot;

import io.dawncache.core.ByteView;
import io.dawncache.core.GroupConfig;
import io.dawncache.core.ShippedNode;
import java.util.Arrays;
import java.util.function.LongSupplier;

/** Nodes as shipped, with a default configuration except for its bytes. */
final class ShippedCopies implements Copies {
  private static final ByteView VALUE = ByteView.copyOf(new byte[100]);
  private static final long BUDGET_A_HOT_BYTE = 8; // the default: an eighth is for copies

  private final String[] keys;
  private final ShippedNode[] nodes;

  /** Makes {@code nodes} nodes with room for {@code copies} copies each. */
  ShippedCopies(String[] keys, int nodes, int copies, LongSupplier nanoTime) {
    this.keys = keys;
    GroupConfig config =
        GroupConfig.builder()
            .maxBytes(BUDGET_A_HOT_BYTE * copies * ShippedNode.copyBytes(keys[0], VALUE))
            .build();
    this.nodes = new ShippedNode[nodes];
    Arrays.setAll(this.nodes, node -> new ShippedNode(config, nanoTime));
  }

  @Override
  public boolean answer(int node, int key) {
    return nodes[node].answers(keys[key]);
  }

  @Override
  public void fetched(int node, int key, int owner) {
    nodes[node].fetch(keys[key], VALUE, nodes[owner]);
  }

  @Override
  public void tick() {
    for (ShippedNode node : nodes) {
      node.tick();
    }
  }
}
