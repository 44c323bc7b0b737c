package io.dawncache.server;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;

/**
 * Looks up host names as every other program on the machine does: by the JDK's resolver. That calls
 * the C library, which reads the hosts file, {@code nsswitch.conf} and {@code resolv.conf} as they
 * are now. There is no other source and no fallback.
 *
 * <p>All names are looked up here: of members, and of origins. A caller that connects tries the
 * addresses in their order, each within a share of the time for the connection, as {@code
 * peer.Dial} does.
 *
 * @since 0.1.0
 */
public final class Names {
  private Names() {}

  /**
   * {@return the addresses of {@code host}, at least one, in the order in which to try them}
   * Blocks, perhaps for seconds: call it on load threads and at the start of a program, not on
   * event loops. An answer may be as old as the JDK caches it: 30 s, or the security property
   * {@code networkaddress.cache.ttl}.
   *
   * @param host a name, or an address without brackets
   * @throws UnknownHostException if the name has no address now; a later call may succeed
   */
  public static List<InetAddress> addressesOf(String host) throws UnknownHostException {
    return List.of(InetAddress.getAllByName(host));
  }
}
