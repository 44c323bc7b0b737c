package io.dawncache.node.origin;

/**
 * Learns from an origin which of its values change.
 *
 * @since 0.1.0
 */
public interface ChangeListener {
  /**
   * The value of {@code key} has changed, or is gone.
   *
   * @param key any text; one that cannot be a key is ignored
   */
  void changed(String key);

  /**
   * Any value may have changed: the origin could not tell for a while.
   *
   * @param reason why, in a few words for the log
   */
  void missed(String reason);
}
