package io.dawncache.node.origin;

import java.net.InetAddress;
import java.net.UnknownHostException;

/**
 * Looks up the addresses of a name; blocks its caller, as {@link InetAddress#getAllByName} does.
 */
@FunctionalInterface
interface NameLookup {
  /**
   * Returns all addresses of {@code host}, at least one.
   *
   * @throws UnknownHostException if it has none
   */
  InetAddress[] addresses(String host) throws UnknownHostException;
}
