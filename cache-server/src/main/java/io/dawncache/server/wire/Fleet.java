package io.dawncache.server.wire;

import io.dawncache.core.MemberList;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * This node among the others: what it says of itself to them, and where it is noted what they say
 * of themselves. Safe for use by any thread, and does not block.
 */
public interface Fleet {
  /** Returns the name of the cluster that this node is of, or null if it has none. */
  @Nullable String cluster();

  /** Returns the member list that this node holds now. */
  MemberList list();

  /**
   * Another process says who it is.
   *
   * @param dialled the URL at which this node has met it; null if it has come by itself
   */
  void met(@Nullable String dialled, String self, long instance);

  /** Another node says which list it holds. */
  void heard(MemberList list);

  /**
   * Another node says the fingerprint of its list.
   *
   * @return whether its list is to be asked for
   */
  boolean heard(String url, long fingerprint);

  /** A process of another cluster, or of none, has asked this node or was asked by it. */
  void isOfAnother(String who, @Nullable String cluster);

  /** Returns whether a node of {@code other} is of this node's cluster. */
  default boolean isOurs(@Nullable String other) {
    return Objects.equals(cluster(), other);
  }
}
