package io.dawncache.server.wire;

import org.jspecify.annotations.Nullable;

/**
 * The kinds of message between our nodes. {@link Headers#MESSAGE} names the kind on the message and
 * on its answer.
 */
public enum MessageKind {
  /** Drop some keys, or all of a group. */
  FORGET("forget"),
  /** Make a change as the key's owner, and send it to all members. */
  COORDINATE("coordinate"),
  /** Get many keys. */
  GET_ALL("get-all"),
  /** The sender's member list; the answer holds the receiver's. */
  MEMBERS("members"),
  /** Keys of values that the receiver may take over from the sender. */
  OFFER("offer"),
  /** Changes that the receiver is to remember in place of the sender. */
  HAND_OVER("hand-over");

  private final String label;

  MessageKind(String label) {
    this.label = label;
  }

  /** Returns the header's value. */
  public String label() {
    return label;
  }

  /** Returns the kind with this label, or null. */
  static @Nullable MessageKind of(@Nullable String label) {
    for (MessageKind kind : values()) {
      if (kind.label.equals(label)) {
        return kind;
      }
    }
    return null;
  }
}
