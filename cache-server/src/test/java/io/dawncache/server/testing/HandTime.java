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
      CacheNode.Builder builder = CacheNode.builder();
      Method setter = CacheNode.Builder.class.getDeclaredMethod("nanoTime", LongSupplier.class);
      setter.setAccessible(true); // the core does not open itself for its tests
      setter.invoke(builder, nanoTime);
      return builder.build();
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("CacheNode.Builder has changed; so must HandTime", e);
    }
  }
}
