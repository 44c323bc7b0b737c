package io.dawncache.core;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Where a group's values are loaded from: the user's getter, of whichever kind.
 *
 * @param many loads many keys with one call; null if it cannot
 */
record Origin(One one, @Nullable BulkGetter many) {
  /** Loads one key. */
  interface One {
    /**
     * Starts a load.
     *
     * @param held the value that this node holds under the key and the load replaces, or null
     */
    CompletionStage<Loaded> load(String key, @Nullable Entry held) throws Exception;
  }

  static Origin of(Getter getter) {
    return new Origin(
        (key, held) -> CompletableFuture.completedFuture(load(getter, key, held)),
        getter instanceof BulkGetter bulk ? bulk : null);
  }

  static Origin ofAsync(AsyncGetter getter) {
    return new Origin((key, held) -> getter.load(key), null);
  }

  /** Returns the getter's answer; a held value that has not changed is one as if it was loaded. */
  private static Loaded load(Getter getter, String key, @Nullable Entry held) throws Exception {
    if (held == null) {
      return getter.load(key);
    }
    Loaded loaded = getter.reload(key, held);
    return loaded == null ? loaded : loaded.resolved(held);
  }
}
