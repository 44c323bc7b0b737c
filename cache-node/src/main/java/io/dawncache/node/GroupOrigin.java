package io.dawncache.node;

import io.dawncache.core.GroupConfig;
import io.dawncache.node.origin.GuardedOrigin;

/**
 * A group and its open origin.
 *
 * @param name never empty
 * @param config how the group keeps its values
 * @param origin the open origin
 */
record GroupOrigin(String name, GroupConfig config, GuardedOrigin origin) {
  /** Makes a group that keeps its values as the core does by default. */
  GroupOrigin(String name, GuardedOrigin origin) {
    this(name, GroupConfig.builder().build(), origin);
  }
}
