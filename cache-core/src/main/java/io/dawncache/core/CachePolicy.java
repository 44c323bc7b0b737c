package io.dawncache.core;

/**
 * Which entry leaves a full cache first.
 *
 * @since 0.1.0
 */
public enum CachePolicy {
  /** The least recently used entry, exactly. */
  LRU,
  /**
   * W-TinyLFU by Caffeine: keeps entries that are asked for often, and drops those asked for once.
   *
   * @see <a href="https://doi.org/10.1145/3149371">Einziger, Friedman, Manes 2017</a>
   */
  TINY_LFU
}
