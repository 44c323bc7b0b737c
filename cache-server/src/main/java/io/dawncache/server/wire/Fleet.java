package io.dawncache.server.wire;

import io.dawncache.core.MemberList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * This node among the others: what it sends them about itself, and where it notes what they send.
 * Safe for use by any thread, and does not block.
 */
public interface Fleet {
  /** Returns the name of this node's cluster, or null if it has none. */
  @Nullable String cluster();

  /** Returns the secrets with which this node and its peers prove that they belong together. */
  ClusterSecrets secrets();

  /** Returns the member list that this node holds now. */
  MemberList list();

  /** Returns that list with all that this node reports besides, for a message that holds it. */
  default MemberList report() {
    return list();
  }

  /**
   * Notes the URL and number of another process, as that process has sent them.
   *
   * @param dialled the URL that this node has dialled; null if the other process has dialled
   */
  void noteIdentity(@Nullable String dialled, String self, long instance);

  /**
   * Notes which rings another node knows, beside the one that every node knows.
   *
   * @param url the URL that this node has dialled, or that the other one gives as its own
   */
  void noteRings(String url, List<String> known);

  /** Notes which list another node holds, and which rings it knows. */
  void noteList(MemberList list);

  /** Another node could not be asked for its list: the one that it reported may be an old one. */
  void noteListUnknown(String url);

  /**
   * Notes the fingerprint of another node's list.
   *
   * @return whether to ask for its list
   */
  boolean noteFingerprint(String url, long fingerprint);

  /** Returns the members that have not received all changes from this node yet. */
  Collection<String> membersWithHints();

  /**
   * Notes for which members another node holds hints.
   *
   * @param url the node's URL
   * @param askedNanos when it was asked, by {@link System#nanoTime}
   */
  void noteHints(String url, long askedNanos, Collection<String> membersWithHints);

  /** Returns whether this node leaves the fleet. */
  boolean isLeaving();

  /**
   * Notes that another node leaves the fleet.
   *
   * @param url the node's URL
   * @param instance the number of its process
   * @param done called once, on any thread, when its keys have other owners in this node's view,
   *     and this node has asked all members which changes that node may have missed
   */
  void noteLeaving(String url, long instance, Runnable done);

  /** Notes that another node has held this one ejected until now. */
  void noteReadmitted();

  /**
   * Notes that a process of another cluster, or of none, has asked this node or was asked by it.
   */
  void noteOtherCluster(String who, @Nullable String cluster);

  /**
   * Notes that another process is not treated as a peer, because it has not proven, by a secret of
   * this node or by its certificate, that it is one.
   *
   * @param who the process, and what it asked for or was asked for
   */
  void noteUnproven(String who);

  /** Notes that another process has proven that it has a secret of this node. */
  void noteProven();

  /** Notes that a member could not be asked: it may have left the fleet. */
  void noteUnreachable();

  /** Returns whether {@code other} is this node's cluster. */
  default boolean isOwnCluster(@Nullable String other) {
    return Objects.equals(cluster(), other);
  }
}
