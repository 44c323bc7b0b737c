package io.dawncache.server.wire;

/** The headers that our nodes say things in which the family's protocol has no words for. */
public final class Headers {
  /** On a request: it comes from the node whose URL this is, and is not to be forwarded. */
  public static final String PEER = "Dawncache-Peer";

  /** On an answer without a value: why, as a {@link Kind#label()}. */
  public static final String STATUS = "Dawncache-Status";

  private Headers() {}
}
