package io.dawncache.server.testing;

import io.dawncache.core.CacheNode;
import java.lang.reflect.Method;
import java.util.function.LongSupplier;

/** Nodes for which no time passes but what a test lets pass. */
public final class HandTime {
  private HandTime() {}

  /** Returns a node whose time is told by {@code nanoTime}. */
  public static CacheNode node(LongSupplier nanoTime) {
    try {
      Method withTime = CacheNode.class.getDeclaredMethod("withTime", LongSupplier.class);
      withTime.setAccessible(true); // the core does not open itself for its tests
      return (CacheNode) withTime.invoke(null, nanoTime);
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("CacheNode has changed; so must HandTime", e);
    }
  }
}
