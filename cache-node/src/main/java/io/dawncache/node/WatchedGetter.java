package io.dawncache.node;

import io.dawncache.core.BulkGetter;
import io.dawncache.core.Entry;
import io.dawncache.core.Getter;
import io.dawncache.core.Loaded;
import io.dawncache.server.wire.Fatal;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;

/** A getter whose {@link OutOfMemoryError} is reported, not only a failed load. */
class WatchedGetter implements Getter {
  private final Getter getter;

  private WatchedGetter(Getter getter) {
    this.getter = getter;
  }

  /** Returns {@code getter}, watched; a {@link BulkGetter} if it is one. */
  static Getter of(Getter getter) {
    return getter instanceof BulkGetter bulk ? new OfMany(bulk) : new WatchedGetter(getter);
  }

  @Override
  public Loaded load(String key) throws Exception {
    return watched(() -> getter.load(key));
  }

  @Override
  public Loaded reload(String key, Entry held) throws Exception {
    return watched(() -> getter.reload(key, held));
  }

  private static <T> T watched(Callable<T> load) throws Exception {
    try {
      return load.call();
    } catch (OutOfMemoryError e) {
      Fatal.report(e);
      throw e;
    }
  }

  private static final class OfMany extends WatchedGetter implements BulkGetter {
    private final BulkGetter getter;

    OfMany(BulkGetter getter) {
      super(getter);
      this.getter = getter;
    }

    @Override
    public Map<String, Loaded> loadAll(Set<String> keys) throws Exception {
      return watched(() -> getter.loadAll(keys));
    }
  }
}
