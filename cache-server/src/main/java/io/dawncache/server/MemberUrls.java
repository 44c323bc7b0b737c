package io.dawncache.server;

import io.dawncache.server.wire.NodeUrl;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Checks a member list before it is used, and finds this node in it.
 *
 * <p>Two nodes agree on a key's owner only if they write each member in the same way. In our own
 * dialect all of them write it in the one form that {@link #normal} returns; Go programs hash a URL
 * as it was written, so in their dialects it stays.
 */
final class MemberUrls {
  private static final String LOCALHOST = "localhost";

  private MemberUrls() {}

  /**
   * Returns the list as it is used: each member once.
   *
   * @param tls whether this node has what it needs for TLS
   * @throws IllegalArgumentException if a text is not a node's URL, or if no machine can reach all
   *     members, or this one not those with TLS
   */
  static List<String> checked(List<String> members, Dialect dialect, boolean tls) {
    Set<String> checked = new LinkedHashSet<>();
    NodeUrl loopback = null;
    NodeUrl routable = null;
    for (String member : members) {
      NodeUrl url = NodeUrl.parse(normal(Objects.requireNonNull(member, "member"), dialect));
      if (url.tls() && !tls) {
        throw new IllegalArgumentException(
            "members: " + member + " (expected: http://, this node has no certificate for TLS)");
      }
      checked.add(url.text());
      if (isLoopback(url.host())) {
        loopback = url;
      } else {
        routable = url;
      }
    }
    if (loopback != null && routable != null) {
      throw new IllegalArgumentException(
          "members: "
              + loopback.text()
              + " beside "
              + routable.text()
              + " (expected: URLs that every member can reach)");
    }
    return List.copyOf(checked);
  }

  /**
   * Returns the one form of a member's URL in our own dialect: the host in lower case, the port
   * always written, nothing behind it.
   *
   * @throws IllegalArgumentException if it is not a node's URL
   */
  static String normal(String text, Dialect dialect) {
    if (dialect != Dialect.DAWNCACHE) {
      return text;
    }
    NodeUrl url = NodeUrl.parse(text.endsWith("/") ? text.substring(0, text.length() - 1) : text);
    return url.scheme() + url.authority().toLowerCase(Locale.ROOT);
  }

  /**
   * Refuses a URL of this node under which nobody could ask it.
   *
   * @param tls whether this node accepts TLS
   */
  static void requireScheme(String what, String url, boolean tls) {
    if (NodeUrl.parse(url).tls() != tls) {
      throw new IllegalArgumentException(
          what
              + ": "
              + url
              + (tls
                  ? " (expected: https://, this node accepts TLS alone)"
                  : " (expected: http://, this node has no certificate for TLS)"));
    }
  }

  private static boolean isLoopback(String host) {
    if (host.toLowerCase(Locale.ROOT).equals(LOCALHOST)) {
      return true;
    }
    InetAddress address = literal(host);
    return address != null && address.isLoopbackAddress();
  }

  private static @Nullable InetAddress literal(String host) {
    byte[] address = NetUtil.createByteArrayFromIpAddressString(host);
    try {
      return address == null ? null : InetAddress.getByAddress(address);
    } catch (UnknownHostException e) { // of another length than an address has
      return null;
    }
  }

  /**
   * Returns the text that stands for this node in {@code members}: {@code self} if the list has it;
   * else the one member whose host and port are those on which this node listens; else {@code
   * self}. A node that listens on all addresses has every address of its machine. One that listens
   * on a single address has only that one: another node on the machine may use the same port with
   * another address. May look up names, which blocks.
   *
   * @throws IllegalArgumentException if more than one stands for it
   */
  static String selfIn(List<String> members, String self, InetSocketAddress listening) {
    if (members.contains(self)) {
      return self;
    }
    List<String> here = new ArrayList<>();
    for (String member : members) {
      NodeUrl url = NodeUrl.parse(member);
      if (url.port() == listening.getPort() && leadsTo(listening.getAddress(), url.host())) {
        here.add(member);
      }
    }
    if (here.size() > 1) {
      throw new IllegalArgumentException(
          "members: "
              + String.join(", ", here)
              + " (expected: one of them, all are this node, or its own URL "
              + self
              + " among them)");
    }
    return here.isEmpty() ? self : here.get(0);
  }

  private static boolean leadsTo(InetAddress listening, String host) {
    try {
      for (InetAddress address : Names.addressesOf(host)) {
        if (listening.isAnyLocalAddress() ? isOfThisMachine(address) : address.equals(listening)) {
          return true;
        }
      }
      return false;
    } catch (UnknownHostException | SocketException e) {
      return false;
    }
  }

  private static boolean isOfThisMachine(InetAddress address) throws SocketException {
    return address.isLoopbackAddress() || NetworkInterface.getByInetAddress(address) != null;
  }
}
