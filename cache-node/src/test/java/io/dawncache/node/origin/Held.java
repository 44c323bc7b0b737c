package io.dawncache.node.origin;

import io.dawncache.core.CacheNode;
import io.dawncache.core.Entry;
import io.dawncache.core.Loaded;
import java.time.Duration;

/** Values as a node holds them when a getter is asked for them again. */
final class Held {
  private Held() {}

  /** Returns the value of {@code loaded} as a group keeps it. */
  static Entry of(Loaded loaded) {
    try (CacheNode node = CacheNode.create()) {
      return node.addGroup("held", key -> loaded).getEntry("key", Duration.ofSeconds(30));
    }
  }
}
