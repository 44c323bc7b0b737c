package io.dawncache.server;

import io.dawncache.server.wire.NodeUrl;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/**
 * The addresses of the fleet's members, which distinguish a Go node from another Go program. A
 * member's name is looked up once, when the member list is set.
 */
final class GoPeers implements Predicate<InetAddress> {
  private static final System.Logger LOG = System.getLogger(GoPeers.class.getName());

  private volatile Set<InetAddress> addresses = Set.of();

  /** Returns the addresses that the members have now; the look-ups block. */
  static Set<InetAddress> addressesOf(List<String> members) {
    Set<InetAddress> found = new HashSet<>();
    for (String member : members) {
      try {
        found.addAll(Names.addressesOf(NodeUrl.parse(member).host()));
      } catch (UnknownHostException e) {
        LOG.log(
            System.Logger.Level.WARNING,
            "member {0}: its name has no address now, so a Go node there is not known as a peer",
            member);
      }
    }
    return Set.copyOf(found);
  }

  void set(Set<InetAddress> addresses) {
    this.addresses = addresses;
  }

  @Override
  public boolean test(InetAddress address) {
    return addresses.contains(address);
  }
}
