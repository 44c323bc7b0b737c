package io.dawncache.server.wire;

import io.dawncache.core.PeerResult;
import org.jspecify.annotations.Nullable;

/** Why an answer holds no value, as our nodes name it in {@link Headers#STATUS}. */
public enum Kind {
  /** The origin holds nothing under the key. */
  NOT_FOUND("not-found", PeerResult.Status.NOT_FOUND),
  /** The origin rejects the request for the key. */
  REJECTED("rejected", PeerResult.Status.REJECTED),
  /** The origin failed, or the way to it. */
  FAILED("failed", PeerResult.Status.FAILED),
  /** The get has timed out. */
  TIMED_OUT("timed-out", PeerResult.Status.TIMED_OUT),
  /** A bound was reached; nothing was tried. */
  OVERLOADED("overloaded", PeerResult.Status.OVERLOADED),
  /** The node does not have the group, so it could not be asked. */
  NO_SUCH_GROUP("no-such-group", PeerResult.Status.NOT_ASKED),
  /** The node belongs to another cluster, so it could not be asked. */
  OTHER_CLUSTER("other-cluster", PeerResult.Status.NOT_ASKED),
  /**
   * The request is invalid or exceeds a limit of the node, or the node is stopping: it never
   * reached its group, so the node could not be asked.
   */
  REFUSED("refused", PeerResult.Status.NOT_ASKED);

  private final String label;
  private final PeerResult.Status meaning;

  Kind(String label, PeerResult.Status meaning) {
    this.label = label;
    this.meaning = meaning;
  }

  /** Returns the header's value. */
  public String label() {
    return label;
  }

  /** Returns what the kind means for the node that asked. */
  public PeerResult.Status meaning() {
    return meaning;
  }

  /** Returns the kind with this label, or null: for the answer of a Go node, or of a newer node. */
  static @Nullable Kind of(@Nullable String label) {
    for (Kind kind : values()) {
      if (kind.label.equals(label)) {
        return kind;
      }
    }
    return null;
  }
}
