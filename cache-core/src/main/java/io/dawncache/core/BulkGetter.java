package io.dawncache.core;

import java.util.Map;
import java.util.Set;

/**
 * A {@link Getter} whose origin answers many keys at once. The group calls {@link #loadAll} for the
 * keys of a {@link Group#getAll} that this node must load, if they are two or more; for a single
 * key it calls {@link #load}.
 *
 * @since 0.1.0
 */
public interface BulkGetter extends Getter {
  /**
   * Loads the values of {@code keys}; threads, time-out and failures are those of {@link #load},
   * once for all keys.
   *
   * @param keys at least one, none empty; unmodifiable
   * @return the origin's answer for each key, which may be {@link Loaded#rejected}; an absent key
   *     is not found, and a key that was not asked for is ignored
   * @throws Exception if the origin failed; the waiting callers of all keys get the failure
   */
  Map<String, Loaded> loadAll(Set<String> keys) throws Exception;
}
