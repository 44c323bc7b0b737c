package io.dawncache.operations;

import io.dawncache.core.CacheNode;
import io.dawncache.core.Group;
import java.util.stream.Collectors;

/** Finds the group that a request names. */
final class Groups {
  private Groups() {}

  /**
   * Returns the group.
   *
   * @throws Problem if the node has none of that name
   */
  static Group of(CacheNode node, String name) throws Problem {
    Group group = node.group(name);
    if (group == null) {
      String names =
          node.groups().stream().map(Group::name).sorted().collect(Collectors.joining(", "));
      throw Problem.notFound("group: " + name + " (expected: one of " + names + ")");
    }
    return group;
  }
}
