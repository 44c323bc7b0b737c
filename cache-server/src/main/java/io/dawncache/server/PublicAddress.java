package io.dawncache.server;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;

/** Which addresses others than the machine itself and its own network may reach. */
final class PublicAddress {
  private PublicAddress() {}

  /**
   * Returns whether it is neither a loopback address nor one of a private network: RFC 1918, link
   * local, the shared 100.64.0.0/10 of RFC 6598, or the unique local fc00::/7 of RFC 4193. The
   * wildcard address counts as public, because the machine may have a public one.
   */
  static boolean test(InetAddress address) {
    return !address.isLoopbackAddress()
        && !address.isSiteLocalAddress()
        && !address.isLinkLocalAddress()
        && !isShared(address)
        && !isUniqueLocal(address);
  }

  private static boolean isShared(InetAddress address) {
    byte[] bytes = address.getAddress();
    return address instanceof Inet4Address && bytes[0] == 100 && (bytes[1] & 0xC0) == 64;
  }

  private static boolean isUniqueLocal(InetAddress address) {
    return address instanceof Inet6Address && (address.getAddress()[0] & 0xFE) == 0xFC;
  }
}
