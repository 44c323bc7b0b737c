package io.dawncache.server.peer;

import io.dawncache.core.PeerConnector;
import io.dawncache.core.PeerGetter;
import io.dawncache.server.PeerHealth;
import io.dawncache.server.PeerStats;
import io.dawncache.server.wire.NodeUrl;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

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
    compareLists(urls, () -> {});
  }

  /** As the other method; calls {@code done} once, on any thread, when all have answered or not. */
  public void compareLists(Collection<String> urls, Runnable done) {
    List<PeerClient> asked = clientsOf(urls);
    AtomicInteger left = new AtomicInteger(asked.size() + 1);
    Runnable answered =
        () -> {
          if (left.decrementAndGet() == 0) {
            done.run();
          }
        };
    asked.forEach(client -> client.compareLists(answered));
    answered.run();
  }

  private List<PeerClient> clientsOf(Collection<String> urls) {
    Set<String> wanted = Set.copyOf(urls);
    synchronized (clients) {
      return clients.stream().filter(client -> wanted.contains(client.url())).toList();
    }
  }

  /**
   * Notes that a member's process leaves.
   *
   * @param instance the number of that process
   * @param done called once, on any thread, when others own its keys in this node's view
   */
  public void leaves(String url, long instance, Runnable done) {
    PeerClient present =
        clientsOf(List.of(url)).stream()
            .filter(client -> !client.isClosed())
            .findAny()
            .orElse(null);
    if (present == null) {
      done.run();
    } else {
      present.leaves(instance, done);
    }
  }

  /** Notes the instance number of a process at a member's URL. */
  public void met(String url, long instance) {
    clientsOf(List.of(url)).forEach(client -> client.met(instance));
  }

  /** Has every member prove again that it is a peer: the secrets have changed. */
  public void redial() {
    synchronized (clients) {
      clients.forEach(PeerClient::redial);
    }
  }

  /** A member has said in which zone it is, or null for none. */
  public void noteZone(String url, @Nullable String zone) {
    clientsOf(List.of(url)).forEach(client -> client.noteZone(zone));
  }

  /** {@return what is known about whether each member can be asked, by URL} */
  public List<PeerHealth> health() {
    return stats().stream().map(PeerStats::health).toList();
  }

  /** {@return what is known and counted of each member, by URL} */
  public List<PeerStats> stats() {
    synchronized (clients) {
      return clients.stream()
          .map(PeerClient::stats)
          .filter(Objects::nonNull)
          .sorted(Comparator.comparing(peer -> peer.health().url()))
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
