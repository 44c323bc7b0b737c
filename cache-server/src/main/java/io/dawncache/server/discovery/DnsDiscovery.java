package io.dawncache.server.discovery;

import io.dawncache.server.Discovery;
import io.dawncache.server.wire.NodeUrl;
import io.netty.handler.codec.dns.DnsRecordType;
import io.netty.handler.codec.dns.DnsResponseCode;
import io.netty.util.NetUtil;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Finds the members by DNS: every address of a name, on one port; or every service of a name, each
 * with a host and a port of its own. Asks the name servers of the machine, or one that is given.
 */
public final class DnsDiscovery implements Discovery {
  /*
   * Every member is written as an address, also one that a service record names by its host:
   *   - Consul's hosts have addresses at its own name server alone, where no other look-up goes;
   *   - all nodes write the same text, whatever their machines know the host as, and each finds
   *     itself in the list by its own address;
   *   - a process that comes back with another address is another member at once. Under a host's
   *     name it would be asked at its old address until the JDK drops that from its cache.
   * Servers list records in an order that changes. So members are sorted, and of several addresses
   * of one host the lowest counts: every node chooses the same.
   *
   * An answer holds for its TTL. The source is asked again within that time, but not less often
   * than every five seconds, as a TTL may be hours, and not more often than every second.
   */
  private static final Duration LEAST = Duration.ofSeconds(1);
  private static final Duration MOST = Duration.ofSeconds(5);
  private static final Path RESOLV_CONF = Path.of("/etc/resolv.conf");
  private static final Pattern NAME =
      Pattern.compile("(?=.{1,253}$)[\\w-]{1,63}(?:\\.[\\w-]{1,63})*+\\.?");
  private static final Pattern ADDRESSES = Pattern.compile("([^:@]*):(\\d{1,5})(?:@(.*))?");
  private static final Pattern SERVICES = Pattern.compile("([^:@]*)(?:@(.*))?");

  /** Asks a name server. */
  @FunctionalInterface
  interface NameService {
    /**
     * Returns what {@code server} answers; blocks.
     *
     * @param name a full name
     * @throws IOException if it gives no answer, or one that is not whole
     */
    DnsAnswer ask(InetSocketAddress server, String name, DnsRecordType type)
        throws IOException, InterruptedException;
  }

  private final String text;
  private final String name;
  private final int port; // 0 if the services have their own
  private final @Nullable NameServers given;
  private final Path resolvConf; // read if none is given

  private volatile String scheme = "http://"; // as this node's own: DNS does not say it
  private @Nullable List<String> reported; // belongs to the thread that asks

  private volatile @Nullable DnsClient client;
  private volatile @Nullable Rounds rounds;

