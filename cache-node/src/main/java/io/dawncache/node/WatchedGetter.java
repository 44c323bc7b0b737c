package io.dawncache.node;

import io.dawncache.core.BulkGetter;
import io.dawncache.core.Getter;
import io.dawncache.core.Loaded;
import io.dawncache.server.wire.Fatal;
import java.util.Map;
import java.util.Set;

/** A getter whose {@link OutOfMemoryError} is reported, not only a failed load. */
final class WatchedGetter implements Getter {
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
    try {
      return getter.load(key);
    } catch (OutOfMemoryError e) {
      Fatal.report(e);
      throw e;
    }
  }

  private static final class OfMany implements BulkGetter {
    private final BulkGetter getter;

    OfMany(BulkGetter getter) {
      this.getter = getter;
    }

    @Override
    public Loaded load(String key) throws Exception {
      return new WatchedGetter(getter).load(key);
    }

    @Override
    public Map<String, Loaded> loadAll(Set<String> keys) throws Exception {
      try {
        return getter.loadAll(keys);
      } catch (OutOfMemoryError e) {
        Fatal.report(e);
        throw e;
      }
    }
  }
}
