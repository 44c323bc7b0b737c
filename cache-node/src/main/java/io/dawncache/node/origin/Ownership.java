package io.dawncache.node.origin;

/**
 * Says which keys this node owns by the present member list, whether their owner can be asked or
 * not.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface Ownership {
  /**
   * {@return whether this node is the owner, and not only acts in the place of one that is away}
   *
   * @param key any key
   */
  boolean isOwner(String key);
}
