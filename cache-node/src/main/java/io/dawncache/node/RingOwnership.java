package io.dawncache.node;

import io.dawncache.core.Membership;
import io.dawncache.core.consistenthash.Ring;
import io.dawncache.core.consistenthash.Scheme;
import io.dawncache.node.origin.Ownership;
import io.dawncache.server.CacheServer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The ring of a server's member list, members that are away included. Safe for use by several
 * threads; the ring is computed anew when the list or its scheme has changed.
 */
final class RingOwnership implements Ownership {
  private final CacheServer server;
  private volatile @Nullable Ring latest;

  RingOwnership(CacheServer server) {
    this.server = server;
  }

  @Override
  public boolean isOwner(String key) {
    List<String> members = server.members();
    return members.isEmpty() || server.self().equals(ring(server.ring(), members).owner(key));
  }

  private Ring ring(Scheme scheme, List<String> members) {
    Ring ring = latest;
    if (ring == null || !ring.scheme().equals(scheme) || !ring.members().equals(members)) {
      ring = Ring.of(scheme, Membership.REPLICAS, members);
      latest = ring;
    }
    return ring;
  }
}
