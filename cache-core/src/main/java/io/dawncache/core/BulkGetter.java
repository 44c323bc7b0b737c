package io.dawncache.core;

import java.util.Map;
import java.util.Set;

/**
 * A {@link Getter} whose origin answers many keys at once: a group that was given one asks it for
 * those keys of a {@link Group#getAll} that have to be loaded here, if they are two or more; for
 * one it calls {@link #load}.
 */
public interface BulkGetter extends Getter {
  /**
   * Loads the values of {@code keys}; threads, time-out and failures as for {@link #load}, once for
   * all of them.
   *
   * @param keys at least one, none empty; unmodifiable
   * @return what the origin answers for each key, {@link Loaded#rejected} too; a key that is absent
   *     is not found, and one that was not asked for is ignored
   * @throws Exception if the origin failed; those who wait for any of the keys are told
   */
  Map<String, Loaded> loadAll(Set<String> keys) throws Exception;
}