  private DnsDiscovery(
      String text, String name, int port, @Nullable String server, Path resolvConf) {
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException("name: " + name + " (expected: a DNS name)");
    }
    this.text = text;
    this.name = name;
    this.port = port;
    this.given = server == null ? null : NameServers.only(NameServers.parse(server));
    this.resolvConf = resolvConf;
  }

  /**
   * Makes a discovery of the addresses that a name has.
   *
   * @param text {@code NAME:PORT} or {@code NAME:PORT@SERVER:PORT}
   * @throws IllegalArgumentException if it is neither
   */
  public static DnsDiscovery ofAddresses(String text) {
    return ofAddresses(text, RESOLV_CONF);
  }

  /** As {@link #ofAddresses(String)}; reads the machine's name servers from {@code resolvConf}. */
  static DnsDiscovery ofAddresses(String text, Path resolvConf) {
    Matcher matcher = ADDRESSES.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException(text + " (expected: NAME:PORT or NAME:PORT@SERVER:PORT)");
    }
    int port = Integer.parseInt(matcher.group(2));
    if (port == 0 || port > 0xffff) {
      throw new IllegalArgumentException("port: " + port + " (expected: 1 to 65535)");
    }
    return new DnsDiscovery("dns:" + text, matcher.group(1), port, matcher.group(3), resolvConf);
  }

  /**
   * Makes a discovery of the services that a name has.
   *
   * @param text {@code NAME} or {@code NAME@SERVER:PORT}
   * @throws IllegalArgumentException if it is neither
   */
  public static DnsDiscovery ofServices(String text) {
    Matcher matcher = SERVICES.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException(text + " (expected: NAME or NAME@SERVER:PORT)");
    }
    return new DnsDiscovery("dns-srv:" + text, matcher.group(1), 0, matcher.group(2), RESOLV_CONF);
  }

  @Override
  public void start(String self, Listener listener) {
    DnsClient asking = new DnsClient();
    scheme = NodeUrl.parse(self).scheme();
    Rounds started = new Rounds(() -> look(asking, listener));
    client = asking;
    rounds = started;
    started.start();
  }

  @Override
  public void lookAgain() {
    Rounds started = rounds;
    if (started != null) {
      started.soon();
    }
  }

  @Override
  public void close() {
    Rounds started = rounds;
    if (started != null) {
      started.close();
    }
    DnsClient asking = client;
    if (asking != null) {
      asking.close();
    }
  }

  /** Asks once, reports what has changed, and returns when to ask again. */
  Duration look(NameService service, Listener listener) throws InterruptedException {
    try {
      return new Look(service).report(listener);
    } catch (IOException e) {
      reported = null;
      listener.failed(this + ": " + e.getMessage());
      return LEAST;
    }
  }

  @Override
  public String toString() {
    return text;
  }

  /** One look at the members. */
  private final class Look {
    private final NameService service;
    private final NameServers servers;
    private final SortedSet<String> members = new TreeSet<>();
    private long ttlSeconds = MOST.toSeconds();

    Look(NameService service) throws IOException {
      this.service = service;
      this.servers = given != null ? given : NameServers.readFrom(resolvConf);
    }

    Duration report(Listener listener) throws IOException, InterruptedException {
      findFirst(servers.fullNames(name));
      List<String> found = List.copyOf(members);
      if (!found.equals(reported)) {
        reported = found;
        listener.found(found);
      }
      return Duration.ofSeconds(Math.max(LEAST.toSeconds(), ttlSeconds));
    }

    /**
     * Takes the members of the first name that has any. A name is only passed over if a server says
     * that it has none: after a time-out, the next name could be a stranger's.
     */
    private void findFirst(List<String> fullNames) throws IOException, InterruptedException {
      for (String fullName : fullNames) {
        if (port == 0) {
          findServices(fullName);
        } else {
          addressesOf(fullName).forEach(address -> add(address, port));
        }
        if (!members.isEmpty()) {
          return;
        }
      }
      throw new IOException(
          port == 0
              ? "no service with an address (expected: one at least)"
              : "no address (expected: one at least)");
    }

    private void findServices(String fullName) throws IOException, InterruptedException {
      DnsAnswer answer = ask(fullName, DnsRecordType.SRV);
      for (DnsAnswer.Service service : answer.services()) {
        List<InetAddress> sent = answer.besides().getOrDefault(service.target(), List.of());
        List<InetAddress> addresses = sent.isEmpty() ? addressesOf(service.target()) : sent;
        lowest(addresses).ifPresent(address -> add(address, service.port()));
      }
    }

    /** Returns the IPv4 addresses; the IPv6 ones if there are none. */
    private List<InetAddress> addressesOf(String fullName)
        throws IOException, InterruptedException {
      if (!NAME.matcher(fullName).matches()) {
        return List.of(); // the name of a service's host cannot be queried
      }
      DnsAnswer answer = ask(fullName, DnsRecordType.A);
      if (answer.addresses().isEmpty() && answer.code().equals(DnsResponseCode.NOERROR)) {
        answer = ask(fullName, DnsRecordType.AAAA);
      }
      return answer.addresses();
    }

    /**
     * Asks one server after the other.
     *
     * @throws IOException if none says whether the name exists
     */
    private DnsAnswer ask(String fullName, DnsRecordType type)
        throws IOException, InterruptedException {
      IOException failure = null;
      for (InetSocketAddress server : servers.servers()) {
        try {
          DnsAnswer answer = service.ask(server, fullName, type);
          if (answer.code().equals(DnsResponseCode.NOERROR)
              || answer.code().equals(DnsResponseCode.NXDOMAIN)) {
            ttlSeconds = Math.min(ttlSeconds, answer.ttlSeconds());
            return answer;
          }
          failure =
              new IOException(NetUtil.toSocketAddressString(server) + " answers " + answer.code());
        } catch (IOException e) {
          failure = e;
        }
      }
      throw failure == null ? new IOException("no name server") : failure;
    }

    private void add(InetAddress address, int port) {
      members.add(scheme + NetUtil.toSocketAddressString(new InetSocketAddress(address, port)));
    }
  }

  /** Returns the address that all nodes choose of these, in whatever order they get them. */
  private static Optional<InetAddress> lowest(List<InetAddress> addresses) {
    return addresses.stream().min((a, b) -> Arrays.compareUnsigned(a.getAddress(), b.getAddress()));
  }
}
