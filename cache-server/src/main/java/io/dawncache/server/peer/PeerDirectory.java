package io.dawncache.server.peer;

import io.dawncache.core.PeerConnector;
import io.dawncache.core.PeerGetter;
import io.dawncache.server.wire.NodeUrl;

/** Gives the core the way to every other member of the fleet. */
public final class PeerDirectory implements PeerConnector {
  private final Outbound outbound;

  /** Makes a directory whose clients share {@code outbound}. */
  public PeerDirectory(Outbound outbound) {
    this.outbound = outbound;
  }

  @Override
  public PeerGetter connect(String url) {
    return new PeerClient(outbound, NodeUrl.parse(url));
  }
}
