package io.dawncache.server.peer;

import io.dawncache.core.PeerConnector;
import io.dawncache.core.PeerGetter;
import io.dawncache.server.wire.NodeUrl;
import java.util.Collections;
import java.util.Set;
import java.util.WeakHashMap;

/** Gives the core the way to every other member of the fleet. */
public final class PeerDirectory implements PeerConnector {
  private final Outbound outbound;

  // Weak: the client of a member that has left lives as long as its fetches do.
  private final Set<PeerClient> clients =
      Collections.synchronizedSet(Collections.newSetFromMap(new WeakHashMap<>()));

  /** Makes a directory whose clients share {@code outbound}. */
  public PeerDirectory(Outbound outbound) {
    this.outbound = outbound;
  }

  @Override
  public PeerGetter connect(String url) {
    PeerClient client = new PeerClient(outbound, NodeUrl.parse(url));
    clients.add(client);
    return client;
  }

  /** The member list has changed, and with it perhaps who answers at a member's URL. */
  public void meetAnew() {
    synchronized (clients) {
      clients.forEach(PeerClient::meetAnew);
    }
  }

  /**
   * Ends all fetches, so that nobody waits for what the event loops, about to stop, cannot bring
   * any more. To be called before they are told to.
   */
  public void stop() {
    synchronized (clients) {
      clients.forEach(PeerClient::stop);
    }
  }
}
