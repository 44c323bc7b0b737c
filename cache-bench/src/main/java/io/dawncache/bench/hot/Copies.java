package io.dawncache.bench.hot;

/** Who decides which copies the nodes of a simulated fleet keep. Keys and nodes are numbers. */
interface Copies {
  /** Gets {@code key}, another's, at {@code node}; returns whether a copy there has answered. */
  boolean answer(int node, int key);

  /** Told that {@code node} has fetched {@code key} from {@code owner}. */
  void fetched(int node, int key, int owner);

  /** Called a hundred times a simulated second. */
  default void tick() {}
}
