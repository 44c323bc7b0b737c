package io.dawncache.core;

import java.util.Objects;

/**
 * A member of the fleet as a {@link PeerPicker} names it: this node itself, or a remote node.
 *
 * @since 0.1.0
 */
public sealed interface Owner {
  /** {@return the member's exact text in the member list, such as {@code http://10.0.0.1:8001}} */
  String url();

  /**
   * This node itself.
   *
   * @param url see {@link Owner#url()}
   */
  record Self(String url) implements Owner {
    /** Rejects null. */
    public Self {
      Objects.requireNonNull(url, "url");
    }
  }

  /**
   * Another node.
   *
   * @param url see {@link Owner#url()}
   * @param getter asks that node
   */
  record Remote(String url, PeerGetter getter) implements Owner {
    /** Rejects nulls. */
    public Remote {
      Objects.requireNonNull(url, "url");
      Objects.requireNonNull(getter, "getter");
    }
  }
}
