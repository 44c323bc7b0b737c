package io.dawncache.core;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A member of the fleet as a picker names it: this node itself, or another and the way to ask it.
 *
 * @param url the member's exact text in the member list, such as {@code http://10.0.0.1:8001}
 * @param getter the way to ask the member; null for this node itself
 */
public record Peer(String url, @Nullable PeerGetter getter) {
  /** Refuses a null URL. */
  public Peer {
    Objects.requireNonNull(url, "url");
  }

  /** Returns whether this is the node that asks. */
  public boolean isSelf() {
    return getter == null;
  }
}
