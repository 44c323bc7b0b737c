package io.dawncache.server.wire;

import org.jspecify.annotations.Nullable;

/**
 * The kinds of message that our nodes send each other, as {@link Headers#MESSAGE} names them: on
 * the message, and on its answer.
 */
public enum MessageKind {
  /** Drop some keys, or all of a group. */
  FORGET("forget"),
  /** Make a change as the key's owner, and tell everybody. */
  COORDINATE("coordinate"),
  /** Get many keys. */
  GET_ALL("get-all"),
  /** The member list of who sends it; the answer holds the other side's. */
  MEMBERS("members");

  private final String label;

  MessageKind(String label) {
    this.label = label;
  }

  /** Returns the header's value. */
  public String label() {
    return label;
  }

  /** Returns the kind of that label, or null. */
  static @Nullable MessageKind of(@Nullable String label) {
    for (MessageKind kind : values()) {
      if (kind.label.equals(label)) {
        return kind;
      }
    }
    return null;
  }
}
