package io.dawncache.server.inbound;

import io.dawncache.core.outage.OutageLog;
import io.netty.channel.Channel;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;

/**
 * Counts the connections that one server has accepted, and limits their number, in all and for each
 * address. The IPv6 addresses of one network of 64 bits count as one: a machine may take any of
 * them. Safe for use by any thread.
 */
public final class ConnectionLimit {
  private static final System.Logger LOG = System.getLogger(ConnectionLimit.class.getName());

  private static final int NETWORK_BYTES = 8;

  private final int most;
  private final int mostFromOneAddress;
  private final OutageLog log;
  private final AtomicInteger open = new AtomicInteger();
  private final Map<InetAddress, Integer> openByAddress = new ConcurrentHashMap<>();
  private final LongAdder refused = new LongAdder();

  /**
   * Makes a limit without connections.
   *
   * @param most how many connections may be open, at least 1
   * @param mostFromOneAddress how many of them may come from one address, at least 1
   */
  public ConnectionLimit(int most, int mostFromOneAddress, LongSupplier nanoTime) {
    this.most = most;
    this.mostFromOneAddress = mostFromOneAddress;
    this.log = new OutageLog(LOG, nanoTime, "refused", "no connections are refused any more");
  }

  /**
   * Takes a place for a connection, which is given back when the connection closes.
   *
   * @return whether there was one
   */
  boolean admit(Channel channel) {
    if (!(channel.remoteAddress() instanceof InetSocketAddress remote)) {
      return true; // it is closed already
    }
    InetAddress address = counted(remote.getAddress());
    if (!tryOpen(address)) {
      refused.increment();
      log.occurred(() -> line(address), null);
      return false;
    }
    channel.closeFuture().addListener(closed -> close(address));
    log.over();
    return true;
  }

  /** Returns the address under which those of its network count. */
  static InetAddress counted(InetAddress address) {
    if (!(address instanceof Inet6Address) || address.isLoopbackAddress()) {
      return address;
    }
    byte[] bytes = address.getAddress();
    Arrays.fill(bytes, NETWORK_BYTES, bytes.length, (byte) 0);
    try {
      return InetAddress.getByAddress(bytes);
    } catch (UnknownHostException e) { // of another length
      throw new IllegalStateException(e);
    }
  }

  boolean tryOpen(InetAddress address) {
    if (open.incrementAndGet() <= most) {
      if (openByAddress.merge(address, 1, Integer::sum) <= mostFromOneAddress) {
        return true;
      }
      closeOne(address);
    }
    open.decrementAndGet();
    return false;
  }

  void close(InetAddress address) {
    closeOne(address);
    open.decrementAndGet();
  }

  private void closeOne(InetAddress address) {
    openByAddress.computeIfPresent(address, (key, count) -> count == 1 ? null : count - 1);
  }

  private String line(InetAddress address) {
    return "a connection from "
        + address.getHostAddress()
        + " is refused: "
        + open.get()
        + " are open (expected: <= "
        + most
        + "), "
        + openByAddress.getOrDefault(address, 0)
        + " of them from there (expected: <= "
        + mostFromOneAddress
        + ")";
  }

  /** Returns how many connections were refused. */
  public long refused() {
    return refused.sum();
  }
}
