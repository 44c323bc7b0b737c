package io.dawncache.node.config;

import io.dawncache.node.text.ByteSize;
import java.util.Collection;

/**
 * Checks that the budgets of all groups together leave room in the heap, by the rule of {@link
 * io.dawncache.core.GroupConfig.Builder#maxBytes}: they may take three quarters of it.
 *
 * @param heapBytes the heap's largest size
 */
record Budgets(long heapBytes) {
  /** Adds a mistake for each group whose budget does not fit beside those before it. */
  void check(Collection<NodeConfig.Group> groups, Mistakes mistakes) {
    long room = heapBytes / 4 * 3;
    for (NodeConfig.Group group : groups) {
      Yaml budget = group.settings().value(GroupKeys.BUDGET);
      ByteSize size = group.settings().read(GroupKeys.BUDGET);
      // None set is a share of what the others leave; a wrong one is a mistake already.
      long bytes = size == null ? 0 : size.bytes();
      if (budget == null || bytes <= room) {
        room -= bytes;
      } else {
        mistakes.add(
            budget.at(),
            group.settings().pathOf(GroupKeys.BUDGET),
            budget.shown()
                + " (expected: <= "
                + room
                + " bytes, what the budgets of other groups leave of three quarters of the heap,"
                + " which is "
                + heapBytes
                + " bytes)");
      }
    }
  }
}
