package io.dawncache.bench.hot;

/** Decides which copies the nodes of a simulated fleet keep. Keys and nodes are numbers. */
interface Copies {
  /** Gets another node's {@code key} at {@code node}; returns whether a copy there has answered. */
  boolean answer(int node, int key);

  /** Called when {@code node} has fetched {@code key} from {@code owner}. */
  void fetched(int node, int key, int owner);

  /** Called a hundred times per simulated second. */
  default void tick() {}
}
