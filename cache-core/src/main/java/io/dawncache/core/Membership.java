package io.dawncache.core;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.dawncache.core.consistenthash.Ring;
import io.dawncache.core.consistenthash.Scheme;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * The fleet as this node sees it: a ring over the present member list, and the way to each member.
 * The core's own {@link PeerPicker}.
 *
 * <p>Reading takes no lock; a change publishes a new snapshot. Before the first {@link #set} there
 * is no member and this node owns every key. A list that leaves this node out is taken at its word:
 * the node then owns nothing.
 */
public final class Membership implements PeerPicker {
  /** Virtual nodes a member, as every dialect of the family has it. */
  public static final int REPLICAS = 50;

  private record Snapshot(Ring ring, Map<String, Peer> peers) {}

  private final String self;
  private final Scheme scheme;
  private final int replicas;
  private final PeerConnector connector;
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
  private final Object changing = new Object();

  private volatile Snapshot snapshot;

  /**
   * Makes a membership without members.
   *
   * @param self this node's exact text in the member list
   * @param scheme how the ring names and hashes its points, the same at every node of a fleet
   * @param replicas virtual nodes a member, at least 1, the same at every node of a fleet
   * @param connector makes the ways to other members
   */
  public Membership(String self, Scheme scheme, int replicas, PeerConnector connector) {
    this.self = Objects.requireNonNull(self, "self");
    this.scheme = Objects.requireNonNull(scheme, "scheme");
    this.replicas = replicas;
    this.connector = Objects.requireNonNull(connector, "connector");
    this.snapshot = new Snapshot(Ring.of(scheme, replicas, List.of()), Map.of());
  }

  /**
   * Replaces the member list. Members that stay keep their connections; the listeners run before
   * this returns.
   *
   * @param members every member's URL, this node's own among them as a rule
   * @throws IllegalArgumentException if a URL is not one of a node; nothing has changed then
   */
  public void set(List<String> members) {
    List<Peer> left;
    synchronized (changing) {
      Snapshot before = snapshot;
      Snapshot after = new Snapshot(Ring.of(scheme, replicas, members), peers(members, before));
      snapshot = after;
      left = new ArrayList<>(before.peers.values());
      left.removeAll(after.peers.values());
      listeners.forEach(Runnable::run);
    }
    close(left);
  }

  /** Closes the ways to all members; the list stays, and its members cannot be asked any more. */
  public void close() {
    close(List.copyOf(snapshot.peers.values()));
  }

  /** Returns the present member list in the order it was given. */
  public List<String> members() {
    return snapshot.ring.members();
  }

  /** Returns this node's exact text in the member list. */
  public String self() {
    return self;
  }

  @Override
  public Iterator<Peer> owners(String key) {
    Snapshot present = snapshot;
    Iterator<String> urls = present.ring.owners(key);
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return urls.hasNext();
      }

      @Override
      public Peer next() {
        return Objects.requireNonNull(present.peers.get(urls.next()));
      }
    };
  }

  @Override
  public void onChange(Runnable listener) {
    listeners.add(Objects.requireNonNull(listener, "listener"));
  }

  @GuardedBy("changing")
  private Map<String, Peer> peers(List<String> members, Snapshot before) {
    Map<String, Peer> peers = new HashMap<>();
    List<Peer> entered = new ArrayList<>();
    try {
      for (String url : members) {
        if (peers.containsKey(url)) {
          continue;
        }
        Peer peer = before.peers.get(url);
        if (peer == null) {
          peer = new Peer(url, url.equals(self) ? null : connector.connect(url));
          entered.add(peer);
        }
        peers.put(url, peer);
      }
    } catch (RuntimeException e) {
      close(entered);
      throw e;
    }
    return peers;
  }

  private static void close(List<Peer> peers) {
    for (Peer peer : peers) {
      if (peer.getter() != null) {
        peer.getter().close();
      }
    }
  }
}
