package io.dawncache.server.peer;

import io.dawncache.core.PeerConnector;
import io.dawncache.core.PeerGetter;
import io.dawncache.server.PeerHealth;
import io.dawncache.server.wire.NodeUrl;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.WeakHashMap;

/** Gives the core a client for every other member of the fleet. */
public final class PeerDirectory implements PeerConnector {
  private final Outbound outbound;

  // Weak references: the client of a member that has left stays only as long as its fetches.
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

  /**
   * Forgets what each peer can do: the member list has changed, and perhaps the process at a URL.
   */
  public void resetCapabilities() {
    synchronized (clients) {
      clients.forEach(PeerClient::resetCapabilities);
    }
  }

  /** Compares member lists with the peers that have one of these URLs. Returns at once. */
  public void compareLists(Collection<String> urls) {
    Set<String> wanted = Set.copyOf(urls);
    List<PeerClient> present;
    synchronized (clients) {
      present = List.copyOf(clients);
    }
    for (PeerClient client : present) {
      if (wanted.contains(client.url())) {
        client.compareLists();
      }
    }
  }

  /** {@return what is known about whether each member can be asked, by URL} */
  public List<PeerHealth> health() {
    synchronized (clients) {
      return clients.stream()
          .map(PeerClient::health)
          .filter(Objects::nonNull)
          .sorted(Comparator.comparing(PeerHealth::url))
          .toList();
    }
  }

  /**
   * Ends all fetches, so that no caller waits for answers that the event loops can no longer bring.
   * Call it before the loops stop.
   */
  public void stop() {
    synchronized (clients) {
      clients.forEach(PeerClient::stop);
    }
  }
}
