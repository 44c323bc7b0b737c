package io.dawncache.operations;

/**
 * Changes the budget of a group while it serves.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface GroupResize {
  /**
   * Changes the budget; quick, and does not block.
   *
   * @param group the name of a group that the node has
   * @param maxBytes the new budget, more than 0
   * @throws IllegalArgumentException if the heap has no room for it; says how much there is
   */
  void resize(String group, long maxBytes);
}
